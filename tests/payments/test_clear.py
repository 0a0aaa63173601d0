from datetime import timedelta

import pytest

import payments.actions
from gigstream.core import clock
from orders.status import OrderStatus
from payments.models import AccountKind
from payments.tasks import clear_earnings
from tests.factories import NOON, an_order

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
