"""Conversations and notifications."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthedRequest
from accounts.models import Standing, User
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.http import render_page_or_fragment, wants_fragment
from gigstream.core.limits import limited_person
from messaging import actions, queries
from messaging.forms import MessageForm
from messaging.models import Notification, Participant

SHOWN = 50
PAGE, FRAGMENT = "messaging/conversation.html", "messaging/_conversation.html"


@require_safe
def inbox(request: AuthedRequest) -> HttpResponse:
    sides = Participant.objects.visible_to(request.user).with_people()
    context = {"rows": sides.newest_first()[:SHOWN]}
    return render(request, "messaging/inbox.html", context)


@require_POST
@limited_person("contact")
def start(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Open the conversation with somebody, for whoever wants to ask before ordering."""
    people = User.objects.filter(standing=Standing.ACTIVE)
    person = get_object_or_404(people, pk=pk)
    try:
        opened = actions.approach(sender=request.user, person=person, now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(person.get_absolute_url() or "messaging:inbox")
    return redirect(opened)


@require_safe
def conversation(request: AuthedRequest, pk: UUID) -> HttpResponse:
    side = my_side(request, pk)
    form = MessageForm(initial={"order": request.GET.get("order")})
    context = queries.thread(side) | {"form": form}
    return render_page_or_fragment(request, PAGE, FRAGMENT, context)


@require_POST
@limited_person("message")
def send(request: AuthedRequest, pk: UUID) -> HttpResponse:
    side = my_side(request, pk)
    form = MessageForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.send(
                conversation_id=pk,
                sender=request.user,
                body=form.cleaned_data["body"],
                client_id=form.cleaned_data["client_id"],
                order_id=form.order_id,
                now=clock.now(),
            )
            return redirect(_next_stop(request, side, form.order_id))
        except Refusal as refusal:
            form.add_error("body", str(refusal))
            status = refusal.status

    context = queries.thread(side) | {"form": form}
    return render_page_or_fragment(request, PAGE, FRAGMENT, context, status=status)


@require_POST
def mark_read(request: AuthedRequest, pk: UUID) -> HttpResponse:
    side = my_side(request, pk)
    actions.mark_read(conversation_id=pk, user=request.user, now=clock.now())
    if wants_fragment(request):
        return HttpResponse()
    return redirect(side.conversation)


@require_safe
def notifications(request: AuthedRequest) -> HttpResponse:
    mine = Notification.objects.visible_to(request.user)
    newest = list(mine.order_by("-created_at", "-id")[:SHOWN])
    context = {"rows": newest, "unread": any(not row.read_at for row in newest)}
    return render(request, "messaging/notifications.html", context)


@require_POST
def read_notification(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Mark one as read, and go where it leads."""
    news = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    actions.read_notification(notification_id=pk, user=request.user, now=clock.now())
    return redirect(news.path)


@require_POST
def read_all(request: AuthedRequest) -> HttpResponse:
    actions.read_all(user=request.user, now=clock.now())
    messages.info(request, _("All notifications are marked as read."))
    return redirect("messaging:notifications")


def _next_stop(request: AuthedRequest, side: Participant, order_id: UUID | None) -> str:
    """Where to look after writing: htmx swaps the thread, a plain browser goes back."""
    thread = side.conversation.get_absolute_url()
    if order_id is None:
        return thread
    if wants_fragment(request):
        return f"{thread}?order={order_id}"
    return f"{reverse('orders:detail', args=[order_id])}#conversation"


def my_side(request: AuthedRequest, pk: UUID) -> Participant:
    """This user's side of a conversation; one of other people is a 404."""
    sides = Participant.objects.visible_to(request.user).with_people()
    return get_object_or_404(sides, conversation=pk)
