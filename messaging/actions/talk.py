"""What people say to each other, and what the site tells them."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import NOBODY, Block, Standing, User
from gigstream.core import jobs
from gigstream.core.errors import NotAllowed
from messaging.models import (
    Conversation,
    Message,
    Notification,
    NotificationKind,
    Participant,
)
from orders.models import CustomOffer, Order

LONGEST_MESSAGE = 5000


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
    """Open a conversation to say something first, unless one of the two forbids it."""
    _refuse_blocked(sender.pk, person.pk)
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
    now: datetime,
) -> Message:
    """Say something. The same `client_id` again is the same message, never a second one.

    A message that brings an offer is shown as the offer, wherever there is room for it.
    """
    conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
    body = body.strip()
    _check_may_write(conversation, sender)
    _check_body(body)
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
        sent_at=now,
    )
    conversation.participants.exclude(user=sender).update(
        unread_count=F("unread_count") + 1
    )
    conversation.last_message_at = now
    conversation.save(update_fields=["last_message_at"])
    return message


def mark_read(*, conversation_id: UUID, user: User, now: datetime) -> None:
    """Remember that a person has seen all of a conversation."""
    Participant.objects.filter(conversation=conversation_id, user=user).update(
        unread_count=0, last_read_at=now
    )


@transaction.atomic
def notify(
    *,
    user: User,
    kind: NotificationKind,
    key: str,
    title: str,
    text: str,
    path: str,
    now: datetime,
    mail: bool = True,
) -> Notification | None:
    """Tell a person something, here and by mail; None if they were told already.

    The key says what it is about. However often its cause is seen, it is told once.
    """
    news, is_new = Notification.objects.get_or_create(
        user=user,
        key=key,
        defaults={
            "kind": kind,
            "title": _one_line(title, 200),
            "text": _one_line(text, 300),
            "path": path,
            "created_at": now,
        },
    )
    if not is_new:
        return None
    if mail:
        jobs.enqueue("messaging.tasks.mail_notification", notification_id=news.pk)
    return news


def read_notification(*, notification_id: UUID, user: User, now: datetime) -> None:
    Notification.objects.visible_to(user).unread().filter(pk=notification_id).update(
        read_at=now
    )


def read_all(*, user: User, now: datetime) -> None:
    """Mark as read what was there when the person said so."""
    waiting = Notification.objects.visible_to(user).unread()
    waiting.filter(created_at__lte=now).update(read_at=now)


@transaction.atomic
def forget(*, user: User) -> None:
    """Delete the news of somebody who leaves, and their name from the news of others."""
    user.notifications.all().delete()
    sides = Participant.objects.filter(conversation__participants__user=user)
    name = re.compile(rf"(?<!\w){re.escape(user.full_name)}(?!\w)")
    told = Notification.objects.filter(
        Q(title__contains=user.full_name) | Q(text__contains=user.full_name),
        user__in=sides.values("user"),
    )
    for news in told:
        news.title = _one_line(name.sub(NOBODY, news.title), 200)
        news.text = _one_line(name.sub(NOBODY, news.text), 300)
        news.save(update_fields=["title", "text"])


def _check_may_write(conversation: Conversation, sender: User) -> None:
    pair = {conversation.first_id, conversation.second_id}
    if sender.pk not in pair:
        raise NotAllowed(_("Only the two people of a conversation can write in it."))
    active = User.objects.filter(pk__in=pair, standing=Standing.ACTIVE)
    if active.count() < len(pair):
        raise NotAllowed(_("This person cannot receive messages at the moment."))
    _refuse_blocked(conversation.first_id, conversation.second_id)


def _refuse_blocked(one: UUID, other: UUID) -> None:
    """Whoever blocked whom, the words are the same: nobody learns of it by trying."""
    if Block.objects.between(one, other).exists():
        raise NotAllowed(_("This person cannot receive messages at the moment."))


def _check_body(body: str) -> None:
    if not body:
        raise NotAllowed(_("Write a message first."))
    if len(body) > LONGEST_MESSAGE:
        raise NotAllowed(
            _("A message can have up to %(count)d characters.")
            % {"count": LONGEST_MESSAGE}
        )


def _check_order(conversation: Conversation, order_id: UUID | None) -> None:
    if order_id is None:
        return
    order = Order.objects.filter(pk=order_id).first()
    pair = {conversation.first_id, conversation.second_id}
    if order is None or {order.buyer_id, order.seller_id} != pair:
        raise NotAllowed(_("This order is not between the two of you."))


def _one_line(text: str, length: int) -> str:
    return Truncator(" ".join(text.split())).chars(length)
