"""Buyers, sellers, staff, Stripe and banks, doing whatever may be done in any order.

A Hypothesis state machine over the actions. After each step all invariants must hold, and
what the ledger says must agree with a second book that is kept here in plain numbers.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Q, Sum
from django_tasks_db.models import DBTaskResult
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

import payments.actions
from gigs.pricing import Deal
from gigstream.core import invariants
from gigstream.core.errors import Refusal
from gigstream.core.models import PlatformSetting, Policy
from gigstream.services import stripe
from orders import actions
from orders.models import Order
from orders.status import HOLDS_MONEY, UNDER_WAY, OrderStatus
from payments.actions import chargebacks, intents, refunds
from payments.models import (
    FROM_ITS_PAGE,
    RETURNED_LATE,
    Adjustment,
    AdjustmentKind,
    Chargeback,
    Earning,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    Payout,
    Refund,
    UnappliedPayment,
)
from payments.models import (
    AccountKind as Kind,
)
from payments.status import PaymentStatus, RefundStatus
from tests.factories import (
    NOON,
    a_category,
    a_contested,
    a_finance,
    a_gig,
    a_package,
    a_paid_intent,
    a_payout_method,
    a_seller,
    a_stored_file,
    a_user,
    open_dispute,
)

POSTINGS = [
    "E1",
    "E1b",
    "E1c",
    "E1d",
    "E2",
    "E3",
    "E4",
    "E5",
    "E6",
    "E6b",
    "E7",
    "E8",
    "E9",
    "E10",
    "E10b",
    "E10c",
    "E11",
    "E12",
    "E13",
    "E14",
    "E15",
    "E16",
]
OUTCOMES = [
    *POSTINGS,
    *("place", "pay", "pay in vain", "attempt failed", "attempt processing", "fee"),
    *("expire", "deliver", "accept", "cancel", "clear", "clear held", "tip"),
    *("dispute", "dispute decided", "dispute withdrawn", "refund", "refund refused"),
    *("extra succeeded", "extra canceled", "refund succeeded", "refund failed"),
    *("chargeback withdrawn", "chargeback reinstated", "withdraw", "withdraw refused"),
    *(f"withdrawal {verb}" for verb in ("approve", "confirm", "return", "reject")),
    # The lines of Stripe's own list are not walked; test_explain.py has them.
    *(
        f"adjust {kind}"
        for kind in AdjustmentKind
        if kind != AdjustmentKind.STRIPE_LINE
    ),
]
"""What a long walk must have met, each many times: every posting, and what every rule does."""

FITTING = {
    "approve": ["requested", "review"],
    "confirm": ["submitted"],
    "return": ["paid"],
    "reject": ["requested", "review"],
}
WAYS = {
    "wait": [],
    "refuse": ["reject"],
    "send": ["approve", "confirm"],
    "come back": ["approve", "confirm", "return"],
}
PRICES = [5_01, 33_33, 777_77]
PICK = st.integers(0, 10_000)
PARTS = st.sampled_from([1, 10, 33, 50, 60, 99, 100])


@dataclass
class Bank:
    """What really happened to the money at Stripe, whatever we were told of it."""

    captured: dict = field(default_factory=dict)
    fees: int = 0
    returned: set = field(default_factory=set)
    taken: dict = field(default_factory=dict)
    payouts: dict = field(default_factory=dict)
    paid_by_hand: int = 0


def _sellers_part(payment, keys):
    """What is the seller's of a payment, after what the postings named took and gave back.

    Of the commission goes what is due of it by then, rounded down over all that is gone.
    What two of the staff gave the seller of it, when a bank returned it late, is theirs
    even of work that was never finished; the rest is only of what was.
    """
    rows = [*payment.refunds.all(), *payment.chargebacks.all()]
    parts = {str(each.pk): each for each in rows}
    gone, given = {}, 0
    for verb, _, name in (key.partition(":") for key in keys):
        if name not in parts:
            continue
        if verb == "cbwon":
            if not parts[name].lost_at:
                del gone[name]
            continue
        if verb == "cblate":
            if parts[name].adjustments.approved(AdjustmentKind.TO_SELLER):
                price, commission = gone[name]
                given += price - commission
            continue
        price = parts[name].price
        gone_price = price + sum(price for price, _ in gone.values())
        due = payment.commission * gone_price // payment.price
        due -= sum(commission for _, commission in gone.values())
        gone[name] = price, max(due, 0)
    left = payment.price - sum(price for price, _ in gone.values())
    kept = payment.commission - sum(kept for _, kept in gone.values())
    is_earned = payment.purpose == "tip" or payment.order.completed_at
    return given + (left - kept if is_earned else 0)


class Money(RuleBasedStateMachine):
    hits: Counter = Counter()

    def __init__(self):
        super().__init__()
        self.now = NOON
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    @initialize(
        fee=st.sampled_from([1000, 0, 777]), cut=st.sampled_from([0, 2000, 333])
    )
    def open_the_market(self, fee, cut):
        policy = Policy(
            service_fee_bps=fee,
            commission_bps=cut,
            payout_minimum=1,
            payouts_per_day=50,
        )
        PlatformSetting.objects.create(version=1, values=policy.model_dump())
        category = a_category()
        self.gigs = [
            a_gig(
                seller=a_seller(),
                category=category,
                packages=(),
                starting_price=PRICES[0],
            )
            for _ in range(2)
        ]
        for gig in self.gigs:
            for tier, price in zip(
                ("basic", "standard", "premium"), PRICES, strict=False
            ):
                a_package(gig=gig, tier=tier, price=price)
        self.buyers = [a_user(), a_user()]
        self.staff = [a_finance(), a_finance()]
        self.bank, self.goodwill = Bank(), Counter()
        for gig in self.gigs:
            a_payout_method(gig.seller)
        for number, steps in enumerate([1, 2, 3, 3]):
            self.sell(number, "premium" if number % 2 else "standard", steps)
        self.let_time_pass(8)

    def teardown(self):
        for kind in LedgerTransaction.objects.values_list("kind", flat=True):
            self._hit(kind)
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # --- Choosing ------------------------------------------------------------------

    def _hit(self, name):
        self.hits[name] += 1

    def _pick(self, rows, number):
        rows = list(rows.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def _order(self, number, **which):
        return self._pick(Order.objects.filter(**which), number)

    def _try(self, name, act):
        """Do it, or be refused; a refusal must leave no trace, which the books tell."""
        try:
            with transaction.atomic():
                act()
        except Refusal:
            self._hit(f"{name} refused")
        else:
            self._hit(name)

    # --- Orders --------------------------------------------------------------------

    @rule(
        number=PICK,
        tier=st.sampled_from(["basic", "standard", "premium"]),
        steps=st.sampled_from([0, 0, 1, 2, 3, 3]),
    )
    def sell(self, number, tier, steps):
        """An order that comes some steps far: placed, paid, delivered, accepted."""
        gig = self.gigs[number % 2]
        package = gig.packages.get(tier=tier)
        policy = PlatformSetting.objects.in_force()
        order = actions.place(
            gig_id=gig.pk,
            tier=tier,
            buyer=self.buyers[number % 3 % 2],
            answers=[],
            quoted_total=actions.quote(Deal(package=package), policy).total,
            checkout_key=uuid4(),
            now=self.now,
        )
        self._hit("place")
        for step in [self._pay, self._deliver, self._accept][:steps]:
            step(order)

    @rule(
        number=PICK,
        wrong=st.sampled_from([0, 0, 1]),
        times=st.integers(1, 2),
        status=st.sampled_from([["pending"], ["expired"], OrderStatus.values]),
    )
    def pay(self, number, wrong, times, status=OrderStatus.values):
        """E1, or E1c and E1d where it is too late, too much, or a second time."""
        if order := self._order(number, status__in=status):
            self._pay(order, wrong, times)

    def _pay(self, order, wrong=0, times=1):
        intent = a_paid_intent(order)
        if wrong:
            intent = replace(intent, amount_received=order.total + wrong)
        self.bank.captured.setdefault(intent.id, intent.amount_received)
        intent = replace(intent, amount_received=self.bank.captured[intent.id])
        for _ in range(times):
            actions.settle(order_id=order.pk, intent=intent, now=self.now)
        self._hit(
            "pay"
            if Payment.objects.filter(intent_id=intent.id, status="succeeded").exists()
            else "pay in vain"
        )

    @rule(number=PICK)
    def pay_too_late(self, number):
        """E1c and E1d: the money comes when its order has expired."""
        self.sell(number, "basic", 0)
        self.expire(number)
        self.pay(number, wrong=0, times=2, status=["expired"])

    @rule(
        number=PICK,
        new=st.sampled_from([PaymentStatus.FAILED, PaymentStatus.PROCESSING]),
    )
    def hear_of_an_attempt(self, number, new):
        """Also late, after the success."""
        if order := self._order(number):
            intents.note_progress(intent=a_paid_intent(order), new=new)
            self._hit(f"attempt {new}")

    @rule(number=PICK)
    def note_fee(self, number):
        payment = self._pick(Payment.objects.filter(status="succeeded"), number)
        if payment is None:
            return
        intent = replace(
            a_paid_intent(payment.order),
            id=payment.intent_id,
            fee_id=f"txn_{payment.pk}",
            fee=59,
        )
        before = LedgerEntry.objects.count()
        intents._post_fee(intent, now=self.now)
        self.bank.fees += 59 if LedgerEntry.objects.count() > before else 0
        self._hit("fee")

    @rule(number=PICK)
    def expire(self, number):
        if order := self._order(number, status="pending"):
            actions.expire(order_id=order.pk, now=order.expires_at)
            self._hit("expire")

    @rule(number=PICK)
    def deliver(self, number):
        if order := self._order(number, status__in=UNDER_WAY):
            self._deliver(order)

    def _deliver(self, order):
        self._try(
            "deliver",
            lambda: actions.deliver(
                order_id=order.pk,
                actor=order.seller,
                message="Here.",
                files=[a_stored_file()],
                now=self.now,
            ),
        )

    @rule(number=PICK)
    def accept(self, number):
        if order := self._order(number, status__in=["delivered", "completed"]):
            self._accept(order)

    def _accept(self, order):
        self._try(
            "accept",
            lambda: actions.accept(order_id=order.pk, actor=order.buyer, now=self.now),
        )

    @rule(number=PICK)
    def cancel(self, number):
        if order := self._order(number, status__in=HOLDS_MONEY):
            self._try(
                "cancel",
                lambda: actions.cancel_as_staff(
                    order_id=order.pk, actor=self.staff[0], reason="So.", now=self.now
                ),
            )

    @rule(days=st.sampled_from([0, 1, 1, 8]))
    def let_time_pass(self, days):
        """Days go by, and all that is due clears, some of it twice."""
        self.now += timedelta(days=days)
        for lot in list(
            Earning.objects.filter(cleared_at=None, clears_at__lte=self.now)
        ):
            frozen = lot.frozen_at is not None or lot.order.on_hold
            for _ in range(2):
                payments.actions.clear(earning_id=lot.pk, now=self.now)
            lot.refresh_from_db()
            assert not (frozen and lot.cleared_at), "cleared while it was held"
            self._hit("clear held" if frozen else "clear")

    @rule(
        number=PICK,
        side=st.sampled_from(["buyer", "seller"]),
        days=st.sampled_from([0, 8]),
    )
    def dispute(self, number, side, days=0):
        """O13 and O14; what was earned already stands still."""
        if order := self._order(number, status__in=[*HOLDS_MONEY, "completed"]):
            self._try(
                "dispute",
                lambda: open_dispute(
                    order, self.now, actor=getattr(order, side), refund=1_00
                ),
            )
            self.let_time_pass(days)

    def _disputed(self, number):
        """An order in dispute; if there is none, one is opened."""
        if not self._order(number, status="disputed"):
            self.dispute(number, "buyer")
        return self._order(number, status="disputed")

    @rule(number=PICK, percent=st.sampled_from([0, 1, 33, 50, 100]))
    def decide_a_dispute(self, number, percent):
        """O15 to O17: staff take it over, and give a part of what is left back."""
        order = self._disputed(number)
        if order is None:
            return
        most = payments.actions.refundable(order.pk)
        said = {"order_id": order.pk, "actor": self.staff[0], "now": self.now}

        def act():
            actions.escalate_dispute(**said)
            actions.decide_dispute(
                **said,
                refund=most * percent // 100,
                ruling="So.",
                seen=order.dispute.statements.get().pk,
                most=most,
            )

        self._try("dispute decided", act)

    @rule(number=PICK)
    def withdraw_a_dispute(self, number):
        """O18: it goes on where it stood."""
        if order := self._disputed(number):
            self._try(
                "dispute withdrawn",
                lambda: actions.withdraw_dispute(
                    order_id=order.pk, actor=order.dispute.opened_by, now=self.now
                ),
            )

    @rule(number=PICK)
    def tip(self, number):
        order = self._order(number, status="completed")
        if order is None or order.on_hold:
            return
        payment = actions.tip(
            order_id=order.pk,
            actor=order.buyer,
            amount=5_00,
            tip_key=uuid4(),
            now=self.now,
        )
        intent = a_paid_intent(order, payment=payment)
        self.bank.captured[intent.id] = 5_00
        actions.settle(order_id=order.pk, intent=intent, now=self.now)
        self._hit("tip")

    @rule(
        number=PICK,
        price=st.sampled_from(PRICES),
        status=st.sampled_from([UNDER_WAY, UNDER_WAY, OrderStatus.values]),
    )
    def add_an_extra(self, number, price, status):
        """E1 once more for an order under way; E1c and E1d for one that is over."""
        order = self._order(number, paid_at__isnull=False, status__in=status)
        if order is None:
            return
        payment = actions.request_extra_payment(
            order, extra_id=uuid4(), price=price, now=self.now
        )
        intent = a_paid_intent(order, payment=payment)
        self.bank.captured[intent.id] = intent.amount_received
        for _ in range(2):
            actions.settle(order_id=order.pk, intent=intent, now=self.now)
        payment.refresh_from_db()
        self._hit(f"extra {payment.status}")

    # --- Refunds -------------------------------------------------------------------

    @rule(
        number=PICK,
        percent=PARTS,
        status=st.sampled_from([["completed"], UNDER_WAY, [*HOLDS_MONEY, "completed"]]),
    )
    def refund(self, number, percent, status=(*HOLDS_MONEY, "completed")):
        """E7 to E10, by staff; sometimes the whole, sometimes more than there is."""
        order = self._order(number, paid_at__isnull=False, status__in=status)
        if order is None:
            return
        most = payments.actions.refundable(order.pk)
        price = order.price * percent // 100
        self._try(
            "refund",
            lambda: actions.refund_as_staff(
                order_id=order.pk,
                actor=self.staff[0],
                price=price,
                most=most,
                reason="So.",
                now=self.now,
            ),
        )

    @rule(
        number=PICK,
        said=st.sampled_from(
            ["pending", "succeeded", "succeeded", "failed", "canceled"]
        ),
    )
    def hear_of_a_refund(self, number, said):
        """E10b, in an order that Stripe may not keep; the truth is what was said last."""
        row = self._pick(Refund.objects.all(), number)
        if row is None:
            return
        was = RefundStatus(row.status)
        told = stripe.Refund(
            id=row.stripe_id or f"re_{row.pk.hex}",
            status=said,
            amount=row.amount,
            currency=row.currency,
            intent_id=row.intent_id,
            metadata={"refund": str(row.pk)},
            failure_reason="",
        )
        for _ in range(2):
            refunds.note_refund(told=told, now=self.now)
        new = refunds.TOLD_BY_STRIPE[said]
        if was.can_become(new):
            act = (
                self.bank.returned.add
                if said == "succeeded"
                else self.bank.returned.discard
            )
            act(row.pk)
        self._hit(f"refund {said}")

    # --- Chargebacks ---------------------------------------------------------------

    @rule(
        number=PICK,
        percent=PARTS,
        status=st.sampled_from(
            [
                "needs_response",
                "under_review",
                "won",
                "lost",
                "lost",
                "warning_needs_response",
            ]
        ),
        funds=st.sampled_from(
            ["", "withdrawn", "withdrawn", "withdrawn", "reinstated"]
        ),
        fresh=st.booleans(),
    )
    def hear_of_a_chargeback(self, number, percent, status, funds, fresh):
        """E11 to E13, in pieces and in any order."""
        payment = self._pick(self._captured(), number)
        if payment is None:
            return
        earlier = Chargeback.objects.filter(intent_id=payment.intent_id)
        known = None if fresh else earlier.first()
        name = known.stripe_id if known else f"du_{payment.pk.hex}_{earlier.count()}"
        amount = known.amount if known else max(payment.amount * percent // 100, 1)
        reinstated = funds == "reinstated"
        dispute = a_contested(
            payment,
            id=name,
            status=status,
            amount=amount,
            opened_at=self.now,
            withdrawn=bool(funds),
            reinstated=reinstated,
            stripe_fee=15_00 if funds else 0,
        )
        for _ in range(2):
            chargebacks.announce_chargeback(dispute=dispute, now=self.now)
        row = Chargeback.objects.get(stripe_id=name)
        self.bank.taken[name] = (
            (0 if row.reinstated_at else amount) + 15_00 if row.withdrawn_at else 0
        )
        self._hit(f"chargeback {funds or status}")

    @rule(
        number=PICK,
        percent=PARTS,
        end=st.sampled_from([("won", "reinstated"), ("lost", "withdrawn")]),
    )
    def take_and_decide(self, number, percent, end):
        """E11, then E12 or E13."""
        for status, funds in (("needs_response", "withdrawn"), end):
            fresh = status == "needs_response"
            self.hear_of_a_chargeback(number, percent, status, funds, fresh)

    def _captured(self):
        return Payment.objects.filter(intent_id__in=self.bank.captured)

    @rule(number=PICK, percent=PARTS)
    def return_it_late(self, number, percent=100):
        """E12 after E13: the money comes back when nobody waits for it any more."""
        self.take_and_decide(number, percent, ("lost", "withdrawn"))
        self.hear_of_a_chargeback(number, percent, "lost", "reinstated", fresh=False)

    # --- Withdrawals -----------------------------------------------------------------

    @rule(number=PICK, percent=PARTS, way=st.sampled_from([*WAYS]))
    def withdraw(self, number, percent, way="wait"):
        """E4: what there is, or more than that; it may go on to the bank, and come back."""
        seller_id = self.gigs[number % 2].seller_id
        there = payments.actions.balance(Kind.SELLER_AVAILABLE, seller_id, "usd")
        amount = max(there * percent // 90, 1)
        self._try(
            "withdraw",
            lambda: payments.actions.request_payout(
                user_id=seller_id, amount=amount, key=uuid4(), now=self.now
            ),
        )
        for verb in WAYS[way]:
            self.decide_a_withdrawal(number, verb, fits=True)

    @rule(
        number=PICK,
        verb=st.sampled_from(["approve", "confirm", "return", "reject", "reject"]),
        fits=st.sampled_from([True, True, True, False]),
    )
    def decide_a_withdrawal(self, number, verb, fits=False):
        """E5, E6 and E6b; each decision is tried twice, sometimes where it makes no sense."""
        rows = Payout.objects.filter(status__in=FITTING[verb])
        row = self._pick(rows if fits else Payout.objects.all(), number)
        if row is None:
            return
        said = {"payout_id": row.pk, "actor": self.staff[0], "now": self.now}
        if verb in {"return", "reject"}:
            said["reason"] = "So."
        act = getattr(payments.actions, f"{verb}_payout")
        for _ in range(2):
            self._try(f"withdrawal {verb}", lambda: act(**said))
        row.refresh_from_db()
        known = self.bank.payouts
        known[row.pk] = row.amount if row.status == "paid" else 0

    # --- Staff ---------------------------------------------------------------------

    def _owed(self, kind, people, number, amount):
        """Whom a correction is for, and how much: who owes or is owed, if anybody.

        What makes somebody owe, or be owed, happens first.
        """
        person = people[number % 2]
        account = {
            AdjustmentKind.WRITE_OFF: Kind.SELLER_RECEIVABLE,
            AdjustmentKind.BUYER_PAID: Kind.BUYER_PAYABLE,
            AdjustmentKind.BUYER_HAS_IT: Kind.BUYER_PAYABLE,
        }.get(kind)
        if account == Kind.SELLER_RECEIVABLE:
            self.withdraw(number, percent=90)
            self.refund(number, percent=100)
        elif account == Kind.BUYER_PAYABLE:
            self.hear_of_a_refund(number, "failed")
        for each in people if account and number % 5 else []:
            if there := payments.actions.balance(account, each.pk, "usd"):
                return each, min(there, amount)
        return person, amount

    @rule(
        number=PICK,
        kind=st.sampled_from(sorted(RETURNED_LATE)),
        fits=st.sampled_from([True, True, True, False]),
    )
    def decide_whose_it_is(self, number, kind, fits=True):
        """E16: what came back late is somebody's once two agree, and then once only."""
        late = Chargeback.objects.exclude(lost_at=None).exclude(reinstated_at=None)
        fitting = late.exclude(order__status__in=HOLDS_MONEY).exclude(
            adjustments__status="approved"
        )
        if not fitting.exists():
            paid = enumerate(self._captured().order_by("pk"))
            over = [n for n, payment in paid if not payment.order.holds_money]
            self.return_it_late(over[number % len(over)] if over else number)
        chargeback = self._pick(fitting if fits else late, number)
        if chargeback is None:
            return
        one, other = self.staff

        def act():
            row = payments.actions.propose_for_returned_late(
                chargeback_id=chargeback.pk,
                kind=kind,
                reason="So.",
                actor=one,
                now=self.now,
            )
            payments.actions.approve_adjustment(
                adjustment_id=row.pk, actor=other, now=self.now
            )

        for _ in range(2):
            self._try(f"adjust {kind}", act)

    @rule(
        number=PICK,
        kind=st.sampled_from(sorted(set(AdjustmentKind) - FROM_ITS_PAGE)),
        amount=st.sampled_from([50, 5_00]),
    )
    def adjust(self, number, kind, amount):
        """E15 and E10c: one proposes, another one approves; the books refuse too much."""
        is_for_seller = kind in {AdjustmentKind.WRITE_OFF, AdjustmentKind.GOODWILL}
        sellers = [gig.seller for gig in self.gigs]
        person, amount = self._owed(
            kind, sellers if is_for_seller else self.buyers, number, amount
        )
        done = []

        def act():
            row = payments.actions.propose_adjustment(
                kind=kind,
                person=person,
                amount=amount,
                currency="usd",
                reason="So.",
                actor=self.staff[0],
                now=self.now,
            )
            payments.actions.approve_adjustment(
                adjustment_id=row.pk, actor=self.staff[1], now=self.now
            )
            done.append(row)

        self._try(f"adjust {kind}", act)
        if done and is_for_seller:
            self.goodwill[person.pk] += amount
        if done and kind == AdjustmentKind.BUYER_PAID:
            self.bank.paid_by_hand += amount

    # --- What must be true -----------------------------------------------------------

    @invariant()
    def the_books_are_right(self):
        broken = {code: found for code, found in invariants.check().items() if found}
        assert not broken, broken

    @invariant()
    def the_ledger_has_what_stripe_has(self):
        if not hasattr(self, "bank"):
            return
        returned = sum(
            Refund.objects.filter(pk__in=self.bank.returned).values_list(
                "amount", flat=True
            )
        )
        expected = (
            sum(self.bank.captured.values())
            - returned
            - sum(self.bank.taken.values())
            - self.bank.fees
            - self.bank.paid_by_hand
            - sum(self.bank.payouts.values())
        )
        assert payments.actions.balance(Kind.STRIPE, None, "usd") == expected

    @invariant()
    def sellers_have_what_they_earned(self):
        if not hasattr(self, "bank"):
            return
        for gig in self.gigs:
            assert self._has(gig.seller_id) == self._earned(gig.seller_id)

    def _has(self, seller_id):
        pending, available, receivable = (
            payments.actions.balance(kind, seller_id, "usd")
            for kind in (
                Kind.SELLER_PENDING,
                Kind.SELLER_AVAILABLE,
                Kind.SELLER_RECEIVABLE,
            )
        )
        rows = Payout.objects.filter(user_id=seller_id)
        gone = rows.filter(status__in=["review", "requested", "submitted", "paid"])
        sent = gone.aggregate(sum=Sum("amount"))["sum"] or 0
        return pending + available + sent - receivable

    def _earned(self, seller_id):
        """Their share of what was paid and did not go back."""
        paid = Payment.objects.filter(order__seller=seller_id, status="succeeded")
        moved = LedgerTransaction.objects.filter(order__seller=seller_id)
        keys = moved.order_by("pk").values_list("key", flat=True)
        keys = [key for key in keys if key.startswith(("rreq", "cbw", "cblate"))]
        total = self.goodwill[seller_id]
        rows = paid.select_related("order").prefetch_related("refunds", "chargebacks")
        return total + sum(_sellers_part(payment, keys) for payment in rows)

    @invariant()
    def what_came_back_late_waits_until_it_is_decided(self):
        for row in Chargeback.objects.exclude(lost_at=None).exclude(reinstated_at=None):
            decided = row.adjustments.filter(status="approved").exists()
            there = payments.actions.balance(Kind.UNAPPLIED, row.pk, "usd")
            assert there == (0 if decided else row.amount)

    @invariant()
    def buyers_are_owed_what_did_not_reach_them(self):
        if not hasattr(self, "bank"):
            return
        for buyer in self.buyers:
            theirs = Q(payment__buyer=buyer) | Q(unapplied__order__buyer=buyer)
            failed = Refund.objects.filter(theirs, status__in=["failed", "canceled"])
            late = Chargeback.objects.filter(
                order__buyer=buyer,
                adjustments__kind="to_buyer",
                adjustments__status="approved",
            )
            paid = Adjustment.objects.approved(
                AdjustmentKind.BUYER_PAID, AdjustmentKind.BUYER_HAS_IT
            ).filter(person=buyer)
            owed = sum(each.amount for each in failed)
            owed += sum(each.price + each.fee for each in late)
            owed -= sum(each.amount for each in paid)
            assert payments.actions.balance(Kind.BUYER_PAYABLE, buyer.pk, "usd") == owed

    @invariant()
    def what_goes_back_is_in_proportion(self):
        """By all parts together, to the cent, unless a bank took an odd part of it."""
        paid = Payment.objects.filter(chargebacks=None, status="succeeded")
        for payment in paid.annotate(
            gone_price=Sum("refunds__price"), gone_fee=Sum("refunds__fee")
        ):
            if payment.gone_price:
                share = payment.fee * payment.gone_price // payment.price
                assert payment.gone_fee == share

    @invariant()
    def whatever_must_be_sent_has_its_task(self):
        waiting = Refund.objects.filter(status="requested").values_list("pk", flat=True)
        tasks = DBTaskResult.objects.filter(task_path="payments.tasks.submit_refund")
        named = {row.args_kwargs["kwargs"]["refund_id"] for row in tasks}
        assert {str(pk) for pk in waiting} <= named

    @invariant()
    def nobody_is_paid_twice_for_money_that_fitted_nothing(self):
        for row in UnappliedPayment.objects.all():
            assert self.bank.captured[row.intent_id] == row.amount
            paid = Payment.objects.filter(intent_id=row.intent_id, status="succeeded")
            assert not paid.exists()

    def check_all(self):
        """What Hypothesis asks after each step, for walks that are led by hand."""
        self.the_books_are_right()
        self.the_ledger_has_what_stripe_has()
        self.sellers_have_what_they_earned()
        self.what_came_back_late_waits_until_it_is_decided()
        self.buyers_are_owed_what_did_not_reach_them()
        self.what_goes_back_is_in_proportion()
        self.whatever_must_be_sent_has_its_task()
        self.nobody_is_paid_twice_for_money_that_fitted_nothing()
