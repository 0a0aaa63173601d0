"""What people say to each other, and what of it was read."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, TextField, Value, When
from django.utils.translation import gettext as _

from accounts.models import Block, Standing, User
from gigstream.core.errors import NotAllowed
from gigstream.services import pusher
from messaging import channels
from messaging.actions.mails import mail_later
from messaging.models import (
    LONGEST_MESSAGE,
    MOST_ATTACHMENTS,
    Attachment,
    Conversation,
    Message,
    Participant,
)
from messaging.moments import to_moment
from orders.models import CustomOffer, Order

A_MOMENT = timedelta(microseconds=1)
# Letters that draw nothing, which Unicode counts among the letters and symbols.
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


@transaction.atomic
def open_conversation(*, between: tuple[User, User], now: datetime) -> Conversation:
    """Find or begin the one thread between two people; two at once find the same."""
    first, second = sorted(between, key=lambda person: person.pk)
    if first == second:
        raise NotAllowed(_("You cannot write to yourself."))
    conversation, is_new = Conversation.objects.get_or_create(
        first=first, second=second, defaults={"created_at": now}
    )
    if is_new:
        Participant.objects.bulk_create(
            Participant(conversation=conversation, user=person)
            for person in (first, second)
        )
    return conversation


def approach(*, sender: User, person: User, now: datetime) -> Conversation:
    """Open a conversation to say something first, unless one of the two forbids it.

    People ask those who sell something. Nobody writes to a stranger who only buys, so
    sellers do not look for buyers this way.
    """
    if Block.objects.between(sender.pk, person.pk).exists():
        raise _cannot_receive()
    known = Participant.objects.visible_to(sender).between(sender.pk, person.pk)
    if not person.is_seller and not known.exists():
        raise NotAllowed(_("Only people who sell something can be written to first."))
    return open_conversation(between=(sender, person), now=now)


@transaction.atomic
def send(
    *,
    conversation_id: UUID,
    sender: User,
    body: str,
    client_id: UUID,
    order_id: UUID | None = None,
    offer: CustomOffer | None = None,
    attachment_ids: Sequence[UUID] = (),
    now: datetime,
) -> Message:
    """Say something. The same `client_id` again is the same message, never a second one.

    A message that brings an offer is shown as the offer, wherever there is room for it.
    """
    conversation = _lock(conversation_id)
    body = body.strip()
    _check_may_write(conversation, sender)
    _check_body(body, len(attachment_ids))
    _check_order(conversation, order_id)

    sent = conversation.messages.filter(sender=sender, client_id=client_id).first()
    if sent:
        if sent.body != body:
            raise NotAllowed(_("This message was sent already, with other words."))
        return sent

    message = conversation.messages.create(
        sender=sender,
        body=body,
        client_id=client_id,
        order_id=order_id,
        offer=offer,
        sent_at=_next_moment(conversation, now),
    )
    _hang(message, attachment_ids)
    _stir(conversation, message)
    mail_later(conversation, sender, now=now)
    _tell(conversation, message)
    return message


def mark_read(
    *, conversation_id: UUID, user: User, up_to: datetime | None = None, now: datetime
) -> None:
    """Remember how far a person has read: up to a moment, or all that is there.

    It only ever goes forward; what came after that moment stays unread, and counted.
    """
    with transaction.atomic():
        conversation = _lock(conversation_id)
        side = conversation.participants.get(user=user)
        end = conversation.last_message_at or now
        read_at = min(up_to, end) if up_to else end
        if side.last_read_at and side.last_read_at >= read_at:
            return
        later = conversation.messages.exclude(sender=user).filter(sent_at__gt=read_at)
        side.last_read_at, side.unread_count = read_at, later.count()
        side.last_received_at = max(side.last_received_at or read_at, read_at)
        side.save(update_fields=["last_read_at", "last_received_at", "unread_count"])
        _tell_how_far(conversation, side)


def receive(*, conversation_id: UUID, user: User) -> None:
    """Remember that what is there has reached a page of this person. Only ever goes forward."""
    with transaction.atomic():
        conversation = _lock(conversation_id)
        side = conversation.participants.get(user=user)
        end = conversation.last_message_at
        if end is None or (side.last_received_at and side.last_received_at >= end):
            return
        side.last_received_at = end
        side.save(update_fields=["last_received_at"])
        _tell_how_far(conversation, side)


def _lock(conversation_id: UUID) -> Conversation:
    """The conversation as it is now with its people, and whether one blocked the other."""
    first, second = OuterRef("first"), OuterRef("second")
    blocks = Block.objects.filter(
        Q(blocker=first, blocked=second) | Q(blocker=second, blocked=first)
    )
    people = Conversation.objects.select_related("first", "second")
    locked = people.annotate(is_blocked=Exists(blocks)).select_for_update(of=("self",))
    return locked.get(pk=conversation_id)


def _next_moment(conversation: Conversation, now: datetime) -> datetime:
    """Later than all that was said, however the clocks of two servers differ."""
    last = conversation.last_message_at
    return max(now, last + A_MOMENT) if last else now


def _hang(message: Message, attachment_ids: Sequence[UUID]) -> None:
    """Let the files that wait become part of the message."""
    if not attachment_ids:
        return
    waiting = Attachment.objects.waiting().filter(
        pk__in=attachment_ids,
        conversation=message.conversation_id,
        uploaded_by=message.sender_id,
    )
    if waiting.update(message=message) != len(set(attachment_ids)):
        raise NotAllowed(_("One of the files is gone. Attach it again."))


def _stir(conversation: Conversation, message: Message) -> None:
    """Move the conversation to the top for both, and count the message for the other."""
    conversation.last_message_at = message.sent_at
    conversation.save(update_fields=["last_message_at"])
    is_own = When(user=message.sender_id, then=Value(0))
    sent = When(user=message.sender_id, then=Value("", TextField()))
    conversation.participants.update(
        unread_count=F("unread_count") + Case(is_own, default=Value(1)),
        draft=Case(sent, default=F("draft")),
        archived_at=None,
    )


def _tell(conversation: Conversation, message: Message) -> None:
    people = map(channels.of_user, conversation.pair)
    listening = [channels.of_conversation(conversation.pk), *people]
    ids = {
        "conversation": conversation.pk,
        "id": message.pk,
        "sender": message.sender_id,
    }
    pusher.push(listening, "message", ids)


def _tell_how_far(conversation: Conversation, side: Participant) -> None:
    """Tell the sender's page how far the reader has come, and the reader's other pages."""
    listening = [
        channels.of_conversation(conversation.pk),
        channels.of_user(side.user_id),
    ]
    how_far = {
        "reader": side.user_id,
        "read": to_moment(side.last_read_at),
        "received": to_moment(side.last_received_at),
    }
    pusher.push(listening, "receipt", how_far)


def _check_may_write(conversation: Conversation, sender: User) -> None:
    if sender.pk not in conversation.pair:
        raise NotAllowed(_("Only the two people of a conversation can write in it."))
    people = (conversation.first, conversation.second)
    if any(person.standing != Standing.ACTIVE for person in people):
        raise _cannot_receive()
    if conversation.is_blocked:  # type: ignore[attr-defined]
        raise _cannot_receive()


def _cannot_receive() -> NotAllowed:
    """Whatever the reason, the words are the same: nobody learns of a block by trying."""
    return NotAllowed(_("This person cannot receive messages at the moment."))


def _check_body(body: str, files: int) -> None:
    if not files and not any(map(_is_visible, body)):
        raise NotAllowed(_("Write a message first."))
    if len(body) > LONGEST_MESSAGE:
        raise NotAllowed(
            _("A message can have up to %(count)d characters.")
            % {"count": LONGEST_MESSAGE}
        )
    if files > MOST_ATTACHMENTS:
        raise NotAllowed(
            _("A message can have up to %(count)d files.") % {"count": MOST_ATTACHMENTS}
        )


def _is_visible(character: str) -> bool:
    """Spaces, controls, and marks that only join or direct others, say nothing alone."""
    return unicodedata.category(character)[0] not in "ZCM" and character not in BLANKS


def _check_order(conversation: Conversation, order_id: UUID | None) -> None:
    if order_id is None:
        return
    order = Order.objects.filter(pk=order_id).first()
    if order is None or {order.buyer_id, order.seller_id} != conversation.pair:
        raise NotAllowed(_("This order is not between the two of you."))
