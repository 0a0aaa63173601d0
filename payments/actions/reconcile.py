"""Comparing our books with Stripe's own list, line by line. Nothing is repaired here:

each difference is named with what mends it, and what only needs asking is asked.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from gigstream.core import invariants
from gigstream.core.errors import NotAllowed
from gigstream.core.ids import first_of
from gigstream.core.jobs import arguments_of, enqueue, hurry, overdue
from gigstream.core.models import AuditEntry, PlatformSetting, StaffTask
from gigstream.core.money import written
from gigstream.services import stripe
from payments import books
from payments.models import (
    AccountKind,
    Chargeback,
    LedgerEntry,
    Payment,
    Payout,
    PayoutMethod,
    Reconciliation,
    Refund,
    StripeLine,
    UnappliedPayment,
)
from payments.status import PaymentStatus, PayoutStatus, RefundStatus

PATIENCE = timedelta(minutes=15)
"""How long one side may be ahead of the other, and a task may wait for a worker."""

OVERLAP = timedelta(hours=1)
"""How far back Stripe's list is read again."""

LONGEST = timedelta(hours=2)
"""How long something may be on its way without anybody asking about it."""

RECONCILE = "payments.tasks.reconcile"
MAY_RECONCILE = "payments.reconcile_reconciliation"

CHARGES = {"charge", "payment"}
REFUNDS = {"refund", "payment_refund"}
REFUND_FAILURES = {"refund_failure", "payment_failure_refund"}
TRANSFERS_BACK = {"transfer_refund", "transfer_cancel", "transfer_failure"}
DISPUTES = ("dp_", "du_")
"""How Stripe's names of disputes begin."""

NOT_BY_STRIPE = ("bpay:", "line:")
"""Postings of money from a bank of ours, of which Stripe knows nothing, and of its own lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is on one side only, or not alike, and what mends it."""

    kind: str
    about: str
    amount: int
    currency: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which postings a line stands for; none of them where two lines cancel each other out."""

    posting: str | None = None
    fee: str | None = None


def reconcile(*, now: datetime) -> Reconciliation:
    """Fetch what is new at Stripe, compare, and keep what was found.

    Not to be called in a transaction. Raises `StripeUnavailable`.
    """
    lines = list(_unknown(stripe.balance_lines()))
    _keep(lines)
    differences, named = _explain(now=now)
    differences += _postings_alone(now, named)
    report = _report(differences, lines=len(lines), now=now)
    _ask_staff(report)
    return report


@transaction.atomic
def ask_to_reconcile(*, actor: User, now: datetime) -> None:
    """Have a worker compare at once; it takes longer than anybody waits for a page."""
    if not actor.has_perm(MAY_RECONCILE):
        raise NotAllowed(_("This is not yours to do."))
    hurry(RECONCILE, now=now)
    AuditEntry.objects.create(
        at=now, actor=actor, verb="payments.reconcile", target="payments.books"
    )


def automatic_payouts_stand_still() -> bool:
    """Whether the last look found the books wrong; then people decide on each withdrawal."""
    latest = Reconciliation.objects.latest_one()
    return latest is not None and not latest.is_right


# --- Stripe's lines ---------------------------------------------------------------


def _unknown(lines: Iterator[stripe.BalanceLine]) -> Iterator[stripe.BalanceLine]:
    """The newest that we do not have. They come in order, but some show up a little late."""
    newest = StripeLine.objects.aggregate(at=Max("created_at"))["at"]
    since = newest and newest - OVERLAP
    known = StripeLine.objects.filter(created_at__gte=since) if since else ()
    names = {line.line_id for line in known}
    for line in lines:
        if since and line.created_at < since:
            return
        if line.id not in names:
            yield line


@transaction.atomic
def _keep(lines: list[stripe.BalanceLine]) -> None:
    """All or none, so that a broken connection leaves no hole; oldest first."""
    StripeLine.objects.bulk_create(
        (
            StripeLine(
                line_id=line.id,
                kind=line.kind[:40],
                amount=line.amount,
                fee=line.fee,
                currency=line.currency,
                source=line.source[:100],
                intent_id=line.intent_id[:100],
                created_at=line.created_at,
            )
            for line in reversed(lines)
        ),
        ignore_conflicts=True,
    )


def _explain(*, now: datetime) -> tuple[list[Difference], set[str]]:
    """Find the postings of each open line; what has none in time is a difference.

    With the postings that such lines name, which are then no difference of their own.
    """
    differences: list[Difference] = []
    named: set[str] = set()
    for line in StripeLine.objects.open().order_by("created_at", "pk").iterator():
        match = match_of(line)
        is_right = match and posted(match) == _expected(line, match)
        if match and is_right and not _is_taken(match):
            line.posting_key, line.fee_key = match.posting, match.fee
            line.explained_at = now
            line.save(update_fields=["posting_key", "fee_key", "explained_at"])
        elif is_overdue(line, now=now):
            differences.append(_difference(line, match))
            named.update(keys_of(match))
            _ask_stripe(line)
    return differences, named


def _is_taken(match: Match) -> bool:
    """Whether another line of Stripe's stands for the posting already."""
    told = StripeLine.objects.filter(posting_key=match.posting)
    return match.posting is not None and told.exists()


def match_of(line: StripeLine) -> Match | None:
    if line.kind in CHARGES:
        return _charge(line)
    if line.kind in REFUNDS | REFUND_FAILURES:
        refund = Refund.objects.filter(stripe_id=line.source).first()
        verb = "rok" if line.kind in REFUNDS else "rfail"
        return Match(posting=f"{verb}:{refund.pk}") if refund else None
    if line.kind == "transfer" or line.kind in TRANSFERS_BACK:
        return _transfer(line)
    if line.kind == "adjustment":
        chargeback = Chargeback.objects.filter(stripe_id=line.source).first()
        verb = "cbw" if line.amount < 0 else "cbwon"
        return Match(posting=f"{verb}:{chargeback.pk}") if chargeback else None
    return None


def _charge(line: StripeLine) -> Match | None:
    fee = f"fee:{line.line_id}" if line.fee else None
    paid = Payment.objects.filter(
        intent_id=line.intent_id, status=PaymentStatus.SUCCEEDED
    ).first()
    if paid:
        verb = "tip" if paid.purpose == "tip" else "pay"
        return Match(posting=f"{verb}:{paid.pk}", fee=fee)
    if UnappliedPayment.objects.filter(intent_id=line.intent_id).exists():
        return Match(posting=f"unapp:{line.intent_id}", fee=fee)
    return None


def _transfer(line: StripeLine) -> Match | None:
    payout = Payout.objects.filter(transfer_id=line.source).first()
    if payout is None or payout.status == PayoutStatus.SUBMITTED:
        return None
    if payout.status == PayoutStatus.FAILED:
        return (
            Match()
        )  # there and back again, and the ledger was never told it had gone
    verb = "wpaid" if line.kind == "transfer" else "wret"
    return Match(posting=f"{verb}:{payout.pk}")


def _expected(line: StripeLine, match: Match) -> int:
    return line.net if match.posting else 0


def keys_of(match: Match | None) -> list[str]:
    return [key for key in (match.posting, match.fee) if key] if match else []


def posted(match: Match | None) -> int:
    legs = _on_stripe().filter(transaction__key__in=keys_of(match))
    return sum(legs.values_list("amount", flat=True))


def _on_stripe() -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(account__code=AccountKind.STRIPE.value)


def is_overdue(line: StripeLine, *, now: datetime) -> bool:
    """Whether we should have posted it by now.

    A transfer counts when the bank has the money, until then it is on its way.
    """
    if line.created_at >= now - PATIENCE:
        return False
    on_its_way = Payout.objects.filter(
        transfer_id=line.source, status=PayoutStatus.SUBMITTED
    )
    is_transfer = line.kind in {"transfer", *TRANSFERS_BACK}
    return not (is_transfer and on_its_way.exists())


def _difference(line: StripeLine, match: Match | None) -> Difference:
    kind = name_difference(line, match)
    return Difference(
        kind=kind,
        about=line.line_id,
        amount=line.net - (0 if kind == "told_twice" else posted(match)),
        currency=line.currency,
        fix=_fix(kind, match),
    )


def name_difference(line: StripeLine, match: Match | None) -> str:
    """What kind of difference there is between a line and what we have posted of it."""
    booked = posted(match)
    if match and _is_taken(match):
        return "told_twice"
    if match and match.fee and booked - line.fee == _expected(line, match):
        return "fee_not_booked"
    if booked:
        return "other_amount"
    if line.kind in CHARGES:
        return "payment_not_booked"
    if line.kind in REFUNDS | REFUND_FAILURES:
        return "refund_not_booked"
    if _is_of_dispute(line):
        return "chargeback_not_booked"
    if line.kind == "transfer" or line.kind in TRANSFERS_BACK:
        return "transfer_not_booked"
    return "unknown_line"


def _fix(kind: str, match: Match | None) -> str:
    if kind == "told_twice" and match:
        fix = _("Stripe has another line for %(key)s. Open both there, and ask why.")
        return fix % {"key": match.posting}
    if kind == "other_amount" and match:
        fix = _(
            "Compare %(key)s with Stripe, then say on the page of this line what the rest "
            "is; a colleague has to agree."
        )
        return fix % {"key": match.posting}
    if kind == "unknown_line":
        return _(
            "Open it at Stripe, then say on the page of this line what it is; a colleague "
            "has to agree."
        )
    if kind == "transfer_not_booked":
        return _(
            "Open it at Stripe: the site did not ask for this transfer. Then say on the "
            "page of this line what it is; a colleague has to agree."
        )
    if kind == "refund_not_booked":
        return _(
            "Its news never came; Stripe is being asked. If it stands here after the next "
            "look, too, it belongs to no refund: say on the page of this line what it is."
        )
    return _(
        "Its news never came; Stripe is being asked. If it stands here after the next "
        "look, too, open it at Stripe."
    )


def _ask_stripe(line: StripeLine) -> None:
    """What we have not heard of is asked for, to be booked as its event would have been."""
    if line.kind in CHARGES:
        for payment in Payment.objects.filter(intent_id=line.intent_id):
            enqueue("payments.tasks.look_up", payment_id=payment.pk)
            enqueue("payments.tasks.note_charge", intent_id=line.intent_id)
    elif line.kind in REFUNDS | REFUND_FAILURES:
        enqueue("payments.tasks.look_up_refund", name=line.source)
    elif _is_of_dispute(line):
        enqueue("payments.tasks.look_up_dispute", name=line.source)


def _is_of_dispute(line: StripeLine) -> bool:
    return line.kind == "adjustment" and line.source.startswith(DISPUTES)


# --- Our postings -------------------------------------------------------------------


def _postings_alone(now: datetime, named: Collection[str]) -> Iterator[Difference]:
    """What we say happened at Stripe, and Stripe does not."""
    told = StripeLine.objects.filter(
        Q(posting_key=OuterRef("transaction__key"))
        | Q(fee_key=OuterRef("transaction__key"))
    )
    alone = (
        _on_stripe()
        # When it was written, whatever day it was written for.
        .filter(pk__lt=first_of(now - PATIENCE))
        .exclude(Exists(told))
        .exclude(transaction__key__in=named)
        .select_related("transaction")
        .order_by("pk")
    )
    by_hand = _by_hand()
    for entry in alone.iterator():
        key = entry.transaction.key
        if key.startswith(NOT_BY_STRIPE) or key.partition(":")[2] in by_hand:
            continue
        yield Difference(
            kind="posting_without_line",
            about=key,
            amount=-entry.amount,
            currency=entry.transaction.currency,
            fix=_(
                "Stripe knows nothing of it. Find out how it came: no page takes it back."
            ),
        )


def _by_hand() -> set[str]:
    """Withdrawals that left from a bank of ours."""
    sent = Payout.objects.filter(
        method__kind=PayoutMethod.Kind.BANK,
        status__in=[PayoutStatus.PAID, PayoutStatus.RETURNED],
    )
    return {str(pk) for pk in sent.values_list("pk", flat=True)}


# --- The report ---------------------------------------------------------------------


def _report(
    differences: list[Difference], *, lines: int, now: datetime
) -> Reconciliation:
    drift: dict[str, int] = defaultdict(int)
    for each in differences:
        drift[each.currency] -= each.amount
    broken = invariants.check_and_keep(now=now)
    return Reconciliation.objects.create(
        at=now,
        drift=dict(drift),
        differences=[asdict(each) for each in differences],
        stuck=[asdict(each) for each in _stuck(now)],
        # I10 and I12 repeat what a report itself says.
        broken={code: broken[code] for code in broken if code not in {"I10", "I12"}},
        lines=lines,
        holdings=[asdict(each) for each in books.holdings()],
        postings=books.postings(),
    )


def _stuck(now: datetime) -> Iterator[Difference]:
    """What was forgotten: money on its way that nobody asked about, and tasks nobody runs."""
    forgotten = list(_forgotten(now))
    asked_soon = arguments_of("payments.tasks") if forgotten else set()
    for row in forgotten:
        if str(row.pk) in asked_soon:  # if not soon, the task itself is named below
            continue
        yield Difference(
            kind=f"{row._meta.model_name}_stuck",
            about=f"{row._meta.label_lower}:{row.pk}",
            amount=row.amount,
            currency=row.currency,
            fix=_(
                "Nobody has asked Stripe about it for two hours. See whether jobs run."
            ),
        )
    late = overdue(by=PATIENCE, now=now).order_by("task_path").values("task_path")
    for each in late.annotate(count=Count("pk")):
        yield Difference(
            kind="tasks_late",
            about=f"{each['task_path']} ({each['count']})",
            amount=0,
            currency=PlatformSetting.objects.in_force().currency,
            fix=_("Nobody runs these tasks. See whether a worker is alive."),
        )


def _forgotten(now: datetime) -> Iterator[Payment | Refund | Payout]:
    since = now - LONGEST
    unasked = Q(asked_at__isnull=True) | Q(asked_at__lt=since)
    yield from Payment.objects.filter(
        unasked, status=PaymentStatus.PROCESSING, created_at__lt=since
    )
    yield from Refund.objects.filter(
        unasked,
        status__in=[RefundStatus.REQUESTED, RefundStatus.SUBMITTED],
        requested_at__lt=since,
    )
    yield from Payout.objects.filter(
        unasked,
        status__in=[PayoutStatus.REQUESTED, PayoutStatus.SUBMITTED],
        method__kind=PayoutMethod.Kind.STRIPE,
        requested_at__lt=since,
    )


def _ask_staff(report: Reconciliation) -> None:
    if report.is_right:
        return
    amounts = ", ".join(written(drift, name) for name, drift in report.drift.items())
    text = _("The books and Stripe differ (%(drift)s). Automatic payouts stand still.")
    StaffTask.objects.raise_once(
        kind="payments.books",
        target="payments.books",
        text=text % {"drift": amounts or _("invariants are broken")},
        opened_at=report.at,
    )
