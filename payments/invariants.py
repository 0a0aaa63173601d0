"""What must hold of the ledger and of what Stripe did (MONEY: invariants)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from gigstream.core import clock, guards
from gigstream.core.invariants import invariant
from payments.models import (
    AccountKind,
    Adjustment,
    AdjustmentKind,
    Chargeback,
    Earning,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Paper,
    Payment,
    Payout,
    Purpose,
    Reconciliation,
    Refund,
    UnappliedPayment,
)
from payments.models.ledger import KEPT
from payments.status import PaymentStatus, PayoutStatus, RefundStatus


@invariant(
    "I1", _("Every posting has two legs or more, in one currency, and sums to zero.")
)
def postings_balance() -> Iterator[str]:
    wrong = LedgerTransaction.objects.annotate(
        legs=Count("entries"), total=Coalesce(Sum("entries__amount"), 0)
    ).exclude(legs__gte=2, total=0)
    for posting in wrong:
        yield f"{posting.key} has {posting.legs} legs that sum to {posting.total}"
    mixed = LedgerEntry.objects.exclude(account__currency=F("transaction__currency"))
    for key in mixed.values_list("transaction__key", flat=True).distinct():
        yield f"{key} mixes currencies"


@invariant("I2", _("All accounts of one currency together sum to zero."))
def world_balances() -> Iterator[str]:
    totals = LedgerEntry.objects.values("account__currency").annotate(
        total=Sum("amount")
    )
    for row in totals.exclude(total=0):
        yield f"{row['account__currency']} is off by {row['total']}"


@invariant(
    "I3",
    _("Balances equal their legs, are never negative, and nobody owes what they own."),
)
def balances_are_true() -> Iterator[str]:
    sums = (
        LedgerEntry.objects.filter(account=OuterRef("pk")).order_by().values("account")
    )
    accounts = LedgerAccount.objects.filter(balance__isnull=False).annotate(
        legs=Coalesce(Subquery(sums.annotate(total=Sum("amount")).values("total")), 0)
    )
    sides: dict[tuple[str, str], set[str]] = defaultdict(set)
    for account in accounts.iterator():
        kind = AccountKind(account.kind)
        true = account.legs if kind.grows_by_debit else -account.legs
        if true != account.balance:
            yield f"{account.code} says {account.balance}, its legs say {true}"
        if true < 0:
            yield f"{account.code} is negative: {true}"
        if true and kind in {
            AccountKind.SELLER_AVAILABLE,
            AccountKind.SELLER_RECEIVABLE,
        }:
            sides[account.code.partition(":")[2], account.currency].add(kind)
    for (seller, _currency), kinds in sides.items():
        if len(kinds) == 2:
            yield f"seller {seller} has money available and owes some"


@invariant("I4", _("No more of a payment is refunded or charged back than was taken."))
def returns_stay_within_payments() -> Iterator[str]:
    failed = {RefundStatus.FAILED, RefundStatus.CANCELED}
    returned: dict[str, int] = defaultdict(int)
    refunds = Refund.objects.exclude(status__in=failed)
    for intent_id, amount in refunds.values_list("intent_id", "amount"):
        returned[intent_id] += amount
    taken = Chargeback.objects.taken().exclude(payment=None)
    for intent_id, price, fee in taken.values_list("intent_id", "price", "fee"):
        returned[intent_id] += price + fee
    captured: dict[str | None, int] = dict(
        Payment.objects.filter(
            status=PaymentStatus.SUCCEEDED, intent_id__in=returned
        ).values_list("intent_id", "amount")
    )
    captured |= UnappliedPayment.objects.filter(intent_id__in=returned).values_list(
        "intent_id", "amount"
    )
    for intent_id, amount in returned.items():
        if amount > captured.get(intent_id, 0):
            yield f"{intent_id} took {captured.get(intent_id, 0)} and returned {amount}"


@invariant(
    "I6",
    _(
        "What sellers have pending is the sum of their uncleared earnings, and all that they "
        "have, owe or have withdrawn is what they earned."
    ),
)
def wallets_are_true() -> Iterator[str]:
    accounts = LedgerAccount.objects.filter(kind__in=SELLERS)
    rows = accounts.values_list("kind", "code", "currency", Coalesce("balance", 0))
    pending: dict[Wallet, int] = defaultdict(int)
    has = _withdrawn()
    for kind, code, currency, balance in rows:
        wallet = (code.partition(":")[2], currency)
        has[wallet] += SELLERS[AccountKind(kind)] * balance
        if kind == AccountKind.SELLER_PENDING:
            pending[wallet] = balance
    uncleared = _per_wallet(Earning.objects.uncleared(), F("amount") - F("returned"))
    earned = _per_wallet(Earning.objects.all(), KEPT)
    for wallet in has.keys() | earned.keys():
        seller = wallet[0]
        if pending[wallet] != uncleared[wallet]:
            yield f"seller_pending:{seller} holds {pending[wallet]}, its lots {uncleared[wallet]}"
        if has[wallet] != earned[wallet]:
            yield f"seller {seller} earned {earned[wallet]}, and had {has[wallet]}"


Wallet = tuple[str, str]
"""A seller and a currency."""

SELLERS = {
    AccountKind.SELLER_PENDING: 1,
    AccountKind.SELLER_AVAILABLE: 1,
    AccountKind.SELLER_RECEIVABLE: -1,
}


def _withdrawn() -> dict[Wallet, int]:
    """What has left each seller's accounts for their bank, less what we gave or forgave them."""
    gone = [*PayoutStatus.on_the_way(), PayoutStatus.PAID]
    sums = _per_wallet(Payout.objects.filter(status__in=gone), F("amount"), of="user")
    given = Adjustment.objects.approved(
        AdjustmentKind.WRITE_OFF, AdjustmentKind.GOODWILL, AdjustmentKind.TO_SELLER
    )
    for wallet, amount in _per_wallet(given, F("amount"), of="person").items():
        sums[wallet] -= amount
    return sums


def _per_wallet(
    rows: QuerySet[Any], amount: Combinable, *, of: str = "seller"
) -> dict[Wallet, int]:
    sums = rows.order_by().values_list(of, "currency").annotate(total=Sum(amount))
    found = {(str(seller), currency): total for seller, currency, total in sums}
    return defaultdict(int, found)


@invariant("I10", _("Our account at Stripe is what Stripe's own list says."))
def stripe_agrees() -> Iterator[str]:
    """As the reconciler last saw it; it asks Stripe, which a check of the books must not."""
    if latest := Reconciliation.objects.latest_one():
        for each in latest.differences:
            yield f"{each['kind']}: {each['about']} ({each['amount']})"


LONGEST_UNCOMPARED = timedelta(hours=2)
"""How old the last look may be; without one there is nothing that I10 and I12 could know."""


@invariant(
    "I12",
    _(
        "No task waits for a quarter of an hour, no money on its way goes unasked for two hours."
    ),
)
def nothing_is_stuck() -> Iterator[str]:
    """As the reconciler last saw it, as long as it looks."""
    if latest := Reconciliation.objects.latest_one():
        if latest.at < clock.now() - LONGEST_UNCOMPARED:
            yield f"nobody has compared the books with Stripe since {latest}"
        for each in latest.stuck:
            yield f"{each['kind']}: {each['about']} ({each['amount']})"


@invariant("I14", _("The papers of each series are numbered without a gap."))
def papers_have_no_gap() -> Iterator[str]:
    found = Paper.objects.values("series").annotate(
        count=Count("pk"), last=Max("number")
    )
    for row in found:
        if row["count"] != row["last"]:
            yield f"{row['series']} has {row['count']} papers up to {row['last']}"


@invariant("I11", _("Each withdrawal is in the books exactly as far as it has come."))
def withdrawals_match_their_postings() -> Iterator[str]:
    """Its postings name its state, and one that was sent never lacks what was set aside."""
    keys = LedgerTransaction.objects.filter(kind__in=["E4", "E5", "E6", "E6b"])
    posted: dict[str, list[str]] = defaultdict(list)
    for kind, key in keys.order_by("pk").values_list("kind", "key"):
        posted[key.partition(":")[2]].append(kind)
    for pk, status in Payout.objects.values_list("pk", "status"):
        kinds = posted.pop(str(pk), [])
        if kinds != POSTED[PayoutStatus(status)]:
            yield f"withdrawal {pk} is {status}, and posted {', '.join(kinds)}"
    for stranger in posted:
        yield f"{stranger} was posted as a withdrawal, and is none"


POSTED = {
    PayoutStatus.REQUESTED: ["E4"],
    PayoutStatus.REVIEW: ["E4"],
    PayoutStatus.SUBMITTED: ["E4"],
    PayoutStatus.PAID: ["E4", "E5"],
    PayoutStatus.FAILED: ["E4", "E6"],
    PayoutStatus.CANCELED: ["E4", "E6"],
    PayoutStatus.RETURNED: ["E4", "E5", "E6b"],
}


@invariant(
    "I9",
    _("Every payment was posted once, and the database refuses changes to the ledger."),
)
def ledger_is_guarded() -> Iterator[str]:
    for name in sorted(guards.missing()):
        yield f"the guard {name} is not in force"
    captures = LedgerTransaction.objects.filter(kind__in=["E1", "E14"])
    keys = set(captures.values_list("key", flat=True))
    paid = Payment.objects.filter(status=PaymentStatus.SUCCEEDED)
    for pk, purpose in paid.values_list("pk", "purpose").iterator():
        name = "tip" if purpose == Purpose.TIP else "pay"
        if f"{name}:{pk}" not in keys:
            yield f"payment {pk} succeeded and was not posted"
