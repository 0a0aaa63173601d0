"""Files that people are about to send each other."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from messaging.models import Attachment, Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that is already kept privately; a picture with a smaller one beside it."""

    public_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    thumbnail_id: str = ""
    width: int = 0
    height: int = 0


def attach(
    *, conversation: Conversation, actor: User, file: StoredFile, now: datetime
) -> Attachment:
    """Let a file wait for the message with which it will be sent."""
    return Attachment.objects.create(
        conversation=conversation,
        uploaded_by=actor,
        public_id=file.public_id,
        thumbnail_id=file.thumbnail_id,
        width=file.width,
        height=file.height,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        at=now,
    )


def discard(*, attachment_id: UUID, actor: User) -> None:
    """Take a file back that was not sent; storage forgets it when it is swept."""
    mine = Attachment.objects.waiting().filter(uploaded_by=actor)
    mine.filter(pk=attachment_id).delete()
