"""Notifications, and what open pages ask for when they hear that there is news."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthedRequest
from gigstream.core import clock
from gigstream.core.http import as_moment, as_uuid
from messaging import actions, reading_news
from messaging.models import Notification
from messaging.views.talk import my_side


@require_safe
def notifications(request: AuthedRequest) -> HttpResponse:
    after = as_uuid(request.GET.get("after", ""))
    context = {
        "page": reading_news.page(request.user, after=after),
        "undo": request.GET.get("undo", ""),
    }
    return render(request, "messaging/notifications.html", context)


@require_safe
def recent(request: AuthedRequest) -> HttpResponse:
    """The last few, for the bell."""
    rows = reading_news.newest(request.user)[: reading_news.IN_THE_BELL]
    return render(request, "messaging/_recent.html", {"rows": rows})


@require_POST
def read_notification(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Mark one as read, and go where it leads."""
    news = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    actions.read_notification(notification_id=pk, user=request.user, now=clock.now())
    return redirect(news.path)


@require_POST
def unread_notification(request: AuthedRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    actions.unread_notification(notification_id=pk, user=request.user)
    return redirect("messaging:notifications")


@require_POST
def read_all(request: AuthedRequest) -> HttpResponse:
    """Mark all as read; the page that follows can take it back."""
    read_at = actions.read_all(user=request.user, now=clock.now())
    undo = urlencode({"undo": read_at.isoformat()})
    return redirect(f"{reverse('messaging:notifications')}?{undo}")


@require_POST
def undo_read_all(request: AuthedRequest) -> HttpResponse:
    if read_at := as_moment(request.POST.get("read_at", "")):
        actions.undo_read_all(user=request.user, read_at=read_at)
        messages.info(request, _("They wait for you again."))
    return redirect("messaging:notifications")


@require_safe
def bell(request: AuthedRequest) -> HttpResponse:
    """The header's counts, as they are now."""
    return render(request, "messaging/_bell_now.html")


@require_safe
def notification_toast(request: AuthedRequest, pk: UUID) -> HttpResponse:
    mine = Notification.objects.visible_to(request.user).with_words()
    news = get_object_or_404(mine, pk=pk)
    context = {"text": news.title, "address": news.path}
    return render(request, "messaging/_toast.html", context)


@require_safe
def message_toast(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The last thing that the other one of a conversation said."""
    side = my_side(request, pk)
    said = side.conversation.messages.exclude(sender=request.user)
    message = said.select_related("offer").order_by("-sent_at").first()
    if message is None:
        return HttpResponse(status=204)
    words = message.words or _("sent a file")
    context = {
        "text": f"{side.partner()}: {words}",
        "address": side.get_absolute_url(),
    }
    return render(request, "messaging/_toast.html", context)
