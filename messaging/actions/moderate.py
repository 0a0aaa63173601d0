"""What moderators do about a message that was reported to them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core import jobs
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry
from messaging.actions.news import notify
from messaging.models import Message, NotificationKind


@transaction.atomic
def remove_message(
    *, message_id: UUID, actor: User, reason: str, now: datetime
) -> None:
    """Take the words and files of a message away, and tell its sender why. Twice is once.

    What was said stays in the audit log, for those who may read that.
    """
    locked = Message.objects.select_for_update(of=("self",)).select_related("sender")
    message = locked.get(pk=message_id)
    if not actor.has_perm("messaging.change_message"):
        raise NotAllowed(_("Only moderators remove messages."))
    if message.sender_id == actor.pk:
        raise NotAllowed(_("Nobody decides about their own message."))
    if not reason.strip():
        raise NotAllowed(_("Say why; the sender reads it."))
    if message.removed_at:
        return

    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="messaging.remove_message",
        target=f"messaging.message:{message.pk}",
        before={"text": message.body, "files": _forget_files(message)},
        reason=reason,
    )
    message.body, message.removed_at = "", now
    message.save(update_fields=["body", "removed_at"])
    notify(
        user=message.sender,
        kind=NotificationKind.CONTENT_REMOVED,
        key=f"{NotificationKind.CONTENT_REMOVED}:{message.pk}",
        path=message.conversation.get_absolute_url(),
        now=now,
        case="message",
        about={"reason": reason},
    )


def _forget_files(message: Message) -> list[str]:
    """Delete the rows now; a task deletes the files, which storage keeps elsewhere."""
    files = list(message.attachments.all())
    for file in files:
        jobs.enqueue(
            "messaging.tasks.sweep_attachment",
            public_id=file.public_id,
            thumbnail_id=file.thumbnail_id,
        )
        file.delete()
    return [file.name for file in files]
