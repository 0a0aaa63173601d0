"""Mailboxes that do not take our mails."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import MailTrouble, User
from accounts.signals import mail_refused
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry


@transaction.atomic
def note_trouble(*, email: str, trouble: MailTrouble) -> None:
    """Stop writing to an address, and tell its owner on the site. Twice, or late, is once."""
    User.objects.filter(email=email.lower()).update(mail_trouble=trouble)
    mail_refused.send(sender=User, email=email.lower())


def trust_mailbox(*, user_id: UUID) -> None:
    """Write to somebody again, who says that their mailbox works."""
    User.objects.filter(pk=user_id).update(mail_trouble="")


@transaction.atomic
def trust_mailbox_as_staff(
    *, user_id: UUID, actor: User, reason: str, now: datetime
) -> None:
    """Write to somebody again of whom staff know that their mailbox works."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if not actor.has_perm("accounts.change_user"):
        raise NotAllowed(_("Only staff can do this."))
    if not user.mail_trouble:
        raise Stale(_("Mails go to this person already."))
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="accounts.trust_mailbox",
        target=f"accounts.user:{user.pk}",
        before={"mail_trouble": user.mail_trouble},
        reason=reason,
    )
    trust_mailbox(user_id=user.pk)
