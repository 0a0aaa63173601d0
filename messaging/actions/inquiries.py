"""What people ask the staff by the contact form."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry
from messaging.models import Inquiry


@transaction.atomic
def ask(
    *,
    inquiry_id: UUID,
    actor: User | None,
    name: str,
    email: str,
    topic: str,
    text: str,
    now: datetime,
) -> Inquiry:
    """Put a question on the staff's desk.

    The page chose the id, so that sending the same page twice asks once.
    """
    inquiry, _is_new = Inquiry.objects.get_or_create(
        pk=inquiry_id,
        defaults={
            "user": actor,
            "name": name,
            "email": email,
            "topic": topic,
            "text": text,
            "asked_at": now,
        },
    )
    return inquiry


@transaction.atomic
def settle_inquiry(*, inquiry_id: UUID, actor: User, now: datetime) -> None:
    """Note that somebody of the staff has answered. Twice is once, and the first one's."""
    inquiry = Inquiry.objects.select_for_update().get(pk=inquiry_id)
    if not actor.has_perm("messaging.change_inquiry"):
        raise NotAllowed(_("Only staff can do this."))
    if inquiry.settled_at:
        return

    inquiry.settled_at, inquiry.settled_by = now, actor
    inquiry.save(update_fields=["settled_at", "settled_by"])
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="messaging.settle_inquiry",
        target=f"messaging.inquiry:{inquiry.pk}",
    )


def forget_inquiries(*, user: User) -> None:
    """Delete what somebody asked who leaves."""
    user.inquiries.all().delete()
