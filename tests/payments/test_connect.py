"""Withdrawals by Stripe Connect, with the real SDK against the sandbox."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

import payments.actions
from accounts.security import Client as Browser
from gigstream.core.errors import NotAllowed
from gigstream.core.models import StaffTask
from gigstream.sandbox.stripe.faults import CallFault, PlannedCallFault
from gigstream.services import stripe
from payments.models import AccountKind, LedgerTransaction, Payout, PayoutMethod
from payments.status import PayoutStatus
from payments.tasks import look_up_paid_payouts, submit_stuck_payouts
from tests.factories import NOON, a_finance, a_seller, a_seller_with
from tests.payments.webhooks import post_event

pytestmark = pytest.mark.django_db

NOWHERE = Browser(address=None, browser="")
PAYS, NO_ACCOUNT = "000123456789", "000111111116"


@pytest.fixture
def now():
    from gigstream.core import clock

    return clock.now()


def begin(seller, now):
    return payments.actions.connect(
        user_id=seller.pk,
        client=NOWHERE,
        return_url="http://testserver/settings/payouts/",
        now=now,
    )


def onboard(sandbox, seller, now, *, number=PAYS, verified="true"):
    """Have a seller fill in Stripe's form, and hear of it; the task then asks Stripe."""
    url = urlsplit(begin(seller, now))
    sandbox.http(
        "POST", f"{url.path}?{url.query}", {"number": number, "verified": verified}
    )
    assert post_event(sandbox, sandbox.events("account.updated")[-1]).status_code == 204
    method = PayoutMethod.objects.in_use().get(user=seller)
    payments.actions.look_up_account(method_id=method.pk, now=now)
    method.refresh_from_db()
    return method


def fund(sandbox, amount):
    """Let the platform have money at Stripe, as from a buyer's card."""
    params = {"amount": amount, "currency": "usd", "payment_method": "pm_card_visa"}
    sandbox.stripe("POST", "/payment_intents", params | {"confirm": "true"})


@pytest.fixture
def seller(sandbox, now):
    """A seller with $100 and an account at Stripe to which it can go."""
    seller = a_seller_with(100_00)
    PayoutMethod.objects.all().delete()
    onboard(sandbox, seller, now)
    fund(sandbox, 500_00)
    return seller


def withdraw(seller, now):
    return payments.actions.request_payout(
        user_id=seller.pk, amount=None, key=uuid4(), now=now
    )


def hear(sandbox, *kinds):
    for kind in kinds:
        for event in sandbox.events(kind):
            assert post_event(sandbox, event).status_code == 204


def available(seller):
    return payments.actions.balance(AccountKind.SELLER_AVAILABLE, seller.pk, "usd")


def postings(payout):
    keys = LedgerTransaction.objects.filter(key__endswith=str(payout.pk))
    return list(keys.order_by("pk").values_list("kind", flat=True))


def at_stripe(sandbox, kind):
    return sandbox.stripe("GET", f"/{kind}")["data"]


def test_onboarding_ends_with_a_verified_account_and_its_bank(sandbox, now):
    seller = a_seller()

    method = onboard(sandbox, seller, now)

    assert method.standing == "verified"
    assert method.masked == "STRIPE TEST BANK •••• 6789"


def test_going_on_with_an_onboarding_opens_no_second_account(sandbox, now):
    seller = a_seller()

    assert begin(seller, now) != begin(seller, now)

    assert PayoutMethod.objects.filter(user=seller).count() == 1
    assert len(sandbox.app.store.all("account")) == 1


def test_who_is_not_verified_withdraws_nothing(sandbox, now):
    seller = a_seller_with(100_00)
    PayoutMethod.objects.all().delete()
    method = onboard(sandbox, seller, now, verified="")

    assert method.standing == "checking"
    with pytest.raises(NotAllowed, match="not verified"):
        withdraw(seller, now)


def test_another_bank_behind_the_account_freezes_withdrawals(sandbox, seller, now):
    method = onboard(sandbox, seller, now, number=NO_ACCOUNT)

    assert method.is_frozen(at=now + timedelta(hours=71))
    with pytest.raises(NotAllowed, match="changed where"):
        withdraw(seller, now)


def test_news_of_an_account_in_any_order_ends_with_what_stripe_says_now(
    sandbox, now, run_tasks
):
    seller = a_seller()
    for verified in ("", "true"):
        url = urlsplit(begin(seller, now))
        said = {"number": PAYS, "verified": verified}
        sandbox.http("POST", f"{url.path}?{url.query}", said)

    for event in reversed(sandbox.events("account.updated")):
        assert post_event(sandbox, event).status_code == 204
    run_tasks()

    assert PayoutMethod.objects.get(user=seller).standing == "verified"


def test_what_was_asked_for_before_the_bank_changed_waits_for_people(
    sandbox, seller, now
):
    payout = withdraw(seller, now)
    onboard(sandbox, seller, now, number=NO_ACCOUNT)
    said = {"payout_id": payout.pk, "actor": a_finance()}

    payments.actions.submit_payout(payout_id=payout.pk, now=now)

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.REVIEW
    assert StaffTask.objects.get().target == f"payments.payout:{payout.pk}"
    with pytest.raises(NotAllowed, match="changed a short while ago"):
        payments.actions.approve_payout(**said, now=now + timedelta(hours=71))
    payments.actions.approve_payout(**said, now=now + timedelta(hours=73))


def test_a_withdrawal_goes_to_the_bank_by_itself(sandbox, seller, now, run_tasks):
    payout = withdraw(seller, now)
    run_tasks()
    hear(sandbox, "transfer.created", "payout.created", "payout.paid")

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    assert postings(payout) == ["E4", "E5"]
    assert [each["amount"] for each in at_stripe(sandbox, "transfers")] == [100_00]


def test_events_in_any_order_and_twice_pay_once(sandbox, seller, now, run_tasks):
    payout = withdraw(seller, now)
    run_tasks()

    hear(sandbox, "payout.paid", "payout.created", "transfer.created", "payout.paid")

    assert postings(payout) == ["E4", "E5"]


def test_what_no_bank_takes_comes_back_to_the_wallet(sandbox, now, run_tasks):
    seller = a_seller_with(100_00)
    PayoutMethod.objects.all().delete()
    onboard(sandbox, seller, now, number=NO_ACCOUNT)
    fund(sandbox, 500_00)
    payout = withdraw(seller, now)
    run_tasks()

    hear(sandbox, "payout.failed")
    assert available(seller) == 0, "not before Stripe has given it back to us"
    run_tasks()

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.FAILED
    assert "No bank account could be located" in payout.failure
    assert available(seller) == 100_00
    assert postings(payout) == ["E4", "E6"]
    assert at_stripe(sandbox, "transfers")[0]["reversed"]


def test_what_fails_after_it_was_paid_is_returned_once(sandbox, seller, now, run_tasks):
    payout = withdraw(seller, now)
    run_tasks()
    hear(sandbox, "payout.paid")
    payout.refresh_from_db()

    sandbox.http("POST", f"/sandbox/stripe/payouts/{payout.stripe_id}/fail")
    hear(sandbox, "payout.failed", "payout.failed", "payout.paid")
    run_tasks()

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.RETURNED
    assert available(seller) == 100_00
    assert postings(payout) == ["E4", "E5", "E6b"]


def test_what_fails_after_it_was_paid_is_found_without_news(
    sandbox, seller, now, run_tasks
):
    payout = withdraw(seller, now)
    run_tasks()
    hear(sandbox, "payout.paid")
    payout.refresh_from_db()
    sandbox.http("POST", f"/sandbox/stripe/payouts/{payout.stripe_id}/fail")

    look_up_paid_payouts.func()
    run_tasks()

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.RETURNED
    assert postings(payout) == ["E4", "E5", "E6b"]


@pytest.mark.parametrize("fault", [CallFault.DROP, CallFault.BUSY])
@pytest.mark.parametrize("calls_before", [0, 1])
def test_an_answer_that_is_lost_moves_no_money_twice(
    sandbox, seller, now, monkeypatch, fault, calls_before
):
    payout = withdraw(seller, now)
    fails_at = iter(range(10))
    ask = sandbox.faults.for_call
    monkeypatch.setattr(
        sandbox.faults,
        "for_call",
        lambda: PlannedCallFault(fault) if next(fails_at) == calls_before else ask(),
    )
    with pytest.raises(stripe.StripeUnavailable):
        payments.actions.submit_payout(payout_id=payout.pk, now=now)

    payments.actions.submit_payout(payout_id=payout.pk, now=now)
    hear(sandbox, "payout.paid")

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    assert len(at_stripe(sandbox, "transfers")) == 1
    assert len(sandbox.app.store.all("payout")) == 1


@pytest.mark.parametrize("fault", [CallFault.DROP, CallFault.BUSY])
def test_after_twenty_hours_stripe_is_only_asked(sandbox, seller, now, fault):
    payout = withdraw(seller, now)
    sandbox.faults.plan(PlannedCallFault(fault))
    with pytest.raises(stripe.StripeUnavailable):
        payments.actions.submit_payout(payout_id=payout.pk, now=now)
    Payout.objects.update(submitted_at=now - timedelta(hours=21))

    payments.actions.submit_payout(payout_id=payout.pk, now=now)

    transfers = at_stripe(sandbox, "transfers")
    payout.refresh_from_db()
    if fault == CallFault.DROP:
        assert [payout.transfer_id] == [each["id"] for each in transfers]
    else:
        assert transfers == []
    task = StaffTask.objects.get(kind="payout")
    assert task.target == f"payments.payout:{payout.pk}"


def test_what_stripe_refuses_is_in_the_wallet_again(sandbox, now, run_tasks):
    seller = a_seller_with(100_00)
    PayoutMethod.objects.all().delete()
    onboard(sandbox, seller, now)  # the platform has no money there
    payout = withdraw(seller, now)

    run_tasks()

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.FAILED
    assert available(seller) == 100_00


def test_a_withdrawal_whose_news_was_lost_is_looked_up(sandbox, seller, now, run_tasks):
    payout = withdraw(seller, now)
    run_tasks()
    Payout.objects.update(requested_at=now - timedelta(minutes=5))

    submit_stuck_payouts.func()
    run_tasks()

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    assert postings(payout) == ["E4", "E5"]


def test_news_of_strangers_changes_nothing(sandbox, seller, now):
    account = PayoutMethod.objects.get().stripe_id
    method = {"amount": 1_00, "currency": "usd", "destination": account}
    sandbox.stripe("POST", "/transfers", method | {"metadata[payout]": "no uuid"})

    answer = post_event(sandbox, sandbox.events("transfer.created")[-1])

    assert answer.status_code == 409, "it may be early; later it is let go"
    assert now > NOON


class Killed(BaseException):
    """The process is gone: nothing after this line ever runs."""


@pytest.mark.parametrize(
    "step", ["_transfer", "note_transfer", "_pay_out", "note_payout"]
)
@pytest.mark.parametrize("acted", [False, True])
def test_a_crash_at_any_step_loses_and_doubles_nothing(
    sandbox, seller, now, run_tasks, monkeypatch, step, acted
):
    from payments.actions import payouts

    payout = withdraw(seller, now)
    real = getattr(payouts, step)

    def killed(*args, **options):
        if acted:
            real(*args, **options)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(payouts, step, killed)
        with pytest.raises(Killed):
            payments.actions.submit_payout(payout_id=payout.pk, now=now)

    run_tasks()
    hear(sandbox, "payout.paid")

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    assert postings(payout) == ["E4", "E5"]
    assert len(at_stripe(sandbox, "transfers")) == 1
    assert len(sandbox.app.store.all("payout")) == 1
