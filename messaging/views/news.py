"""Notifications, and what open pages ask for when they hear that there is news."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthedRequest
from gigstream.core import clock
from messaging import actions
from messaging.models import Notification
from messaging.views.talk import my_side

SHOWN = 50


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


@require_safe
def bell(request: AuthedRequest) -> HttpResponse:
    """The header's counts, as they are now."""
    return render(request, "messaging/_bell_now.html")


@require_safe
def notification_toast(request: AuthedRequest, pk: UUID) -> HttpResponse:
    news = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    context = {"text": news.title, "address": news.path}
    return render(request, "messaging/_toast.html", context)


@require_safe
def message_toast(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """The last thing that the other one of a conversation said."""
    side = my_side(request, pk)
    said = side.conversation.messages.exclude(sender=request.user)
    message = said.order_by("-sent_at").first()
    if message is None:
        return HttpResponse(status=204)
    words = message.body or _("sent a file")
    context = {
        "text": f"{side.partner()}: {words}",
        "address": side.get_absolute_url(),
    }
    return render(request, "messaging/_toast.html", context)
