"""Who works here: admins give roles to other people, and take them back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import roles, security
from accounts.actions.tokens import end_tokens_for_staff
from accounts.models import SecurityEvent, StaffNote, Standing, User
from accounts.security import Client
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry


@transaction.atomic
def give_roles(
    *, user_id: UUID, names: Iterable[str], actor: User, reason: str, now: datetime
) -> User:
    """Make these the roles of a person, who is told; none at all ends their work here.

    The same roles again change nothing. Nobody does it to themselves, and whoever asks is
    judged by what they may do at this moment, so that two admins cannot remove each other.
    """
    actor = lock_staff(actor)
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    wanted = sorted(set(names))
    _check(user, wanted, actor)
    held = roles_of(user)
    if held == wanted:
        return user

    user.groups.set(Group.objects.filter(name__in=wanted))
    user.is_staff = bool(wanted) or user.is_superuser
    user.save(update_fields=["is_staff"])
    if set(held) - set(wanted):
        end_tokens_for_staff(user)
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="accounts.give_roles",
        target=f"accounts.user:{user.pk}",
        before={"roles": held},
        after={"roles": wanted},
        reason=reason,
    )
    # No address and no browser: those of a colleague are not for this person to read.
    security.note(
        user=user,
        kind=SecurityEvent.Kind.ROLES_CHANGED,
        client=Client(address=None, browser=""),
        now=now,
    )
    security.tell(user=user, what="roles_changed")
    return user


def verify_seller(*, user_id: UUID, actor: User, reason: str, now: datetime) -> None:
    """Vouch that a seller is who they say; their badge shows it. Twice is once."""
    _vouch(user_id, now, actor, "accounts.verify_seller", reason, now)


def withdraw_verification(
    *, user_id: UUID, actor: User, reason: str, now: datetime
) -> None:
    """Take the badge of a seller back. Twice is once."""
    _vouch(user_id, None, actor, "accounts.withdraw_verification", reason, now)


@transaction.atomic
def _vouch(
    user_id: UUID,
    since: datetime | None,
    actor: User,
    verb: str,
    reason: str,
    now: datetime,
) -> None:
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if not actor.has_perm("accounts.change_user"):
        raise NotAllowed(_("Only staff can do this."))
    if user.pk == actor.pk:
        raise NotAllowed(_("Somebody else of the staff must vouch for you."))
    if not user.is_seller or user.standing != Standing.ACTIVE:
        raise NotAllowed(_("This is no active seller."))
    was = user.seller_verified_at
    if (was is None) == (since is None):
        return

    user.seller_verified_at = since
    user.save(update_fields=["seller_verified_at"])
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb=verb,
        target=f"accounts.user:{user.pk}",
        before={"seller_verified_at": was and was.isoformat()},
        after={"seller_verified_at": since and since.isoformat()},
        reason=reason,
    )


MAY_ACT_AS = "accounts.impersonate_user"
MAY_NOTE = "accounts.add_staffnote"


def start_acting(*, user_id: UUID, actor: User, reason: str, now: datetime) -> User:
    """Let one of the staff see the site as somebody else, who is none of the staff."""
    user = User.objects.get(pk=user_id)
    if actor.standing != Standing.ACTIVE or not actor.has_perm(MAY_ACT_AS):
        raise NotAllowed(_("This is not yours to do."))
    if user.is_staff or user.is_superuser or user.pk == actor.pk:
        raise NotAllowed(_("Nobody sees the site as one of the staff."))
    if user.standing != Standing.ACTIVE:
        raise NotAllowed(_("This account is not active; there is nothing to see."))
    if not reason.strip():
        raise NotAllowed(_("Give a reason; it stays in the log."))
    _note_acting(user_id, actor, "accounts.start_acting", now, reason=reason)
    return user


def end_acting(*, user_id: UUID, actor: User, reason: str, now: datetime) -> None:
    """Note that somebody of the staff is themselves again."""
    _note_acting(user_id, actor, "accounts.end_acting", now, reason=reason)


def note_refused(*, user_id: UUID, actor: User, what: str, now: datetime) -> None:
    """Note what was tried, and refused, while somebody only looks."""
    _note_acting(user_id, actor, "accounts.refused_while_acting", now, tried=what)


def _note_acting(
    user_id: UUID,
    actor: User,
    verb: str,
    now: datetime,
    *,
    reason: str = "",
    **after: str,
) -> None:
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb=verb,
        target=f"accounts.user:{user_id}",
        after=after,
        reason=reason,
    )


@transaction.atomic
def add_note(*, user_id: UUID, actor: User, text: str, now: datetime) -> StaffNote:
    """Write something down about a person, for colleagues."""
    if not actor.has_perm(MAY_NOTE):
        raise NotAllowed(_("This is not yours to do."))
    user = User.objects.get(pk=user_id)
    note = StaffNote.objects.create(
        person=user, author=actor, text=text.strip()[:2000], at=now
    )
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="accounts.add_note",
        target=f"accounts.user:{user.pk}",
        after={"note": str(note.pk)},
    )
    return note


def lock_staff(actor: User) -> User:
    """One change to the staff at a time; the actor as they are once it is their turn."""
    Group.objects.select_for_update().get(name="admin")
    return User.objects.get(pk=actor.pk)


def roles_of(user: User) -> list[str]:
    held = user.groups.filter(name__in=roles.ROLES)
    return sorted(held.values_list("name", flat=True))


def is_above(actor: User, user: User) -> bool:
    """Whether somebody may decide over an account of the staff."""
    if user.is_superuser:
        return actor.is_superuser
    return not user.is_staff or actor.has_perm("accounts.appoint_user")


def _check(user: User, wanted: list[str], actor: User) -> None:
    if actor.standing != Standing.ACTIVE or not actor.has_perm("accounts.appoint_user"):
        raise NotAllowed(_("Only admins give and take roles."))
    if user.pk == actor.pk:
        raise NotAllowed(_("Another admin must change your own roles."))
    if not is_above(actor, user):
        raise NotAllowed(_("The owner of the site keeps all rights."))
    if wanted and user.standing != Standing.ACTIVE:
        raise NotAllowed(_("Only an active account can work here."))
    if unknown := set(wanted) - set(roles.ROLES):
        text = _("There is no role “%(name)s”.")
        raise NotAllowed(text % {"name": ", ".join(sorted(unknown))})
