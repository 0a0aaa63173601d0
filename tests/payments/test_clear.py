from datetime import timedelta

import pytest

import payments.actions
from gigstream.core import clock
from orders import actions
from orders.status import OrderStatus
from payments.models import AccountKind
from payments.tasks import clear_earnings
from tests.factories import NOON, a_contested, an_order, open_dispute

pytestmark = pytest.mark.django_db


def available(order):
    return payments.actions.balance(
        AccountKind.SELLER_AVAILABLE, order.seller_id, "usd"
    )


def test_earnings_clear_by_themselves_when_their_time_has_come(sandbox, run_tasks):
    order = an_order(status=OrderStatus.COMPLETED)

    with clock.frozen(NOON + timedelta(days=7, seconds=-1)):
        clear_earnings.func()
        run_tasks()
    assert available(order) == 0

    with clock.frozen(NOON + timedelta(days=7)):
        clear_earnings.func()
        clear_earnings.func()
        run_tasks()
    assert available(order) == 100_00


def test_the_wallet_tells_pending_from_available(as_user):
    order = an_order(status=OrderStatus.COMPLETED)
    browser = as_user(order.seller)

    before = browser.get("/wallet/").context["totals"]
    payments.actions.clear(
        earning_id=order.earnings.get().pk, now=NOON + timedelta(days=7)
    )
    after = browser.get("/wallet/").context["totals"]

    assert (before.pending, before.available, before.earned) == (100_00, 0, 100_00)
    assert (after.pending, after.available, after.earned) == (0, 100_00, 100_00)


def test_somebody_elses_wallet_is_not_mine(as_user):
    order = an_order(status=OrderStatus.COMPLETED)

    page = as_user(order.buyer).get("/wallet/")

    assert page.context["totals"].earned == 0
    assert order.title not in page.content.decode()


@pytest.mark.parametrize("has_cleared", [False, True])
def test_what_went_back_was_not_earned_whenever_it_went(as_user, has_cleared):
    order = an_order(status=OrderStatus.COMPLETED, now=clock.now())
    if has_cleared:
        lot = order.earnings.get()
        payments.actions.clear(earning_id=lot.pk, now=lot.clears_at)
    payments.actions.refund(order_id=order.pk, price=30_00, now=clock.now())

    wallet = as_user(order.seller).get("/wallet/").context

    assert wallet["totals"].earned == wallet["chart"].total == 70_00
    assert order.earnings.get().given_back == 30_00


def contest(order, **fields):
    dispute = a_contested(order.payments.get(), **fields)
    actions.note_chargeback(order_id=order.pk, dispute=dispute, now=NOON)


@pytest.mark.parametrize(
    ("hold", "words"),
    [
        (open_dispute, "Held while a dispute is open"),
        (
            lambda order: contest(order, amount=20_00),
            "Held while the buyer's bank decides",
        ),
    ],
)
def test_the_wallet_says_who_holds_what_does_not_clear(as_user, hold, words):
    order = an_order(status=OrderStatus.COMPLETED)
    hold(order)

    page = as_user(order.seller).get("/wallet/").text

    assert words in page
    assert "Available on" not in page


def test_what_went_back_whole_does_not_wait_to_clear(as_user):
    order = an_order(status=OrderStatus.COMPLETED)
    contest(order)

    wallet = as_user(order.seller).get("/wallet/").context

    assert list(wallet["clearing"]) == []
