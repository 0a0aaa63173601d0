"""Conversations: the list, the thread, and what one does in it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthedRequest
from accounts.models import Block, Standing, User
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.http import render_page_or_fragment, wants_fragment
from gigstream.core.limits import limited_person, spend
from gigstream.services import cloudinary
from messaging import actions, inbox, thread, uploads
from messaging.forms import MessageForm
from messaging.models import Participant
from messaging.moments import from_moment, to_moment
from messaging.thread import Span

PAGE = "messaging/messages.html"
ENTRIES, ROWS = "messaging/_entries.html", "messaging/_rows.html"


@require_safe
def listing(request: AuthedRequest) -> HttpResponse:
    wish = inbox.Wish.read(request.GET)
    context = inbox.listing(request.user, wish)
    return render_page_or_fragment(request, PAGE, ROWS, context)


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
    """The page; or for its own scripts the entries `after` or `before` a moment."""
    side = my_side(request, pk)
    if wants_fragment(request):
        return _entries(request, side)
    form = MessageForm(initial={"order": request.GET.get("order"), "body": side.draft})
    return _page(request, side, form)


def _entries(request: AuthedRequest, side: Participant) -> HttpResponse:
    after = from_moment(request.GET.get("after"))
    before = from_moment(request.GET.get("before"))
    shown = thread.read(
        side,
        Span(after=after, before=before),
        with_events="plain" not in request.GET,
        last_day=timezone.localdate(after) if after else None,
    )
    context = {"thread": shown, "side": side, "other": thread.other_side(side)}
    response = render(request, ENTRIES, context)
    patch_vary_headers(response, ["HX-Request", "HX-Request-Type"])
    return response


def _page(
    request: AuthedRequest, side: Participant, form: MessageForm, *, status: int = 200
) -> HttpResponse:
    span = Span(before=from_moment(request.GET.get("before")))
    context = {
        **inbox.listing(request.user, inbox.Wish.read(request.GET)),
        **thread.shown(side, thread.read(side, span)),
        "form": form,
        "is_past": bool(span.before),
        "current": side.conversation_id,
        "blocked": _has_blocked(request.user, side.partner()),
    }
    return render(request, PAGE, context, status=status)


@require_POST
@limited_person("message")
def send(request: AuthedRequest, pk: UUID) -> HttpResponse:
    side = my_side(request, pk)
    form = MessageForm(request.POST, request.FILES)
    status = 422
    if form.is_valid():
        try:
            _send(request, side, form)
            return redirect(_next_stop(request, side, form.order_id))
        except Refusal as refusal:
            form = form.under_new_key()
            form.add_error("body", str(refusal))
            status = refusal.status
        except cloudinary.StorageUnavailable:
            form.add_error("enclosed", uploads.store_is_away())
            status = 503
    if wants_fragment(request):
        context = {"form": form}
        return render(request, "messaging/_refusal.html", context, status=status)
    return _page(request, side, form, status=status)


def _send(request: AuthedRequest, side: Participant, form: MessageForm) -> None:
    files = list(form.cleaned_data["attachments"])
    enclosed = form.cleaned_data["enclosed"]
    for _each in enclosed:
        spend(request, "upload", account=str(request.user.pk))
    for stored in uploads.store(enclosed, owner=request.user, now=clock.now()):
        attached = actions.attach(
            conversation=side.conversation,
            actor=request.user,
            file=stored,
            now=clock.now(),
        )
        files.append(attached.pk)
    actions.send(
        conversation_id=side.conversation_id,
        sender=request.user,
        body=form.cleaned_data["body"],
        client_id=form.cleaned_data["client_id"],
        order_id=form.order_id,
        attachment_ids=files,
        now=clock.now(),
    )


@require_POST
def mark_read(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Say that one has read up to the moment `seen`, or all there is."""
    side = my_side(request, pk)
    actions.mark_read(
        conversation_id=pk,
        user=request.user,
        up_to=from_moment(request.POST.get("seen")),
        now=clock.now(),
    )
    return _done(request, side)


@require_POST
def receive(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Say that what was written has reached a page of this person."""
    side = my_side(request, pk)
    actions.receive(conversation_id=pk, user=request.user)
    return _done(request, side)


@require_POST
def keep_draft(request: AuthedRequest, pk: UUID) -> HttpResponse:
    side = my_side(request, pk)
    actions.keep_draft(side_id=side.pk, text=request.POST.get("body", ""))
    return _done(request, side)


@require_POST
def star(request: AuthedRequest, pk: UUID) -> HttpResponse:
    side = my_side(request, pk)
    actions.star(side_id=side.pk, on=request.POST.get("on") == "1")
    return redirect(side)


@require_POST
def archive(request: AuthedRequest, pk: UUID) -> HttpResponse:
    side = my_side(request, pk)
    is_on = request.POST.get("on") == "1"
    actions.archive(side_id=side.pk, on=is_on, now=clock.now())
    return redirect("messaging:inbox") if is_on else redirect(side)


def _done(request: AuthedRequest, side: Participant) -> HttpResponse:
    return HttpResponse(status=204) if wants_fragment(request) else redirect(side)


def _next_stop(request: AuthedRequest, side: Participant, order_id: UUID | None) -> str:
    """Where to look after writing: scripts ask for what is new, a plain browser goes back."""
    address = side.get_absolute_url()
    if wants_fragment(request):
        after = from_moment(request.POST.get("after"))
        plain = "&plain=1" if order_id else ""
        return f"{address}?after={to_moment(after)}{plain}"
    if order_id is None:
        return address
    return f"{reverse('orders:detail', args=[order_id])}#conversation"


def _has_blocked(user: User, person: User) -> bool:
    return Block.objects.visible_to(user).filter(blocked=person).exists()


def my_side(request: AuthedRequest, pk: UUID) -> Participant:
    """This user's side of a conversation; one of other people is a 404."""
    sides = Participant.objects.visible_to(request.user).with_people()
    return get_object_or_404(sides, conversation=pk)
