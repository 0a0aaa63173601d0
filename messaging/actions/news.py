"""What the site tells a person."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, FilteredRelation, Max, Q
from django.utils.text import Truncator

from accounts.models import NOBODY, Standing, User
from gigstream.core import jobs
from gigstream.services import pusher
from messaging import channels
from messaging.actions.preferences import waits_for_digest
from messaging.kinds import Channel, NotificationKind, channels_of
from messaging.kinds.values import Value
from messaging.models import (
    TOLD,
    Notification,
    NotificationPreferences,
    Participant,
)

LONGEST_VALUE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What one person is to be told.

    The key says what it is about. `about` is what the words of its kind are filled with.
    Without `mail` it is not for their mailbox, whatever they chose.
    """

    user: User
    kind: NotificationKind
    key: str
    path: str
    actor: User | None = None
    case: str = ""
    about: Mapping[str, Value] = field(default_factory=dict)
    mail: bool = True


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
    """Tell a person something, as `notify_all` does; None if they were told already."""
    news = News(
        user=user,
        kind=kind,
        key=key,
        path=path,
        actor=actor,
        case=case,
        about=about or {},
        mail=mail,
    )
    told = notify_all([news], now=now)
    return told[0] if told else None


@transaction.atomic
def notify_all(every: Iterable[News], *, now: datetime) -> list[Notification]:
    """Tell people something by the channels of their choice; return what is new to them.

    However often its cause is seen, it is told once, and never to whoever caused it, nor
    to who has left. It asks as often for many people as for one.
    """
    every = [news for news in every if _is_to_know(news)]
    if not every:
        return []
    try:
        with transaction.atomic():
            told = _write(every, now)
    except IntegrityError:
        # Another transaction told one of them at this very moment, and has committed.
        told = _write(every, now)
    with jobs.together():
        for notification, news, preferences in told:
            _spread(notification, news, preferences, now)
    return [notification for notification, _news, _preferences in told]


def _is_to_know(news: News) -> bool:
    return news.user != news.actor and news.user.standing != Standing.CLOSED


Told = tuple[Notification, News, NotificationPreferences]


def _write(every: Sequence[News], now: datetime) -> list[Told]:
    chosen, known = _look_up(every)
    new = {
        (news.user.pk, news.key): news
        for news in sorted(every, key=lambda news: news.user.pk)
        if (news.user.pk, news.key) not in known
    }
    told = [
        (_row(news, chosen[news.user.pk], now), news, chosen[news.user.pk])
        for news in new.values()
    ]
    Notification.objects.bulk_create(row for row, _news, _preferences in told)
    return told


def _look_up(
    every: Sequence[News],
) -> tuple[dict[UUID, NotificationPreferences], set[tuple[UUID, str]]]:
    """The choices of all the people concerned, and what they were told already; one query."""
    about = Q(notifications__key__in={news.key for news in every})
    people = (
        User.objects.filter(pk__in={news.user.pk for news in every})
        .select_related("notification_preferences")
        .annotate(told=FilteredRelation("notifications", condition=about))
        .annotate(told_key=F("told__key"))
    )
    chosen, known = {}, set()
    for person in people:
        found = getattr(person, "notification_preferences", None)
        chosen[person.pk] = found or NotificationPreferences(user=person)
        known.add((person.pk, person.told_key))
    return chosen, known


def _row(
    news: News, preferences: NotificationPreferences, now: datetime
) -> Notification:
    return Notification(
        user=news.user,
        kind=news.kind,
        key=news.key,
        actor=news.actor,
        case=news.case,
        about={name: _short(value) for name, value in news.about.items()},
        path=news.path,
        created_at=now,
        is_shown=Channel.SITE in channels_of(news.kind, preferences.channels),
    )


def _spread(
    told: Notification, news: News, preferences: NotificationPreferences, now: datetime
) -> None:
    """Have it mailed and texted, and open pages hear of it, as the person chose."""
    wanted = channels_of(news.kind, preferences.channels)
    quiet_for = preferences.quiet_ends(now) - now
    later = quiet_for or None
    by_mail = news.mail and Channel.MAIL in wanted
    if by_mail and not waits_for_digest(preferences, news.kind):
        jobs.enqueue(
            "messaging.tasks.mail_notification", notification_id=told.pk, delay=later
        )
    if Channel.SMS in wanted and preferences.phone_verified_at:
        jobs.enqueue(
            "messaging.tasks.text_notification", notification_id=told.pk, delay=later
        )
    if Channel.SITE in wanted:
        is_loud = Channel.POPUP in wanted and not quiet_for
        hint = {"id": told.pk, "path": told.path} if is_loud else {}
        event = "notification" if is_loud else "news"
        pusher.push([channels.of_user(told.user_id)], event, hint)


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


def read_all(*, user: User, now: datetime) -> datetime:
    """Mark as read what was there when the person said so; by the moment it is taken back.

    Twice is once, and then it is the first one's moment.
    """
    mine = Notification.objects.visible_to(user)
    marked = mine.unread().filter(created_at__lte=now).update(read_at=now)
    read_at = None if marked else mine.aggregate(at=Max("read_at"))["at"]
    pusher.push([channels.of_user(user.pk)], "news", {})
    return read_at or now


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
