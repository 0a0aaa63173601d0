"""Mailboxes that do not take our mails."""

from uuid import UUID

from django.db import transaction

from accounts.models import MailTrouble, User
from accounts.signals import mail_refused


@transaction.atomic
def note_trouble(*, email: str, trouble: MailTrouble) -> None:
    """Stop writing to an address, and tell its owner on the site. Twice, or late, is once."""
    User.objects.filter(email=email.lower()).update(mail_trouble=trouble)
    mail_refused.send(sender=User, email=email.lower())


def trust_mailbox(*, user_id: UUID) -> None:
    """Write to somebody again, who says that their mailbox works."""
    User.objects.filter(pk=user_id).update(mail_trouble="")
