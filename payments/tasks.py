"""Work for later: asking Stripe, and the jobs that come round."""

from contextlib import suppress
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.db.models import F, Q

from accounts import emails
from accounts.emails import Attachment
from accounts.models import Standing
from accounts.reader import read_by
from gigstream.core import clock, invariants
from gigstream.core.jobs import enqueue, periodic, task
from gigstream.services import stripe
from payments import actions, queries
from payments.models import (
    CardSetup,
    Chargeback,
    Earning,
    Paper,
    Payment,
    Payout,
    Refund,
    Series,
)
from payments.printing import printed
from payments.status import PayoutStatus, RefundStatus

STALE_AFTER = timedelta(minutes=2)
"""How old an open payment or refund is before Stripe is asked about it."""

FORGOTTEN_FIRST = (F("asked_at").asc(nulls_first=True), "pk")
"""However many wait, each has its turn."""

MAY_COME_BACK_FOR = timedelta(days=10)
"""How long after a withdrawal was paid Stripe is asked whether it came back."""

PAPERS_MISSED_FOR = timedelta(days=30)
"""How far back papers are looked for that nobody wrote."""

ABANDONED_AFTER = timedelta(days=1)
"""How long a tip or an extra may wait for its money."""


@task
def open_intent(*, payment_id: str) -> None:
    actions.open_intent(payment_id=UUID(payment_id), timeout=stripe.TASK_TIMEOUT)


@task
def note_charge(*, intent_id: str) -> None:
    actions.note_charge(intent_id=intent_id, now=clock.now())
    # Now that the card is known, as far as it ever will be.
    for pk in Payment.objects.filter(intent_id=intent_id).values_list("pk", flat=True):
        actions.issue_receipt(payment_id=pk, now=clock.now())


@task
def issue_invoice(*, order_id: str) -> None:
    actions.issue_invoice(order_id=UUID(order_id), now=clock.now())


@task
def issue_credit_note(*, refund_id: str) -> None:
    actions.issue_credit_note(refund_id=UUID(refund_id), now=clock.now())


@task
def issue_receipt(*, payment_id: str) -> None:
    actions.issue_receipt(payment_id=UUID(payment_id), now=clock.now())


@periodic(every=timedelta(hours=1))
@task
def issue_missing_papers() -> None:
    """Write the papers whose task has died, an hour after they were due at the earliest."""
    now = clock.now()
    missing = queries.missing_papers(
        since=now - PAPERS_MISSED_FOR, until=now - timedelta(hours=1)
    )
    for series, subject in islice(missing, 200):
        ISSUE[series](subject)


ISSUE = {
    Series.RECEIPT: lambda pk: enqueue("payments.tasks.issue_receipt", payment_id=pk),
    Series.INVOICE: lambda pk: enqueue("payments.tasks.issue_invoice", order_id=pk),
    Series.CREDIT_NOTE: lambda pk: enqueue(
        "payments.tasks.issue_credit_note", refund_id=pk
    ),
}


@task
def mail_paper(*, paper_id: str) -> None:
    """Send a buyer their paper, attached; twice is one mail."""
    paper = Paper.objects.select_related("order__buyer").get(pk=UUID(paper_id))
    buyer = paper.order.buyer
    if buyer.standing == Standing.CLOSED:
        return
    with read_by(buyer):
        file = Attachment(
            name=f"{paper.name}.pdf",
            content=printed(paper, reader=buyer),
            media_type="application/pdf",
        )
        emails.send(
            "paper",
            to=buyer.email,
            subject=f"{paper}: {paper.order.title}",
            key=f"paper:{paper.pk}",
            user=buyer,
            paper=paper,
            link=emails.absolute(paper.order.get_absolute_url()),
            attachments=[file],
        )


# Drawing a paper takes half a second; whoever waits for a mail comes first.
mail_paper = mail_paper.using(priority=-10)


@task
def forget_card(*, card: str) -> None:
    """Take a card from its buyer at Stripe; one that is not there is forgotten already."""
    with suppress(stripe.StripeRefused):
        stripe.forget_card(card, timeout=stripe.TASK_TIMEOUT)


@task
def close_customer(*, customer: str) -> None:
    with suppress(stripe.StripeRefused):
        stripe.close_customer(customer, timeout=stripe.TASK_TIMEOUT)


@task
def look_up_card_setup(*, setup_id: str) -> None:
    actions.look_up_card_setup(setup_id=UUID(setup_id), now=clock.now())


@periodic(every=timedelta(minutes=10))
@task
def look_up_card_setups() -> None:
    """Ask Stripe about cards that were to be kept: a webhook may be lost."""
    since = clock.now() - STALE_AFTER
    waiting = CardSetup.objects.open().filter(created_at__lt=since)
    for pk in waiting.order_by("created_at").values_list("pk", flat=True)[:200]:
        enqueue("payments.tasks.look_up_card_setup", setup_id=pk)


@task
def submit_refund(*, refund_id: str) -> None:
    actions.submit_refund(refund_id=UUID(refund_id), now=clock.now())


@task
def look_up(*, payment_id: str) -> None:
    actions.look_up(payment_id=UUID(payment_id), now=clock.now())


@task
def close_payment(*, payment_id: str) -> None:
    actions.close_payment(
        payment_id=UUID(payment_id), timeout=stripe.TASK_TIMEOUT, now=clock.now()
    )


@periodic(every=timedelta(minutes=30))
@task
def close_abandoned_payments() -> None:
    """Give up the tips and extras that were begun and never paid, so that none comes late."""
    since = clock.now() - ABANDONED_AFTER
    abandoned = Payment.objects.abandoned(since=since).order_by("created_at")
    for pk in abandoned.values_list("pk", flat=True)[:200]:
        enqueue("payments.tasks.close_payment", payment_id=pk)


@periodic(every=timedelta(minutes=1))
@task
def replay_events() -> None:
    """Try again the events that came too early."""
    actions.replay_events(now=clock.now())


@periodic(every=timedelta(minutes=2))
@task
def look_up_open_payments() -> None:
    """Ask Stripe about payments of which we have heard nothing: a webhook may be lost."""
    since = clock.now() - STALE_AFTER
    stale = Payment.objects.open().filter(created_at__lt=since)
    for pk in stale.order_by(*FORGOTTEN_FIRST).values_list("pk", flat=True)[:200]:
        enqueue("payments.tasks.look_up", payment_id=pk)


@periodic(every=timedelta(minutes=5))
@task
def submit_stuck_refunds() -> None:
    """Ask again about refunds that have not ended; Stripe knows them by name."""
    since = clock.now() - STALE_AFTER
    stuck = Refund.objects.filter(
        status__in=[RefundStatus.REQUESTED, RefundStatus.SUBMITTED],
        requested_at__lt=since,
    )
    for pk in stuck.order_by(*FORGOTTEN_FIRST).values_list("pk", flat=True)[:200]:
        enqueue("payments.tasks.submit_refund", refund_id=pk)


@periodic(every=timedelta(hours=1))
@task
def look_up_chargebacks() -> None:
    """Ask Stripe about chargebacks that have not ended: a webhook may be lost."""
    open_ones = Chargeback.objects.unfinished().order_by("opened_at")
    for pk in open_ones.values_list("pk", flat=True)[:200]:
        enqueue("payments.tasks.look_up_chargeback", chargeback_id=pk)


@task
def look_up_chargeback(*, chargeback_id: str) -> None:
    actions.look_up_chargeback(chargeback_id=UUID(chargeback_id), now=clock.now())


@task
def look_up_dispute(*, name: str) -> None:
    actions.look_up_dispute(stripe_id=name, now=clock.now())


@task
def look_up_refund(*, name: str) -> None:
    actions.look_up_refund(stripe_id=name, now=clock.now())


@task
def submit_payout(*, payout_id: str) -> None:
    actions.submit_payout(payout_id=UUID(payout_id), now=clock.now())


@task
def look_up_payout(*, payout_id: str) -> None:
    actions.look_up_payout(payout_id=UUID(payout_id), now=clock.now())


@periodic(every=timedelta(hours=6))
@task
def look_up_paid_payouts() -> None:
    """Ask Stripe about withdrawals that were paid: a bank may send one back for days."""
    since = clock.now() - MAY_COME_BACK_FOR
    paid = Payout.objects.filter(
        status=PayoutStatus.PAID,
        method__kind="stripe",
        failure="",
        settled_at__gt=since,
    )
    for pk in paid.order_by("settled_at").values_list("pk", flat=True):
        enqueue("payments.tasks.look_up_payout", payout_id=pk)


@task
def look_up_account(*, method_id: str) -> None:
    actions.look_up_account(
        method_id=UUID(method_id), now=clock.now(), timeout=stripe.TASK_TIMEOUT
    )


@task
def take_payout_back(*, payout_id: str) -> None:
    actions.take_payout_back(payout_id=UUID(payout_id), now=clock.now())


@periodic(every=timedelta(minutes=5))
@task
def submit_stuck_payouts() -> None:
    """Go on with withdrawals through Stripe that have not ended; it knows them by name."""
    since = clock.now() - STALE_AFTER
    failed = Q(status=PayoutStatus.PAID) & ~Q(failure="")
    on_the_way = Q(status__in=[PayoutStatus.REQUESTED, PayoutStatus.SUBMITTED])
    stuck = Payout.objects.filter(
        on_the_way | failed, method__kind="stripe", requested_at__lt=since
    )
    for pk in stuck.order_by(*FORGOTTEN_FIRST).values_list("pk", flat=True)[:200]:
        enqueue("payments.tasks.submit_payout", payout_id=pk)


@periodic(every=timedelta(minutes=10))
@task
def clear_earnings() -> None:
    """Start making earnings available whose time has come, each by a task of its own."""
    due = Earning.objects.due_to_clear(at=clock.now()).order_by("clears_at")
    for pk in due.values_list("pk", flat=True)[:1000]:
        enqueue("payments.tasks.clear", earning_id=pk)


@task
def clear(*, earning_id: str) -> None:
    actions.clear(earning_id=UUID(earning_id), now=clock.now())


@periodic(every=timedelta(minutes=30))
@task
def reconcile() -> None:
    """Compare the books with Stripe, and keep what was found for the books page."""
    actions.reconcile(now=clock.now())


@periodic(every=timedelta(hours=1))
@task
def check_books() -> None:
    """Fail, which the log and the list of jobs show, if the books are not right."""
    if broken := invariants.check_and_keep(now=clock.now()):
        raise invariants.Broken(broken)
