"""The conversations and news of somebody who takes their data along."""

from typing import Any

from accounts.exports import Part, exports
from accounts.models import User
from messaging.models import (
    Conversation,
    Notification,
    NotificationPreferences,
    Subscriber,
)


@exports("messages")
def messages(user: User) -> Part:
    own = Conversation.objects.visible_to(user).select_related("first", "second")
    threads = own.prefetch_related("messages").order_by("created_at")
    return Part(data=[_thread(each, user) for each in threads])


def _thread(conversation: Conversation, user: User) -> dict[str, Any]:
    partner = conversation.other_than(user.pk)
    lines = sorted(
        conversation.messages.all(), key=lambda line: (line.sent_at, line.pk)
    )
    return {
        "with": partner.full_name,
        "began_at": conversation.created_at,
        "messages": [
            {
                "from": "me" if line.sender_id == user.pk else partner.full_name,
                "text": line.body,
                "order_id": line.order_id,
                "sent_at": line.sent_at,
            }
            for line in lines
        ],
    }


@exports("notifications")
def notifications(user: User) -> Part:
    news = Notification.objects.visible_to(user).order_by("created_at")
    return Part(
        data=list(news.values("kind", "title", "text", "created_at", "read_at"))
    )


@exports("notification_preferences")
def notification_preferences(user: User) -> Part:
    chosen = NotificationPreferences.objects.filter(user=user)
    return Part(
        data=list(
            chosen.values(
                "channels",
                "digest",
                "quiet_from",
                "quiet_until",
                "phone",
                "phone_verified_at",
            )
        )
    )


@exports("to_the_staff")
def to_the_staff(user: User) -> Part:
    """What they asked by the contact form, and whether they take the newsletter."""
    asked = user.inquiries.order_by("asked_at")
    address = Subscriber.objects.filter(email=user.email)
    return Part(
        data={
            "inquiries": list(asked.values("topic", "text", "asked_at", "settled_at")),
            "newsletter": list(address.values("email", "asked_at", "confirmed_at")),
        }
    )
