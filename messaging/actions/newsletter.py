"""The newsletter: on the list by a yes that came by mail, off it by one click."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core import jobs
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.ids import uuid7
from gigstream.core.models import AuditEntry
from messaging.models import Newsletter, Subscriber


@transaction.atomic
def subscribe(*, email: str, now: datetime) -> None:
    """Ask an address by mail whether it wants the newsletter.

    Whether it is on the list already only the mail says, to whoever can read it.
    """
    subscriber, is_new = Subscriber.objects.get_or_create(
        email=email.lower(), defaults={"asked_at": now}
    )
    if not is_new:
        subscriber.asked_at = now
        subscriber.save(update_fields=["asked_at"])
    jobs.enqueue(
        "messaging.tasks.ask_subscriber",
        subscriber_id=subscriber.pk,
        language=get_language(),
    )


@transaction.atomic
def confirm(*, subscriber_id: UUID, now: datetime) -> None:
    """Put an address on the list, for its owner has said yes. Twice is once."""
    subscriber = Subscriber.objects.select_for_update().filter(pk=subscriber_id).first()
    if subscriber is None:
        raise Stale(_("This link has run out. Please subscribe again."))
    if subscriber.confirmed_at is None:
        subscriber.confirmed_at = now
        subscriber.save(update_fields=["confirmed_at"])


def leave(*, subscriber_id: UUID) -> None:
    """Forget an address. Who has left already stays so."""
    Subscriber.objects.filter(pk=subscriber_id).delete()


def forget_subscriber(*, email: str) -> None:
    """Take the address of somebody who leaves off the list."""
    Subscriber.objects.filter(email=email.lower()).delete()


@transaction.atomic
def send_proof(*, newsletter_id: UUID, actor: User, now: datetime) -> None:
    """Mail an issue to whoever writes it, and to nobody else."""
    if not actor.has_perm("messaging.change_newsletter"):
        raise NotAllowed(_("Only staff can do this."))
    jobs.enqueue(
        "messaging.tasks.mail_proof",
        newsletter_id=newsletter_id,
        user_id=actor.pk,
        key=str(uuid7()),
    )
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="messaging.send_proof",
        target=f"messaging.newsletter:{newsletter_id}",
    )


@transaction.atomic
def publish_newsletter(*, newsletter_id: UUID, actor: User, now: datetime) -> None:
    """Send an issue to everybody on the list at this moment; each gets it once."""
    issue = Newsletter.objects.select_for_update().get(pk=newsletter_id)
    if not actor.has_perm("messaging.change_newsletter"):
        raise NotAllowed(_("Only staff can do this."))
    if issue.sent_at:
        raise Stale(_("This newsletter was sent already."))

    issue.sent_at = now
    issue.save(update_fields=["sent_at"])
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="messaging.publish_newsletter",
        target=f"messaging.newsletter:{issue.pk}",
        after={"subject": issue.subject},
    )
    jobs.enqueue("messaging.tasks.spread_newsletter", newsletter_id=issue.pk, after="")
