"""The conversations and news of somebody who takes their data along."""

from typing import Any

from accounts.exports import KeptFile, Part, exports
from accounts.models import User
from messaging.models import (
    Attachment,
    Notification,
    NotificationPreferences,
    Participant,
    Subscriber,
)


@exports("messages")
def messages(user: User) -> Part:
    own = Participant.objects.visible_to(user).with_people()
    threads = own.prefetch_related(
        "conversation__messages__attachments", "conversation__messages__offer"
    )
    uploads = Attachment.objects.filter(uploaded_by=user).order_by("at")
    return Part(
        data=[_thread(each) for each in threads.order_by("conversation__created_at")],
        files=[
            KeptFile(
                name=f"{file.conversation_id}/{file.pk}-{file.name}",
                public_id=file.public_id,
                size=file.size,
                path=file.get_absolute_url(),
            )
            for file in uploads
        ],
    )


def _thread(side: Participant) -> dict[str, Any]:
    partner = side.partner()
    lines = sorted(
        side.conversation.messages.all(), key=lambda line: (line.sent_at, line.pk)
    )
    return {
        "with": partner.full_name,
        "began_at": side.conversation.created_at,
        "draft": side.draft,
        "messages": [
            {
                "from": "me" if line.sender_id == side.user_id else partner.full_name,
                "text": line.words,
                "files": [file.name for file in line.attachments.all()],
                "order_id": line.order_id,
                "sent_at": line.sent_at,
            }
            for line in lines
        ],
    }


@exports("notifications")
def notifications(user: User) -> Part:
    news = Notification.objects.visible_to(user).with_words().order_by("created_at")
    told = ("kind", "title", "text", "created_at", "read_at")
    return Part(data=[{name: getattr(each, name) for name in told} for each in news])


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
