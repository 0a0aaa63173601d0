"""One field that finds a person, a gig, an order or a payment by what one has at hand."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import quote
from django.db.models import Model, Q
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts import roles
from accounts.models import User
from admin_panel.site import site
from gigs.models import Gig, Listing
from gigs.search import cut
from gigs.search.words import Words
from gigstream.core.http import as_uuid
from orders.models import Dispute, Order
from payments.models import Paper, Payment, Payout, Refund
from payments.models.papers import LETTERS

MOST = 10
LONGEST = 100
PAPER = re.compile(r"([A-Z])-?0*(\d{1,12})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What was found of one kind, and where all rows of that kind are looked through."""

    title: str
    rows: list[tuple[str, str]]
    everywhere: str


@site().page("search/", name="search")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    asked = " ".join(request.GET.get("q", "").split())[:LONGEST]
    context = {
        **site().each_context(request),
        "title": gettext("Search"),
        "asked": asked,
        "found": list(_found(request.user, asked)) if asked else [],
    }
    return TemplateResponse(request, "admin/search.html", context)


def _found(user: Any, asked: str) -> Iterator[Hits]:
    """Each kind that this person may see; nothing is asked about the others."""
    for model, find in FINDERS:
        page = f"{model._meta.app_label}_{model._meta.model_name}"
        if not roles.may_open(user, f"{page}_changelist"):
            continue
        rows = [
            (str(row), reverse(f"admin:{page}_change", args=[quote(row.pk)]))
            for row in find(asked)
        ]
        everywhere = reverse(f"admin:{page}_changelist") + f"?{urlencode({'q': asked})}"
        title = str(capfirst(model._meta.verbose_name_plural))
        yield Hits(title=title, rows=rows, everywhere=everywhere)


def _people(asked: str) -> Iterable[User]:
    if key := as_uuid(asked):
        return User.objects.filter(pk=key)
    # As the indexes have them; a part of a name is looked for in the list of people.
    lower = User.objects.alias(low_email=Lower("email"), low_name=Lower("username"))
    low = asked.lower().removeprefix("@")
    return lower.filter(Q(low_email=low) | Q(low_name=low))


def _gigs(asked: str) -> Iterable[Gig]:
    if key := as_uuid(asked):
        return Gig.objects.filter(Q(pk=key) | Q(seller_id=key))[:MOST]
    words = Words.read(asked)
    if "@" in asked or not words:
        return []
    found, _count = cut(Listing.objects.all(), words, stop=MOST)
    by_words = Q(pk__in=[each.gig_id for each in found])
    return Gig.objects.filter(by_words | Q(slug=asked.lower()))[:MOST]


def _orders(asked: str) -> Iterable[Order]:
    if key := as_uuid(asked):
        return Order.objects.filter(pk=key)
    if "@" not in asked:
        return Order.objects.called(asked)[:MOST]
    person = list(_people(asked))
    bought = Order.objects.filter(buyer__in=person).order_by("-placed_at")[:MOST]
    sold = Order.objects.filter(seller__in=person).order_by("-placed_at")[:MOST]
    both = sorted([*bought, *sold], key=lambda order: order.placed_at, reverse=True)
    return both[:MOST]


def _payments(asked: str) -> Iterable[Payment]:
    if key := as_uuid(asked):
        return Payment.objects.filter(Q(pk=key) | Q(order_id=key))[:MOST]
    if "@" in asked:
        paid = Payment.objects.filter(buyer__in=list(_people(asked)))
        return paid.order_by("-created_at")[:MOST]
    return Payment.objects.filter(intent_id=asked)


def _disputes(asked: str) -> Iterable[Dispute]:
    key = as_uuid(asked)
    of_it = Q(pk=key) | Q(order_id=key)
    return Dispute.objects.filter(of_it)[:MOST] if key else []


def _refunds(asked: str) -> Iterable[Refund]:
    if key := as_uuid(asked):
        return Refund.objects.filter(pk=key)
    return Refund.objects.filter(Q(stripe_id=asked) | Q(intent_id=asked))[:MOST]


def _payouts(asked: str) -> Iterable[Payout]:
    if key := as_uuid(asked):
        return Payout.objects.filter(pk=key)
    return Payout.objects.filter(Q(stripe_id=asked) | Q(transfer_id=asked))[:MOST]


def _papers(asked: str) -> Iterable[Paper]:
    if key := as_uuid(asked):
        return Paper.objects.filter(Q(pk=key) | Q(order_id=key))[:MOST]
    read = PAPER.fullmatch(asked)
    if read is None:
        return []
    letter, number = read.groups()
    series = [each for each in LETTERS if LETTERS[each] == letter.upper()]
    return Paper.objects.filter(series__in=series, number=int(number))


FINDERS: list[tuple[type[Model], Callable[[str], Iterable[Model]]]] = [
    (User, _people),
    (Gig, _gigs),
    (Order, _orders),
    (Payment, _payments),
    (Dispute, _disputes),
    (Refund, _refunds),
    (Payout, _payouts),
    (Paper, _papers),
]
