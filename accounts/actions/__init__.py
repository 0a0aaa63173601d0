"""What people do with their own account, and staff with the accounts of others."""

from datetime import datetime
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import handles
from accounts.actions.mail import (
    note_trouble,
    trust_mailbox,
    trust_mailbox_as_staff,
)
from accounts.actions.profile import (
    change_appearance,
    choose_theme,
    come_back,
    edit_profile,
    go_away,
    limit_queue,
    look_at,
    remove_face,
    set_rating,
    show_face,
)
from accounts.actions.safety import answer_report, block, report, unblock
from accounts.actions.staff import (
    MAY_ACT_AS,
    MAY_NOTE,
    add_note,
    end_acting,
    give_roles,
    is_above,
    lock_staff,
    note_refused,
    start_acting,
    verify_seller,
    withdraw_verification,
)
from accounts.models import Side, Standing, User
from accounts.signals import account_suspended
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry

BASICS = ("headline", "bio", "location")

__all__ = [
    "MAY_ACT_AS",
    "MAY_NOTE",
    "add_note",
    "answer_report",
    "block",
    "change_appearance",
    "choose_theme",
    "come_back",
    "edit_profile",
    "end_acting",
    "give_roles",
    "go_away",
    "limit_queue",
    "look_at",
    "note_refused",
    "note_trouble",
    "reinstate",
    "remove_face",
    "report",
    "set_rating",
    "show_face",
    "start_acting",
    "start_selling",
    "suspend",
    "trust_mailbox",
    "trust_mailbox_as_staff",
    "unblock",
    "verify_seller",
    "withdraw_verification",
]


@transaction.atomic
def start_selling(
    *,
    user_id: UUID,
    headline: str,
    bio: str,
    location: str,
    now: datetime,
    **details: str | list[str],
) -> User:
    """Let a person offer gigs. Who sells already keeps the day on which they began.

    `details` (country, time_zone, spoken_languages, skills) change what was known
    only where something is said.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if user.standing != Standing.ACTIVE:
        raise NotAllowed(_("This account cannot sell."))

    user.headline, user.bio, user.location = headline, bio, location
    if not user.is_seller:
        user.selling_since, user.last_side = now, Side.SELLING
    said = {name: value for name, value in details.items() if value}
    for name, value in said.items():
        setattr(user, name, value)
    user.save(update_fields=[*BASICS, "selling_since", "last_side", *said])
    handles.give(user)
    return user


@transaction.atomic
def suspend(*, user_id: UUID, actor: User, reason: str, now: datetime) -> None:
    """Keep a person out: sessions and API tokens end, and none of them works again later."""
    if user_id == actor.pk:
        raise NotAllowed(_("You cannot suspend yourself."))
    user = _change_standing(
        user_id,
        Standing.ACTIVE,
        Standing.SUSPENDED,
        actor,
        "accounts.suspend",
        reason,
        now,
    )
    keys = UserSession.objects.filter(user=user).values("session_key")
    Session.objects.filter(session_key__in=keys).delete()
    user.api_tokens.all().delete()
    account_suspended.send(sender=User, user=user, actor=actor, at=now)


def reinstate(*, user_id: UUID, actor: User, reason: str, now: datetime) -> None:
    """Let a suspended person back in."""
    _change_standing(
        user_id,
        Standing.SUSPENDED,
        Standing.ACTIVE,
        actor,
        "accounts.reinstate",
        reason,
        now,
    )


@transaction.atomic
def _change_standing(
    user_id: UUID,
    old: Standing,
    new: Standing,
    actor: User,
    verb: str,
    reason: str,
    now: datetime,
) -> User:
    actor = lock_staff(actor)
    user = User.objects.select_for_update().get(pk=user_id)
    if not actor.has_perm("accounts.change_user"):
        raise NotAllowed(_("Only staff can do this."))
    if not is_above(actor, user):
        raise NotAllowed(_("Only an admin can do this to the staff."))
    if user.standing != old:
        raise NotAllowed(
            _("This account is %(standing)s.")
            % {"standing": user.get_standing_display().lower()}
        )

    user.standing = new
    user.save(update_fields=["standing"])
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb=verb,
        target=f"accounts.user:{user.pk}",
        before={"standing": old},
        after={"standing": new},
        reason=reason,
    )
    return user
