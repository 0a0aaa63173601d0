"""What pages of the apps below show of conversations and notifications."""

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.db.models import IntegerField, Subquery
from django.template import RequestContext
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from accounts import acting
from accounts.models import User
from gigstream.core import clock
from gigstream.core.dates import dated
from gigstream.services import pusher
from messaging import channels, thread
from messaging.forms import MessageForm
from messaging.models import Notification, Participant
from messaging.moments import to_moment
from messaging.replies import response_time as replies_within
from orders.models import Order

register = template.Library()

# Nobody reads on; beyond this the bell says 99+.
COUNTED = 99
A_MINUTE = timedelta(minutes=1)


@register.inclusion_tag("messaging/_conversation.html", takes_context=True)
def order_conversation(context: RequestContext, order: Order) -> dict[str, Any]:
    """The conversation of an order's two people, for either of them and nobody else."""
    shared = {name: context.get(name) for name in ("user", "request", "csrf_token")}
    shared["in_order"] = True
    people = {order.buyer_id, order.seller_id}
    if context["user"].pk not in people or acting.of(context["request"]):
        return shared
    sides = Participant.objects.visible_to(context["user"]).with_people()
    side = sides.between(*people).first()
    if side is None:
        return shared
    form = MessageForm(initial={"order": order.pk, "body": side.draft})
    part = thread.read(side, thread.Span(), with_events=False)
    return shared | thread.shown(side, part) | {"form": form}


class Counted(Subquery):
    """How many rows a query has, as a column."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


@register.inclusion_tag("messaging/_bell.html", takes_context=True)
def bell(context: RequestContext) -> dict[str, Any]:
    """The ways to messages and notifications, with how many wait; one query."""
    user = context["user"]
    news = Notification.objects.visible_to(user).unread().values("pk")
    talks = Participant.objects.visible_to(user).unread().values("pk")
    count, talking = User.objects.filter(pk=user.pk).values_list(
        Counted(news[: COUNTED + 1]), Counted(talks[: COUNTED + 1])
    )[0]
    return {
        "count": count,
        "text": _up_to_ninety_nine(count),
        "talks": talking,
        "talks_text": _up_to_ninety_nine(talking),
        "waiting": count + talking,
    }


def _up_to_ninety_nine(count: int) -> str:
    return f"{COUNTED}+" if count > COUNTED else str(count)


@register.inclusion_tag("messaging/_live.html", takes_context=True)
def live(context: RequestContext) -> dict[str, Any]:
    """What a page of somebody who is logged in needs to hear of news. Asks nobody."""
    config = {
        **asdict(pusher.socket()),
        "me": channels.of_user(context["user"].pk),
        "listen": reverse("messaging:listen"),
        "bell": reverse("messaging:bell"),
    }
    return {"config": json.dumps(config), "request": context["request"]}


@register.filter
def said(text: str) -> SafeString:
    """Text as it was typed; addresses become links that tell nobody where they came from."""
    linked = str(urlize(text, nofollow=True, autoescape=True))
    safer = linked.replace(
        ' rel="nofollow"', ' rel="nofollow noopener noreferrer ugc" target="_blank"'
    )
    return linebreaksbr(mark_safe(safer))  # noqa: S308 urlize has escaped it


@register.filter
def moment(at: datetime | None) -> int:
    return to_moment(at)


@register.filter
def day(value: date) -> str:
    today = timezone.localdate(clock.now())
    if value == today:
        return _("Today")
    if value == today - timedelta(days=1):
        return _("Yesterday")
    return dated(value, "l, j F Y")


@register.filter
def local_time(person: User) -> str:
    return formats.date_format(clock.now().astimezone(person.zone), "H:i")


@register.filter
def is_here(person: User) -> bool:
    return person.is_online(at=clock.now())


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
