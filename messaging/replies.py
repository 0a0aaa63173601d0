"""How soon somebody answers: the median of their first replies."""

from datetime import datetime, timedelta
from statistics import median

from django.db.models import F, Min, Q

from accounts.models import User
from messaging.models import Conversation

WINDOW = timedelta(days=90)
FEWEST = 5
# Beyond this the median does not move any more, and the query stays small.
MOST = 200


def response_time(person: User, *, now: datetime) -> timedelta | None:
    """The median time to a first reply over 90 days; None below five replies. One query.

    Only conversations count that the other side began: whoever writes first has
    nothing to reply to.
    """
    mine = Conversation.objects.visible_to(person)
    rows = (
        mine.filter(last_message_at__gte=now - WINDOW)
        .annotate(
            asked_at=Min("messages__sent_at", filter=~Q(messages__sender=person)),
            replied_at=Min("messages__sent_at", filter=Q(messages__sender=person)),
        )
        .filter(asked_at__gte=now - WINDOW, replied_at__gt=F("asked_at"))
        .order_by("-asked_at")
        .values_list("asked_at", "replied_at")[:MOST]
    )
    waits = [replied_at - asked_at for asked_at, replied_at in rows]
    return median(waits) if len(waits) >= FEWEST else None
