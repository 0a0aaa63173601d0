"""Where an order stands, in one sentence for whoever looks; and its terms, in words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timesince
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from gigstream.core import clock
from gigstream.core.dates import dated
from gigstream.core.money import written
from gigstream.core.policy import LABELS, said
from orders.models import Dispute, Order, Statement
from orders.status import OrderStatus, Role

TONES: dict[OrderStatus, str] = {
    OrderStatus.PENDING: "waiting",
    OrderStatus.IN_PROGRESS: "active",
    OrderStatus.REVISION: "active",
    OrderStatus.DELIVERED: "waiting",
    OrderStatus.DISPUTED: "trouble",
    OrderStatus.COMPLETED: "done",
    OrderStatus.CANCELLED: "over",
    OrderStatus.EXPIRED: "over",
}


def row(order: Order, user: User) -> dict[str, Any]:
    """An order in a list, as one of its two people sees it."""
    role = order.role_of(user) or Role.BUYER
    return {
        "order": order,
        "other": order.other_side(user),
        "is_buyer": role == Role.BUYER,
        "headline": headline(order, role),
        "tone": TONES[OrderStatus(order.status)],
        "is_late": order.is_late(at=clock.now()),
    }


def headline(order: Order, role: Role) -> str:
    """What is going on, and whose turn it is."""
    names = {
        "buyer": order.buyer.get_short_name(),
        "seller": order.seller.get_short_name(),
    }
    if order.status == OrderStatus.CANCELLED and order.paid_at:
        return PAID_AND_CANCELLED[role == Role.SELLER]()
    if order.on_hold and order.holds_money:
        return HELD[role == Role.SELLER]()
    if order.dispute:
        return _dispute(order.dispute, role, names)
    names["due"] = day(order.due_at)
    names["ends"] = day(order.review_ends_at)
    return SENTENCES[OrderStatus(order.status), role == Role.SELLER]() % names


def _dispute(dispute: Dispute, role: Role, names: dict[str, str]) -> str:
    if dispute.status == Dispute.Status.WITH_STAFF:
        return _("In dispute: our staff read what both of you said, and decide.")
    other = names["seller"] if role == Role.BUYER else names["buyer"]
    values = {"other": other, "until": day(dispute.answer_by)}
    if dispute.turn == role:
        return _("In dispute. Your turn: answer %(other)s by %(until)s.") % values
    return _("In dispute: %(other)s has until %(until)s to answer.") % values


def said_offer(statement: Statement, currency: str) -> str:
    """What an offer in a dispute comes to, in one line; nothing where there is none."""
    kinds = Statement.Offer
    if statement.offer == kinds.SPLIT:
        if not statement.refund:
            return _("The seller is paid in full")
        amount = written(statement.refund, currency)
        return _("%(amount)s of the price goes back") % {"amount": amount}
    days = statement.days or 0
    if statement.offer == kinds.REVISION:
        words = ngettext(
            "Changes to the work, within %(days)d day",
            "Changes to the work, within %(days)d days",
            days,
        )
    else:
        words = ngettext(
            "More time: the work comes within %(days)d day",
            "More time: the work comes within %(days)d days",
            days,
        )
    return words % {"days": days} if statement.offer else ""


def day(moment: datetime | None) -> str:
    return dated(localtime(moment), "D j M, H:i") if moment else ""


def time_left(moment: datetime, *, at: datetime) -> str:
    """How long it is until then, or since then."""
    if moment >= at:
        return _("%(time)s left") % {"time": timesince.timeuntil(moment, at, depth=2)}
    return _("late by %(time)s") % {"time": timesince.timesince(moment, at, depth=2)}


PAID_AND_CANCELLED = {
    False: lambda: _("Cancelled. What is yours goes back the way you paid."),
    True: lambda: _("Cancelled. The buyer's part of the money goes back."),
}

HELD = {
    False: lambda: _(
        "Your bank looks into the payment. Until it decides, nothing can change and no time runs."
    ),
    True: lambda: _(
        "The buyer's bank looks into the payment. Until it decides, nothing can change and no time runs."
    ),
}

# Functions, so that each sentence is translated when it is shown.
SENTENCES = {
    (OrderStatus.PENDING, False): lambda: _("Pay to let %(seller)s begin."),
    (OrderStatus.PENDING, True): lambda: _(
        "%(buyer)s has not paid yet. Nothing to do for now."
    ),
    (OrderStatus.IN_PROGRESS, False): lambda: _(
        "%(seller)s is at work, until %(due)s."
    ),
    (OrderStatus.IN_PROGRESS, True): lambda: _("Your turn: deliver by %(due)s."),
    (OrderStatus.REVISION, False): lambda: _("%(seller)s is making your changes."),
    (OrderStatus.REVISION, True): lambda: _(
        "%(buyer)s asked for changes. Deliver again."
    ),
    (OrderStatus.DELIVERED, False): lambda: _(
        "%(seller)s has delivered. Look at it; it counts as accepted on %(ends)s."
    ),
    (OrderStatus.DELIVERED, True): lambda: _(
        "Delivered. %(buyer)s has until %(ends)s to answer; after that it counts as accepted."
    ),
    (OrderStatus.COMPLETED, False): lambda: _(
        "Completed. Thank you for working together."
    ),
    (OrderStatus.COMPLETED, True): lambda: _("Completed. The money is in your wallet."),
    (OrderStatus.CANCELLED, False): lambda: _(
        "Cancelled. You have not been charged for it."
    ),
    (OrderStatus.CANCELLED, True): lambda: _("Cancelled. There is nothing to do."),
    (OrderStatus.EXPIRED, False): lambda: _(
        "Expired, because it was not paid in time."
    ),
    (OrderStatus.EXPIRED, True): lambda: _("Expired, because it was not paid in time."),
}


def terms(order: Order) -> Iterator[tuple[str, Any]]:
    """What was agreed when the order was placed, part by part, for staff.

    The answers are left out: not all of the staff may read them, who do find them below.
    """
    agreed = order.terms
    package, cost = agreed["package"], agreed["money"]
    yield _("gig"), agreed["gig"]
    yield _("package"), f"{order.get_tier_display()}: {package['name']}"
    yield _("what the buyer gets"), package["description"]
    yield _("features"), ", ".join(package["features"])
    yield _("delivery days"), package["delivery_days"]
    yield _("revisions"), package["revisions"]
    # Terms never change; those of the first orders know no extras.
    for extra in agreed.get("extras", []):
        price = written(extra["price"], cost["currency"])
        yield _("extra"), f"{extra['name']} ({price})"
    yield _("price"), written(cost["price"], cost["currency"])
    yield _("service fee"), written(cost["fee"], cost["currency"])
    yield _("total"), written(cost["total"], cost["currency"])
    yield _("commission"), written(cost["commission"], cost["currency"])
    for name, value in agreed["policy"].items():
        if not name.startswith(OF_THE_DAY):
            yield str(LABELS.get(name, name)), said(value)
    yield _("fingerprint (SHA-256)"), order.terms_hash


OF_THE_DAY = ("payout", "gig_moderation")
"""How the rules begin which follow those in force, whatever was frozen on an order."""
