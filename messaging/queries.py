"""What a conversation shows."""

from typing import Any

from messaging.models import Participant

SHOWN = 50


def thread(side: Participant) -> dict[str, Any]:
    """The last messages, the oldest first, as the person of this side sees them."""
    newest = side.conversation.messages.select_related(
        "sender", "offer__gig", "offer__order"
    )
    lines = list(newest.order_by("-sent_at", "-id")[:SHOWN])
    return {
        "side": side,
        "conversation": side.conversation,
        "partner": side.partner(),
        "lines": lines[::-1],
    }
