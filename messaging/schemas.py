"""Conversations and news as JSON."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import Field

from accounts.schemas import PersonBrief
from gigstream.core.api import Paging, Schema
from messaging.models import (
    LONGEST_MESSAGE,
    MOST_ATTACHMENTS,
    Attachment,
    Message,
    Notification,
    Participant,
)


class AttachmentOut(Schema):
    id: UUID
    name: str
    media_type: str
    size: int
    width: int
    height: int
    path: str = Field(description="Where it is to be had, with a token for messages.")

    @classmethod
    def of(cls, file: Attachment) -> Self:
        return cls(
            id=file.pk,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            width=file.width,
            height=file.height,
            path=f"/api/attachments/{file.pk}",
        )


class MessageOut(Schema):
    id: UUID
    conversation_id: UUID
    sender_id: UUID
    body: str
    order_id: UUID | None = Field(description="The order that it is about.")
    offer_id: UUID | None = Field(description="The custom offer that it brings.")
    sent_at: datetime
    status: Literal["sent", "delivered", "read"]
    attachments: list[AttachmentOut]

    @classmethod
    def of(
        cls, message: Message, *, other: Participant, files: Iterable[Attachment]
    ) -> Self:
        """`other` is the side that did not ask: what it has read says how far a message came."""
        return cls(
            id=message.pk,
            conversation_id=message.conversation_id,
            sender_id=message.sender_id,
            body=message.words,
            order_id=message.order_id,
            offer_id=message.offer_id,
            sent_at=message.sent_at,
            status=_how_far(message, other),
            attachments=[AttachmentOut.of(file) for file in files],
        )


def _how_far(message: Message, other: Participant) -> str:
    if message.sender_id == other.user_id:
        return "delivered"  # to whoever asks
    if other.last_read_at and other.last_read_at >= message.sent_at:
        return "read"
    received = other.last_received_at
    return "delivered" if received and received >= message.sent_at else "sent"


class ConversationOut(Schema):
    """A thread between you and somebody else, from your side."""

    id: UUID
    other: PersonBrief
    unread_count: int
    last_message: str | None
    last_sender_id: UUID | None
    last_at: datetime
    is_starred: bool
    is_archived: bool

    @classmethod
    def of(cls, side: Any) -> Self:
        """A side with what `newest_first` adds to it."""
        return cls(
            id=side.conversation_id,
            other=PersonBrief.of(side.partner()),
            unread_count=side.unread_count,
            last_message=side.last_words,
            last_sender_id=side.last_sender_id,
            last_at=side.stirred_at,
            is_starred=side.is_starred,
            is_archived=side.archived_at is not None,
        )


class NotificationOut(Schema):
    id: UUID
    type: str
    title: str
    message: str
    path: str = Field(description="Where it leads to on this site.")
    is_read: bool
    created_at: datetime

    @classmethod
    def of(cls, news: Notification) -> Self:
        return cls(
            id=news.pk,
            type=news.kind,
            title=news.title,
            message=news.text,
            path=news.path,
            is_read=news.read_at is not None,
            created_at=news.created_at,
        )


class Unread(Schema):
    unread: int


class UploadOut(Schema):
    """A file that was kept. Pictures of gigs and faces are public, all else is private."""

    id: UUID | None = Field(description="Of a picture of a gig, or of an attachment.")
    file: str | None = Field(
        description="For orders and disputes: what names it there, within the hour."
    )
    url: str | None = Field(description="Of a public picture, 400 by 300.")
    public_id: str | None
    width: int | None
    height: int | None
    format: str | None
    name: str
    size: int


# --- What is sent ----------------------------------------------------------------


class ConversationSearch(Paging):
    show: Literal["", "unread", "orders", "starred", "archived"] = ""
    q: str = Field("", max_length=100, description="People and words.")


class StartIn(Schema):
    user_id: UUID = Field(description="Somebody who sells, or who wrote to you.")


class MessageSearch(Paging):
    conversation_id: UUID


class MessageIn(Schema):
    conversation_id: UUID
    body: str = Field(
        "", max_length=LONGEST_MESSAGE, description="May be empty beside files."
    )
    attachments: list[UUID] = Field(
        default_factory=list,
        max_length=MOST_ATTACHMENTS,
        description="`id` of each, as /api/upload told it.",
    )
    order_id: UUID | None = None


class NotificationPaging(Paging):
    unread: bool = Field(False, description="Only those that wait.")


class UploadFor(Schema):
    """What a file is for, and where it goes."""

    purpose: Literal["gig", "avatar", "message", "order"]
    gig: str | None = Field(None, max_length=100, description="The gig's slug.")
    conversation_id: UUID | None = None


class NotificationsIn(Schema):
    """Which to mark: some by their keys, or all there are."""

    ids: list[UUID] = Field(default_factory=list, max_length=100)
    all: bool = Field(False, description="All that are there now.")
    read: bool = Field(True, description="False has some wait again.")
