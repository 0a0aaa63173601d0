"""What the site tells a person."""

import re
from collections.abc import Mapping
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
from messaging.kinds import Channel, NotificationKind, channels_of
from messaging.kinds.values import Value
from messaging.models import (
    TOLD,
    Notification,
    NotificationPreferences,
    Participant,
)

LONGEST_VALUE = 300


@transaction.atomic
def notify(
    *,
    user: User,
    kind: NotificationKind,
    key: str,
    path: str,
    now: datetime,
    actor: User | None = None,
    case: str = "",
    about: Mapping[str, Value] | None = None,
    mail: bool = True,
) -> Notification | None:
    """Tell a person something by the channels of their choice; None if they were told already.

    The key says what it is about. However often its cause is seen, it is told once, and
    never to whoever caused it. `about` is what the words of its kind are filled with.
    Without `mail` it is not for their mailbox, whatever they chose.
    """
    if user == actor:
        return None
    preferences = preferences_of(user)
    wanted = channels_of(kind, preferences.channels)
    news, is_new = Notification.objects.get_or_create(
        user=user,
        key=key,
        defaults={
            "kind": kind,
            "actor": actor,
            "case": case,
            "about": {name: _short(value) for name, value in (about or {}).items()},
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
    # What is kept as data knows the person, and so calls them by their name of now.
    told = Notification.objects.filter(case=TOLD, user__in=sides.values("user"))
    for news in told.filter(
        Q(about__title__icontains=user.full_name)
        | Q(about__text__icontains=user.full_name)
    ):
        news.about = {
            part: name.sub(NOBODY, words) for part, words in news.about.items()
        }
        news.save(update_fields=["about"])


def _short(value: Value) -> Value:
    return Truncator(value).chars(LONGEST_VALUE) if isinstance(value, str) else value
