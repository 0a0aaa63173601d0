"""Taking one's data along, and leaving."""

import io
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import closing, exports
from accounts.actions.portfolio import forget_works
from accounts.models import NOBODY, Amounts, DataExport, SecurityEvent, Standing, User
from accounts.signals import account_closed
from gigstream.core import jobs
from gigstream.core.errors import NotAllowed
from gigstream.core.ids import uuid7
from gigstream.core.models import AuditEntry
from gigstream.services import cloudinary

KEPT_FOR = timedelta(hours=48)
GRACE = timedelta(hours=1)
FOLDER = "exports"


@transaction.atomic
def request_export(
    *, user_id: UUID, now: datetime, address: str = "", browser: str = ""
) -> DataExport:
    """Ask for a copy of all data. Asking again before it is packed asks for nothing more."""
    user = User.objects.select_for_update().get(pk=user_id)
    if user.standing != Standing.ACTIVE:
        raise NotAllowed(_("This account cannot ask for a copy."))
    waiting = user.data_exports.filter(status=DataExport.Status.REQUESTED).first()
    if waiting:
        return waiting

    export = user.data_exports.create(requested_at=now)
    SecurityEvent.objects.create(
        user=user,
        kind=SecurityEvent.Kind.EXPORT_REQUESTED,
        at=now,
        address=address or None,
        browser=browser[:200],
    )
    jobs.enqueue("accounts.tasks.pack_export", export_id=export.pk)
    return export


def pack_export(*, export_id: UUID, now: datetime) -> None:
    """Gather and store a copy that was asked for, and tell its owner. Once is enough."""
    export = DataExport.objects.select_related("user").get(pk=export_id)
    if export.status != DataExport.Status.REQUESTED:
        return
    content, name = exports.pack(export.user, now=now), uuid4().hex
    # If this worker dies before it can say where the copy is, nobody else knows.
    jobs.enqueue(
        "accounts.tasks.sweep_export", delay=GRACE, public_id=f"{FOLDER}/{name}"
    )
    stored = cloudinary.upload_private(io.BytesIO(content), folder=FOLDER, name=name)
    if not _hand_over(export, stored.public_id, len(content), now=now):
        # Meanwhile another worker was faster, or the account was closed.
        cloudinary.destroy(stored.public_id, resource_type="raw", private=True)


@transaction.atomic
def _hand_over(export: DataExport, public_id: str, size: int, *, now: datetime) -> bool:
    """Make the stored file the copy, in place of any older one; False if it is too late."""
    waiting = DataExport.objects.filter(
        pk=export.pk, status=DataExport.Status.REQUESTED
    )
    changed = waiting.update(
        status=DataExport.Status.READY,
        ready_at=now,
        expires_at=now + KEPT_FOR,
        public_id=public_id,
        size=size,
    )
    if not changed:
        return False
    jobs.enqueue("accounts.tasks.announce_export", export_id=export.pk)
    older = DataExport.objects.filter(
        user_id=export.user_id, status=DataExport.Status.READY
    )
    for pk in older.exclude(pk=export.pk).values_list("pk", flat=True):
        jobs.enqueue("accounts.tasks.destroy_export", export_id=pk)
    return True


def destroy_export(*, export_id: UUID) -> None:
    """Destroy the file of a copy whose time is over, then forget where it was."""
    export = DataExport.objects.get(pk=export_id)
    if export.public_id:
        cloudinary.destroy(export.public_id, resource_type="raw", private=True)
    DataExport.objects.filter(pk=export_id).update(
        status=DataExport.Status.EXPIRED, public_id=""
    )


@transaction.atomic
def close(*, user_id: UUID, keep_texts: bool, now: datetime) -> None:
    """Close an account for good: the person goes, the books stay. Twice is once.

    Refused with the first reason while something is open. The gigs leave the shelf
    before the reasons are asked for, so that nobody can order one in between; and the
    row is locked without its key, so that an order being placed need not wait for us.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if user.standing == Standing.CLOSED:
        return
    if user.standing != Standing.ACTIVE:
        raise NotAllowed(_("This account cannot be closed at the moment."))
    account_closed.send(sender=User, user=user, keep_texts=keep_texts, at=now)
    if open_matters := closing.reasons(user):
        raise NotAllowed(open_matters[0].text)

    jobs.enqueue(
        "accounts.tasks.say_farewell",
        email=user.email,
        name=user.get_short_name(),
        language=user.language or get_language(),
        key=uuid7(),
    )
    AuditEntry.objects.create(
        at=now,
        actor=user,
        verb="accounts.close",
        target=f"accounts.user:{user.pk}",
        before={"standing": user.standing},
        after={"standing": Standing.CLOSED, "keep_texts": keep_texts},
    )
    _forget_ways_in(user)
    _forget_copies(user)
    forget_works(user)
    _scrub(user, now=now)


def _forget_ways_in(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    user.api_tokens.all().delete()
    user.security_events.all().delete()
    user.private_uploads.all().delete()
    user.blocks.all().delete()
    user.groups.clear()
    user.user_permissions.clear()


def _forget_copies(user: User) -> None:
    for pk in user.data_exports.exclude(public_id="").values_list("pk", flat=True):
        jobs.enqueue("accounts.tasks.destroy_export", export_id=pk)
    user.data_exports.filter(public_id="").update(status=DataExport.Status.EXPIRED)


def _scrub(user: User, *, now: datetime) -> None:
    """Empty all that says who this was; a new password also ends every session."""
    if user.avatar_id:
        jobs.enqueue("accounts.tasks.destroy_avatar", public_id=user.avatar_id)
    user.full_name = NOBODY
    user.email = f"closed-{user.pk.hex}@closed.invalid"
    user.username = None
    user.headline = user.bio = user.location = user.avatar_id = ""
    user.country, user.avatar_bytes = "", 0
    user.spoken_languages, user.skills = [], []
    user.vacation_from = user.vacation_until = user.most_open_orders = None
    user.vacation_message = user.theme = user.language = ""
    user.time_zone, user.amounts = "UTC", Amounts.SYMBOL
    user.last_login = user.selling_since = user.seller_verified_at = None
    user.is_active = False
    user.standing, user.closed_at = Standing.CLOSED, now
    user.set_unusable_password()
    user.save()
