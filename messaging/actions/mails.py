"""Mails about a conversation: one for all that is written in a while, and none for what was read."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from gigstream.core import jobs
from messaging.models import Conversation, Participant

MAIL_AFTER = timedelta(minutes=15)


def mail_later(conversation: Conversation, sender: User, *, now: datetime) -> None:
    """Have a mail stand by for the reader, unless one does already."""
    reader = conversation.other_than(sender.pk)
    sides = conversation.participants.filter(user=reader, mail_due_at=None)
    if sides.update(mail_due_at=now + MAIL_AFTER):
        _stand_by(conversation.pk, reader.pk)


@transaction.atomic
def note_mailed(*, participant_id: UUID, until: datetime | None, now: datetime) -> None:
    """All up to a message was mailed, or there was none; for the rest another mail stands by.

    Under the lock no message is on its way that began before and is seen only later.
    """
    side = Participant.objects.select_for_update().get(pk=participant_id)
    if side.mail_due_at is None:
        return
    rest = side.unread_messages()
    is_more = (rest.filter(sent_at__gt=until) if until else rest).exists()
    side.mail_due_at = now + MAIL_AFTER if is_more else None
    side.save(update_fields=["mail_due_at"])
    if is_more:
        _stand_by(side.conversation_id, side.user_id)


def _stand_by(conversation_id: UUID, user_id: UUID) -> None:
    jobs.enqueue(
        "messaging.tasks.mail_messages",
        conversation_id=conversation_id,
        user_id=user_id,
        delay=MAIL_AFTER,
    )
