"""By which ways, and when, somebody wants to be told of things."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core import jobs
from gigstream.core.errors import NotAllowed
from messaging.kinds import NEWS, Channel, channels_of
from messaging.models import NotificationKind, NotificationPreferences

CODE_LASTS = timedelta(minutes=10)
NEXT_CODE_AFTER = timedelta(minutes=1)
MOST_TRIES = 5


def preferences_of(user: User) -> NotificationPreferences:
    """Somebody's choices; whoever made none has the same ones as everybody."""
    found = NotificationPreferences.objects.filter(user=user).first()
    preferences = found or NotificationPreferences(user=user)
    preferences.user = user
    return preferences


def waits_for_digest(preferences: NotificationPreferences, kind: str) -> bool:
    return bool(preferences.digest) and not NEWS[kind].is_urgent


@transaction.atomic
def choose_channels(
    *, user_id: UUID, chosen: Mapping[NotificationKind, Iterable[Channel]]
) -> None:
    """Take these channels for these kinds from now on; what is not named stays as it is."""
    preferences = _lock(user_id)
    for kind, channels in chosen.items():
        wanted = frozenset(channels)
        if wanted == NEWS[kind].channels:
            preferences.channels.pop(kind, None)
        else:
            preferences.channels[kind] = sorted(wanted)
    preferences.save(update_fields=["channels"])


@transaction.atomic
def stop_mails(*, user_id: UUID, kinds: Iterable[str]) -> None:
    """No more mails of these kinds. Twice is once."""
    preferences = _lock(user_id)
    for kind in kinds:
        left = channels_of(kind, preferences.channels) - {Channel.MAIL}
        preferences.channels[kind] = sorted(left)
    preferences.save(update_fields=["channels"])


@transaction.atomic
def choose_times(
    *,
    user_id: UUID,
    digest: str,
    quiet_from: time | None,
    quiet_until: time | None,
    now: datetime,
) -> None:
    """Set when mails come. A digest begins with what is told from now on."""
    preferences = _lock(user_id)
    if digest and not preferences.digest:
        preferences.digested_at = now
    preferences.digest = digest
    preferences.quiet_from, preferences.quiet_until = quiet_from, quiet_until
    preferences.save(
        update_fields=["digest", "digested_at", "quiet_from", "quiet_until"]
    )


@transaction.atomic
def add_phone(*, user_id: UUID, number: str, now: datetime) -> None:
    """Send a code to a number, which takes text messages once the code came back."""
    preferences = _lock(user_id)
    sent_at = preferences.phone_code_sent_at
    if sent_at and now < sent_at + NEXT_CODE_AFTER:
        raise NotAllowed(_("A code was sent a moment ago. Wait a minute for it."))
    preferences.phone, preferences.phone_verified_at = number, None
    preferences.phone_code, preferences.phone_code_sent_at = "", now
    preferences.save()
    jobs.enqueue("messaging.tasks.text_code", user_id=user_id)


@transaction.atomic
def make_code(*, user_id: UUID) -> tuple[str, str]:
    """A number and a fresh code for it, of which we keep the hash alone; the last one counts."""
    preferences = _lock(user_id)
    code = f"{secrets.randbelow(10**6):06}"
    preferences.phone_code, preferences.phone_code_tries = make_password(code), 0
    preferences.save(update_fields=["phone_code", "phone_code_tries"])
    return preferences.phone, code


@transaction.atomic
def verify_phone(*, user_id: UUID, code: str, now: datetime) -> bool:
    """Whether this is the code, or was. Five wrong ones, or ten minutes, and it takes a new one."""
    preferences = _lock(user_id)
    if preferences.phone_verified_at:
        return True
    sent_at = preferences.phone_code_sent_at
    if not sent_at or not preferences.phone_code:
        raise NotAllowed(_("Ask for a code first."))
    if now > sent_at + CODE_LASTS or preferences.phone_code_tries >= MOST_TRIES:
        raise NotAllowed(_("This code has run out. Ask for another one."))
    is_right = check_password(code, preferences.phone_code)
    if is_right:
        preferences.phone_verified_at, preferences.phone_code = now, ""
    else:
        preferences.phone_code_tries += 1
    preferences.save()
    return is_right


@transaction.atomic
def remove_phone(*, user_id: UUID) -> None:
    preferences = _lock(user_id)
    preferences.phone, preferences.phone_code = "", ""
    preferences.phone_verified_at = None
    preferences.save(update_fields=["phone", "phone_code", "phone_verified_at"])


def note_digest(*, user_id: UUID, until: datetime) -> None:
    """What was told by then has been in a digest."""
    NotificationPreferences.objects.filter(user=user_id).update(digested_at=until)


def _lock(user_id: UUID) -> NotificationPreferences:
    every = NotificationPreferences.objects.select_for_update()
    preferences, _is_new = every.get_or_create(user_id=user_id)
    return preferences
