"""What a person does with their own side of a conversation; the other never sees it."""

from datetime import datetime
from uuid import UUID

from messaging.models import LONGEST_MESSAGE, Participant


def keep_draft(*, side_id: UUID, text: str) -> None:
    """Keep what is not yet sent, for this person alone, until it is sent or emptied."""
    Participant.objects.filter(pk=side_id).update(draft=text[:LONGEST_MESSAGE])


def star(*, side_id: UUID, on: bool) -> None:
    Participant.objects.filter(pk=side_id).update(is_starred=on)


def archive(*, side_id: UUID, on: bool, now: datetime) -> None:
    """Put a conversation away until somebody says something in it."""
    Participant.objects.filter(pk=side_id).update(archived_at=now if on else None)
