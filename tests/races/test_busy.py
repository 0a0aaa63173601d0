"""A row that somebody else holds for too long: whoever needs it is told to come back."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection, transaction

import payments.actions
from gigstream.core import clock
from orders.models import Order
from orders.status import OrderStatus
from payments.models import AccountKind as Kind
from payments.models import LedgerTransaction, PayoutMethod, StripeEvent
from tests.core.test_error_pages import assert_explained
from tests.factories import a_seller_with, an_order
from tests.payments.test_withdraw import LATER, log_in
from tests.payments.webhooks import a_paid_order, post_event

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

BUSY = "We are busy or repairing something"


@contextmanager
def held(rows):
    """Somebody else, on a connection of their own, keeps these rows until the end of the block."""
    has_them, is_over = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            assert list(rows.select_for_update())
            has_them.set()
            is_over.wait(timeout=30)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert has_them.wait(timeout=30)
        try:
            yield
        finally:
            is_over.set()
            holding.result()


def test_a_page_whose_order_is_held_is_a_503_and_nothing_has_changed(client):
    order = an_order(status=OrderStatus.DELIVERED)
    buyer, path = log_in(client, order.buyer), f"/orders/{order.pk}/accept/"

    with held(Order.objects.filter(pk=order.pk)):
        answer = buyer.post(path)

    assert_explained(answer, 503, BUSY)
    assert answer.headers["Retry-After"] == "5"
    order.refresh_from_db()
    assert order.status == OrderStatus.DELIVERED
    assert not LedgerTransaction.objects.filter(kind="E2").exists()
    assert buyer.post(path).status_code == 302
    order.refresh_from_db()
    assert order.status == OrderStatus.COMPLETED


def test_a_withdrawal_while_another_is_decided_takes_nothing(client):
    seller = a_seller_with(100_00)
    form = {"key": uuid4(), "amount": "50.00", "step": "confirm"}
    browser = log_in(client, seller)

    with held(PayoutMethod.objects.all()), clock.frozen(LATER):
        answer = browser.post("/wallet/withdraw/", form)

    assert_explained(answer, 503, BUSY)
    assert answer.headers["Retry-After"] == "5"
    assert payments.actions.balance(Kind.SELLER_AVAILABLE, seller.pk, "usd") == 100_00


def test_news_of_an_order_that_is_held_is_sent_again_and_then_counts(sandbox):
    order, _payment, event = a_paid_order(sandbox)

    with held(Order.objects.filter(pk=order.pk)):
        answer = post_event(sandbox, event)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert not StripeEvent.objects.exclude(processed_at=None).exists()
    assert not LedgerTransaction.objects.exists()
    assert post_event(sandbox, event).status_code == 204
    order.refresh_from_db()
    assert order.status == OrderStatus.IN_PROGRESS
