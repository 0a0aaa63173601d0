"""What the site tells a person."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.text import Truncator

from accounts.models import NOBODY, User
from gigstream.core import jobs
from gigstream.services import pusher
from messaging import channels
from messaging.actions.preferences import preferences_of, waits_for_digest
from messaging.kinds import Channel, channels_of
from messaging.models import (
    Notification,
    NotificationKind,
    NotificationPreferences,
    Participant,
)


@transaction.atomic
def notify(
    *,
    user: User,
    kind: NotificationKind,
    key: str,
    title: str,
    text: str,
    path: str,
    now: datetime,
    mail: bool = True,
) -> Notification | None:
    """Tell a person something by the channels of their choice; None if they were told already.

    The key says what it is about. However often its cause is seen, it is told once.
    Without `mail` it is not for their mailbox, whatever they chose.
    """
    preferences = preferences_of(user)
    wanted = channels_of(kind, preferences.channels)
    news, is_new = Notification.objects.get_or_create(
        user=user,
        key=key,
        defaults={
            "kind": kind,
            "title": _one_line(title, 200),
            "text": _one_line(text, 300),
            "path": path,
            "created_at": now,
            "is_shown": Channel.SITE in wanted,
        },
    )
    if not is_new:
        return None
    quiet_for = preferences.quiet_ends(now) - now
    later = quiet_for or None
    if mail and Channel.MAIL in wanted and not waits_for_digest(preferences, kind):
        jobs.enqueue(
            "messaging.tasks.mail_notification", notification_id=news.pk, delay=later
        )
    if Channel.SMS in wanted and preferences.phone_verified_at:
        jobs.enqueue(
            "messaging.tasks.text_notification", notification_id=news.pk, delay=later
        )
    if Channel.SITE in wanted:
        is_loud = Channel.POPUP in wanted and not quiet_for
        hint = {"id": news.pk, "path": path} if is_loud else {}
        event = "notification" if is_loud else "news"
        pusher.push([channels.of_user(user.pk)], event, hint)
    return news


def read_notification(*, notification_id: UUID, user: User, now: datetime) -> None:
    Notification.objects.visible_to(user).unread().filter(pk=notification_id).update(
        read_at=now
    )
    pusher.push([channels.of_user(user.pk)], "news", {})


def unread_notification(*, notification_id: UUID, user: User) -> None:
    """Have one wait again. Twice is once."""
    Notification.objects.visible_to(user).filter(pk=notification_id).update(
        read_at=None
    )
    pusher.push([channels.of_user(user.pk)], "news", {})


def undo_read_all(*, user: User, read_at: datetime) -> None:
    """Have those wait again that were marked as read together, at this moment."""
    Notification.objects.visible_to(user).filter(read_at=read_at).update(read_at=None)
    pusher.push([channels.of_user(user.pk)], "news", {})


def read_all(*, user: User, now: datetime) -> None:
    """Mark as read what was there when the person said so."""
    waiting = Notification.objects.visible_to(user).unread()
    waiting.filter(created_at__lte=now).update(read_at=now)
    pusher.push([channels.of_user(user.pk)], "news", {})


@transaction.atomic
def forget(*, user: User) -> None:
    """Delete the news of somebody who leaves, and their name from the news of others."""
    user.notifications.all().delete()
    NotificationPreferences.objects.filter(user=user).delete()
    user.participations.exclude(draft="").update(draft="")
    sides = Participant.objects.filter(conversation__participants__user=user)
    name = re.compile(rf"(?<!\w){re.escape(user.full_name)}(?!\w)")
    told = Notification.objects.filter(
        Q(title__contains=user.full_name) | Q(text__contains=user.full_name),
        user__in=sides.values("user"),
    )
    for news in told:
        news.title = _one_line(name.sub(NOBODY, news.title), 200)
        news.text = _one_line(name.sub(NOBODY, news.text), 300)
        news.save(update_fields=["title", "text"])


def _one_line(text: str, length: int) -> str:
    return Truncator(" ".join(text.split())).chars(length)
