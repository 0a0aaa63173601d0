"""A seller's money for programs: the wallet, its statement, and withdrawals."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Body, Query

from accounts.api_access import needs, refuse_stale_login
from accounts.http import AuthedRequest
from accounts.models import Scope
from gigstream.core import clock
from gigstream.core.api import Page, Paging, Routes, derived_key, newest_first
from gigstream.core.api.paging import encoded
from payments import actions, queries, statement
from payments.models import Payout, PayoutMethod
from payments.schemas import (
    EntryOut,
    EntrySearch,
    WalletOut,
    WalletSearch,
    WithdrawalOut,
    WithdrawIn,
)

routes = Routes("Money")
READ, MONEY = Scope.READ, Scope.MONEY


@routes.get("/wallet", auth=needs(READ), answer=WalletOut)
def get_wallet(request: AuthedRequest, wanted: Query[WalletSearch]) -> WalletOut:
    """What you have earned, what of it is yours already, and where it would go."""
    method = PayoutMethod.objects.visible_to(request.user).in_use().first()
    totals = queries.wallet(request.user, asked=wanted.currency)
    return WalletOut.of(totals, method)


@routes.get("/wallet/entries", auth=needs(READ), answer=Page[EntryOut])
def list_entries(request: AuthedRequest, wanted: Query[EntrySearch]) -> Page[EntryOut]:
    """Your statement, the newest line first."""
    page = statement.page(
        request.user,
        statement.Wish(
            account=wanted.account,
            group=wanted.kind,
            since=wanted.since,
            until=wanted.until,
        ),
        currency=queries.wallet_currency(request.user, asked=wanted.currency),
        before=wanted.after_key,
        size=wanted.limit,
    )
    return Page[EntryOut](
        items=[EntryOut.of(line) for line in page.lines],
        next=encoded(page.older) if page.older else None,
    )


@routes.get("/wallet/withdrawals", auth=needs(READ), answer=Page[WithdrawalOut])
def list_withdrawals(
    request: AuthedRequest, paging: Query[Paging]
) -> Page[WithdrawalOut]:
    """Your withdrawals, the newest first."""
    shown, onwards = newest_first(_mine(request), paging)
    return Page[WithdrawalOut](
        items=[WithdrawalOut.of(payout) for payout in shown], next=onwards
    )


@routes.get("/wallet/withdrawals/{uuid:pk}", auth=needs(READ), answer=WithdrawalOut)
def get_withdrawal(request: AuthedRequest, pk: UUID) -> WithdrawalOut:
    """How far a withdrawal of yours is."""
    return WithdrawalOut.of(get_object_or_404(_mine(request), pk=pk))


@routes.post("/wallet/withdrawals", auth=needs(MONEY), answer=WithdrawalOut, status=201)
def withdraw(request: AuthedRequest, wanted: Body[WithdrawIn]) -> WithdrawalOut:
    """Have money sent to where you said in the settings, and nowhere else."""
    refuse_stale_login(request)
    asked = actions.request_payout(
        user_id=request.user.pk,
        amount=wanted.amount,
        key=derived_key(request),
        now=clock.now(),
        currency=queries.wallet_currency(request.user, asked=wanted.currency),
    )
    return WithdrawalOut.of(_mine(request).get(pk=asked.pk))


@routes.post(
    "/wallet/withdrawals/{uuid:pk}/cancel", auth=needs(MONEY), answer=WithdrawalOut
)
def cancel_withdrawal(request: AuthedRequest, pk: UUID) -> WithdrawalOut:
    """Take a withdrawal back that is not on its way yet; the money is in your wallet again."""
    mine = get_object_or_404(_mine(request), pk=pk)
    actions.cancel_payout(payout_id=mine.pk, actor=request.user, now=clock.now())
    return WithdrawalOut.of(_mine(request).get(pk=pk))


def _mine(request: AuthedRequest) -> QuerySet[Payout]:
    return Payout.objects.visible_to(request.user).select_related("method")
