"""Accepting what was delivered: by the buyer, or by time."""

from datetime import timedelta

import pytest

import payments.actions
from gigstream.core import clock
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import PlatformSetting, Policy
from orders import actions
from orders.status import OrderStatus
from orders.tasks import accept_in_silence
from payments.models import AccountKind
from tests.accounts.codes import prove
from tests.factories import NOON, PASSWORD, a_user, an_order

pytestmark = pytest.mark.django_db


def accept(order, actor, now=NOON):
    actions.accept(order_id=order.pk, actor=actor, now=now)
    order.refresh_from_db()


def holds(kind, subject):
    return payments.actions.balance(kind, subject, "usd")


def test_accepting_gives_the_seller_the_price_and_us_the_fee():
    order = an_order(status=OrderStatus.DELIVERED)

    accept(order, order.buyer)

    assert (order.status, order.completed_at) == (OrderStatus.COMPLETED, NOON)
    assert holds(AccountKind.SELLER_PENDING, order.seller_id) == 100_00
    assert holds(AccountKind.SERVICE_FEE, None) == 10_00
    assert holds(AccountKind.ESCROW, order.pk) == 0
    assert holds(AccountKind.FEE_DEFERRED, order.pk) == 0


def test_a_commission_stays_with_us():
    PlatformSetting.objects.create(
        version=1, values=Policy(commission_bps=2000).model_dump()
    )
    order = an_order(status=OrderStatus.DELIVERED)

    accept(order, order.buyer)

    assert holds(AccountKind.SELLER_PENDING, order.seller_id) == 80_00
    assert holds(AccountKind.COMMISSION, None) == 20_00


def test_the_earning_clears_seven_days_later():
    order = an_order(status=OrderStatus.DELIVERED)

    accept(order, order.buyer)
    payments.actions.clear(
        earning_id=order.earnings.get().pk, now=NOON + timedelta(days=7, seconds=-1)
    )
    assert holds(AccountKind.SELLER_AVAILABLE, order.seller_id) == 0

    payments.actions.clear(
        earning_id=order.earnings.get().pk, now=NOON + timedelta(days=7)
    )
    payments.actions.clear(
        earning_id=order.earnings.get().pk, now=NOON + timedelta(days=8)
    )

    assert holds(AccountKind.SELLER_AVAILABLE, order.seller_id) == 100_00
    assert holds(AccountKind.SELLER_PENDING, order.seller_id) == 0


def test_the_gig_counts_the_order_once():
    order = an_order(status=OrderStatus.COMPLETED)

    with pytest.raises(Stale):
        accept(order, order.buyer)

    order.gig.refresh_from_db()
    assert order.gig.completed_orders == 1


@pytest.mark.parametrize("who", ["seller", "stranger"])
def test_only_the_buyer_accepts(who):
    order = an_order(status=OrderStatus.DELIVERED)

    with pytest.raises(NotAllowed):
        accept(order, order.seller if who == "seller" else a_user())

    order.refresh_from_db()
    assert order.status == OrderStatus.DELIVERED


def test_a_hold_of_the_bank_stops_everything():
    order = an_order(status=OrderStatus.DELIVERED)
    order.on_hold = True
    order.save(update_fields=["on_hold"])

    with pytest.raises(NotAllowed):
        accept(order, order.buyer)


def test_silence_accepts_when_the_window_is_over(sandbox, run_tasks):
    order = an_order(status=OrderStatus.DELIVERED)

    with clock.frozen(NOON + timedelta(days=3, seconds=-1)):
        accept_in_silence.func()
        run_tasks()
    order.refresh_from_db()
    assert order.status == OrderStatus.DELIVERED

    with clock.frozen(NOON + timedelta(days=3)):
        accept_in_silence.func()
        accept_in_silence.func()
        run_tasks()
    order.refresh_from_db()
    assert order.status == OrderStatus.COMPLETED
    assert order.events.get(to_status="completed").role == "system"


def test_one_order_on_hold_does_not_keep_the_others_waiting(sandbox, run_tasks):
    held, free = (an_order(status=OrderStatus.DELIVERED) for _ in range(2))
    held.on_hold = True
    held.save(update_fields=["on_hold"])

    with clock.frozen(NOON + timedelta(days=4)):
        accept_in_silence.func()
        run_tasks()

    held.refresh_from_db()
    free.refresh_from_db()
    assert (held.status, free.status) == (OrderStatus.DELIVERED, OrderStatus.COMPLETED)


def test_the_page_says_what_accepting_does_and_does_it(as_user):
    order = an_order(status=OrderStatus.DELIVERED)
    browser = as_user(order.buyer)
    prove(browser)

    page = browser.get(order.get_absolute_url()).content.decode()
    answer = browser.post(f"/orders/{order.pk}/accept/", follow=True)

    assert "Accepting releases $100.00 to Person" in page
    assert "Accepted. $100.00 goes to Person" in answer.content.decode()
    order.refresh_from_db()
    assert order.status == OrderStatus.COMPLETED


def test_accepting_twice_tells_the_second_that_it_is_done(as_user):
    order = an_order(status=OrderStatus.DELIVERED)
    browser = as_user(order.buyer)
    prove(browser)
    browser.post(f"/orders/{order.pk}/accept/")

    again = browser.post(f"/orders/{order.pk}/accept/")

    assert again.status_code == 409
    assert "It is now: Completed" in again.content.decode()
    assert holds(AccountKind.SELLER_PENDING, order.seller_id) == 100_00


def test_an_old_login_is_renewed_before_money_is_released(as_user):
    order = an_order(status=OrderStatus.DELIVERED)
    browser = as_user(order.buyer)

    asked = browser.post(f"/orders/{order.pk}/accept/")
    renewed = browser.post(asked.url, {"password": PASSWORD})

    assert asked.url == f"/accounts/reauthenticate/?next={order.get_absolute_url()}"
    assert renewed.url == order.get_absolute_url()
    order.refresh_from_db()
    assert order.status == OrderStatus.DELIVERED
