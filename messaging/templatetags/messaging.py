"""What pages of the apps below show of conversations and notifications."""

from datetime import timedelta
from typing import Any

from django import template
from django.template import RequestContext
from django.utils.timesince import timesince

from accounts.models import User
from gigstream.core import clock
from messaging import queries
from messaging.forms import MessageForm
from messaging.models import Notification, Participant
from messaging.replies import response_time as replies_within
from orders.models import Order

register = template.Library()

# Nobody reads on; beyond this the bell says 99+.
COUNTED = 99
A_MINUTE = timedelta(minutes=1)


@register.inclusion_tag("messaging/_conversation.html", takes_context=True)
def order_conversation(context: RequestContext, order: Order) -> dict[str, Any]:
    """The conversation of an order's two people, for either of them; two queries."""
    shared = {name: context.get(name) for name in ("user", "request", "csrf_token")}
    people = {order.buyer_id, order.seller_id}
    if context["user"].pk not in people:
        return shared
    sides = Participant.objects.visible_to(context["user"]).with_people()
    side = sides.between(*people).first()
    if side is None:
        return shared
    form = MessageForm(initial={"order": order.pk})
    return shared | queries.thread(side) | {"form": form}


@register.inclusion_tag("messaging/_bell.html", takes_context=True)
def bell(context: RequestContext) -> dict[str, Any]:
    """The way to the notifications, with how many wait; one query."""
    waiting = Notification.objects.visible_to(context["user"]).unread()
    count = waiting[: COUNTED + 1].count()
    return {"count": count, "text": f"{COUNTED}+" if count > COUNTED else str(count)}


@register.simple_tag
def reply_time(person: User) -> str:
    """How soon somebody usually answers, in words; one query."""
    now = clock.now()
    wait = replies_within(person, now=now)
    return timesince(now - max(wait, A_MINUTE), now, depth=1) if wait else ""


@register.inclusion_tag("messaging/_response_time.html")
def response_time(person: User) -> dict[str, Any]:
    """The same, with how it is computed."""
    return {"wait": reply_time(person)}


@register.inclusion_tag("messaging/_contact.html", takes_context=True)
def contact_button(
    context: RequestContext, person: User, look: str = "btn-primary"
) -> dict[str, Any]:
    shared = {name: context.get(name) for name in ("user", "request", "csrf_token")}
    return shared | {"person": person, "look": look}
