"""Papers as PDF, from what they said when they were issued."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core import money
from gigstream.core.dates import dated
from gigstream.core.pdf import new_paper
from gigstream.core.site import site_name
from payments.models import Paper, Purpose, Series


def printed(paper: Paper, *, reader: User) -> bytes:
    """The paper for one of its parties: a seller also sees what they are left with."""
    content, currency = paper.content, paper.content["currency"]
    sheet = new_paper(
        f"{paper.get_series_display()} {paper.name}",
        site=site_name(),
        footer=f"{site_name()} · {paper.name}",
        at=paper.issued_at,
    )
    sheet.facts(_facts(paper))
    sheet.table(
        [_("What"), _("Amount")],
        [
            [_what(paper, line["kind"]), money.written(line["amount"], currency)]
            for line in content["lines"]
        ],
        widths=[4, 1],
        total=[_total(paper), money.written(content["total"], currency)],
    )
    if "earned" in content and reader.pk == paper.order.seller_id:
        sheet.heading(_("What you are left with"))
        sheet.facts(
            [
                (_("Commission"), money.written(content["commission"], currency)),
                (_("You earn"), money.written(content["earned"], currency)),
            ]
        )
    sheet.text(_closing(paper), muted=True)
    return sheet.content()


def _facts(paper: Paper) -> Iterator[tuple[str, str]]:
    content = paper.content
    yield _("Date"), date_format(paper.issued_at, "DATE_FORMAT")
    yield _("Buyer"), f"{content['buyer']}, {content['buyer_email']}"
    yield _("Seller"), content["seller"]
    yield _("Order"), f"{content['order']}: {content['title']}"
    if content.get("paid_at"):
        paid_at = datetime.fromisoformat(content["paid_at"])
        yield _("Paid on"), dated(paid_at, "j F Y, H:i e")
    if content.get("card"):
        yield _("Paid with"), content["card"]
    if content.get("receipt"):
        yield _("Of receipt"), content["receipt"]
    if content.get("reason"):
        yield _("Reason"), content["reason"]


def _what(paper: Paper, kind: str) -> str:
    if kind == "fee":
        return _("Service fee of %(site)s") % {"site": site_name()}
    if paper.content.get("purpose") == Purpose.TIP:
        return _("Tip for %(name)s") % {"name": paper.content["seller"]}
    return _("%(title)s, by %(name)s") % {
        "title": paper.content["title"],
        "name": paper.content["seller"],
    }


def _total(paper: Paper) -> str:
    return {
        Series.RECEIPT: _("Paid"),
        Series.INVOICE: _("Total"),
        Series.CREDIT_NOTE: _("Returned"),
    }[Series(paper.series)]


def _closing(paper: Paper) -> str:
    if paper.series == Series.RECEIPT:
        return _("The money is held until the work is accepted.")
    if paper.series == Series.CREDIT_NOTE:
        return _("It goes back to the card that paid; banks take up to ten days.")
    return _("Paid in full through %(site)s.") % {"site": site_name()}
