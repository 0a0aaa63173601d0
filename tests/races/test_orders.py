"""Two at once on one order: one effect, whoever comes first. Each has a negative control."""

from uuid import uuid4

import pytest
from django.db import connection

import payments.actions
from gigstream.core.errors import Stale
from orders import actions
from orders.models import Order
from orders.status import OrderStatus
from payments.models import AccountKind, LedgerTransaction, StripeEvent
from tests.factories import NOON, a_gig, a_stored_file, a_user, an_order
from tests.payments.webhooks import a_paid_order, post_event
from tests.races.together import meet_at, take_locks_out, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def accept(order):
    return lambda: actions.accept(order_id=order.pk, actor=order.buyer, now=NOON)


def revise(order):
    return lambda: actions.request_revision(
        order_id=order.pk, actor=order.buyer, wishes="Bolder.", now=NOON
    )


def kinds(results):
    return sorted(type(result).__name__ for result in results)


def test_accepting_twice_at_once_pays_once_and_tells_the_second(monkeypatch):
    order = an_order(status=OrderStatus.DELIVERED)
    meet_at(monkeypatch, "orders.actions.fulfil.move")

    results = together(accept(order), accept(order))

    assert kinds(results) == ["NoneType", "Stale"]
    assert (
        payments.actions.balance(AccountKind.SELLER_PENDING, order.seller_id, "usd")
        == 100_00
    )
    assert order.events.filter(to_status="completed").count() == 1


@pytest.mark.breaks_the_books
def test_without_the_lock_the_second_is_not_told(monkeypatch):
    order = an_order(status=OrderStatus.DELIVERED)
    meet_at(monkeypatch, "orders.actions.fulfil.move")
    take_locks_out(monkeypatch)

    results = together(accept(order), accept(order))

    assert Stale not in {type(result) for result in results}


def test_accepting_and_asking_for_changes_at_once_does_one_of_them(monkeypatch):
    order = an_order(status=OrderStatus.DELIVERED)
    meet_at(monkeypatch, "orders.actions.fulfil.move")

    results = together(accept(order), revise(order))

    assert kinds(results) == ["NoneType", "Stale"]
    order.refresh_from_db()
    earned = payments.actions.balance(
        AccountKind.SELLER_PENDING, order.seller_id, "usd"
    )
    assert (order.status, earned) in {("completed", 100_00), ("revision", 0)}


@pytest.mark.breaks_the_books
def test_without_the_lock_both_happen(monkeypatch):
    order = an_order(status=OrderStatus.DELIVERED)
    meet_at(monkeypatch, "orders.actions.fulfil.move")
    take_locks_out(monkeypatch)

    together(accept(order), revise(order))

    assert order.events.filter(from_status="delivered").count() == 2


def test_delivering_twice_at_once_is_one_delivery(monkeypatch):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    meet_at(monkeypatch, "orders.actions.fulfil.move")

    def deliver():
        actions.deliver(
            order_id=order.pk,
            actor=order.seller,
            message="Here.",
            files=[a_stored_file()],
            now=NOON,
        )

    results = together(deliver, deliver)

    assert kinds(results) == ["NoneType", "Stale"]
    assert order.deliveries.count() == 1


def test_one_event_twenty_times_at_once_has_one_effect(sandbox):
    order, _, event = a_paid_order(sandbox)

    answers = together(*[lambda: post_event(sandbox, event).status_code] * 20)

    assert answers == [204] * 20
    assert list(LedgerTransaction.objects.values_list("kind", flat=True)) == ["E1"]
    assert order.events.filter(to_status="in_progress").count() == 1
    assert StripeEvent.objects.get().processed_at is not None


def test_two_events_for_one_fact_at_once_have_one_effect(sandbox, monkeypatch):
    order, _, event = a_paid_order(sandbox)
    meet_at(monkeypatch, "payments.actions.intents._why_not")
    other = {**event, "id": "evt_other"}

    answers = together(
        lambda: post_event(sandbox, event).status_code,
        lambda: post_event(sandbox, other).status_code,
    )

    assert answers == [204, 204]
    assert payments.actions.balance(AccountKind.ESCROW, order.pk, "usd") == 100_00
    assert order.events.filter(to_status="in_progress").count() == 1


@pytest.mark.breaks_the_books
def test_without_the_lock_the_work_would_begin_twice(sandbox, monkeypatch):
    order, _, event = a_paid_order(sandbox)
    meet_at(monkeypatch, "payments.actions.intents._why_not")
    take_locks_out(monkeypatch)

    together(
        lambda: post_event(sandbox, event),
        lambda: post_event(sandbox, {**event, "id": "evt_other"}),
    )

    assert order.events.filter(to_status="in_progress").count() == 2


def test_the_event_and_the_expiry_at_once_agree(sandbox, monkeypatch):
    order, _, event = a_paid_order(sandbox)
    meet_at(monkeypatch, "orders.actions.checkout.move")

    together(
        lambda: post_event(sandbox, event),
        lambda: actions.expire(order_id=order.pk, now=order.expires_at),
    )

    order.refresh_from_db()
    held = payments.actions.balance(AccountKind.ESCROW, order.pk, "usd")
    assert (order.status, held) in {("in_progress", 100_00), ("expired", 0)}


def place(gig, buyer, key):
    return lambda: actions.place(
        gig_id=gig.pk,
        tier="basic",
        buyer=buyer,
        answers=[],
        quoted_total=110_00,
        checkout_key=key,
        now=NOON,
    )


def test_one_checkout_sent_eight_times_at_once_is_one_order(monkeypatch):
    gig, buyer, key = a_gig(), a_user(), uuid4()

    results = together(*[place(gig, buyer, key)] * 8)

    assert {result.pk for result in results} == {Order.objects.get().pk}


def test_without_the_constraint_it_would_be_more(monkeypatch):
    gig, buyer, key = a_gig(), a_user(), uuid4()
    name = "order_is_placed_once_per_checkout"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE orders_order DROP CONSTRAINT {name}")
    meet_at(monkeypatch, "orders.actions.checkout._check_business")
    take_locks_out(monkeypatch)
    try:
        together(*[place(gig, buyer, key)] * 2)

        assert Order.objects.count() == 2
    finally:
        _give_every_order_its_own_key()
        with connection.cursor() as cursor:
            cursor.execute(
                f"ALTER TABLE orders_order ADD CONSTRAINT {name} UNIQUE (buyer_id, checkout_key)"
            )


def _give_every_order_its_own_key():
    for order in Order.objects.all():
        Order.objects.filter(pk=order.pk).update(checkout_key=uuid4())
