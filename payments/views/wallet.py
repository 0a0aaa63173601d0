"""A seller's wallet: what they have, when it becomes theirs, and every line of how it came."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import AuthedRequest
from gigstream.core import clock, csv, pdf
from gigstream.core.site import site_name
from payments import queries, statement
from payments.chart import chart
from payments.forms import StatementForm
from payments.models import PayoutMethod


@require_GET
def wallet(request: AuthedRequest) -> HttpResponse:
    """Everything about a seller's money, in as many queries for ten thousand lines as for ten."""
    now, user = clock.now(), request.user
    totals = queries.wallet(user, asked=request.GET.get("currency", ""))
    if totals.is_untouched:
        return render(request, "payments/wallet_empty.html", {"totals": totals})
    form = StatementForm(request.GET or None)
    wish = _wish(form)
    clearing, more = queries.clearing_next(user, currency=totals.currency)
    method = PayoutMethod.objects.visible_to(user).in_use().first()
    context = {
        "totals": totals,
        "clearing": clearing,
        "clearing_more": more,
        "method": method,
        "is_frozen": bool(method and method.is_frozen(at=now)),
        "payouts": queries.latest_payouts(user),
        "chart": chart(
            queries.months(user, currency=totals.currency, now=now), totals.currency
        ),
        "form": form,
        "wish": wish,
        "page": statement.page(
            user,
            wish,
            currency=totals.currency,
            before=key_of(request.GET.get("before")),
        ),
    }
    return render(request, "payments/wallet.html", context)


@require_GET
def statement_csv(request: AuthedRequest) -> HttpResponseBase:
    rows = statement.table(request.user, **_asked(request))
    return csv.download(rows, name="statement.csv")


@require_GET
def statement_pdf(request: AuthedRequest) -> HttpResponse:
    content = statement.paper(
        request.user, **_asked(request), site=site_name(), now=clock.now()
    )
    return pdf.as_download(content, name="statement.pdf")


def _asked(request: AuthedRequest) -> dict[str, Any]:
    asked = request.GET.get("currency", "")
    return {
        "wish": _wish(StatementForm(request.GET or None)),
        "currency": queries.wallet_currency(request.user, asked=asked),
    }


def _wish(form: StatementForm) -> statement.Wish:
    return form.wish() if form.is_bound else statement.Wish()


def key_of(text: str | None) -> UUID | None:
    """The line to go on from; what is no key begins at the newest."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
