"""Leaving while something else happens. Each has a negative control."""

from uuid import uuid4

import pytest

from accounts.actions import privacy
from accounts.models import DataExport
from gigstream.core.errors import NotAllowed
from orders import actions
from orders.models import Order
from tests.factories import NOON, a_gig, a_user
from tests.races.together import meet_at, take_locks_out, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def leave(user):
    return lambda: privacy.close(user_id=user.pk, keep_texts=True, now=NOON)


def order(gig, buyer):
    return lambda: actions.place(
        gig_id=gig.pk,
        tier="basic",
        buyer=buyer,
        answers=[],
        quoted_total=110_00,
        checkout_key=uuid4(),
        now=NOON,
    )


def ask(user):
    return lambda: privacy.request_export(user_id=user.pk, now=NOON)


def _left_with_an_order(gig):
    gig.seller.refresh_from_db()
    return gig.seller.standing == "closed" and Order.objects.filter(gig=gig).exists()


def test_leaving_while_somebody_orders_does_one_of_both(monkeypatch):
    gig, buyer = a_gig(), a_user()
    meet_at(
        monkeypatch,
        "orders.actions.checkout._check_business",
        "accounts.closing.reasons",
    )

    results = together(leave(gig.seller), order(gig, buyer))

    refused = [type(each) for each in results if isinstance(each, Exception)]
    assert refused == [NotAllowed]
    assert not _left_with_an_order(gig)


def test_without_the_locks_a_seller_leaves_with_an_order(monkeypatch):
    gig, buyer = a_gig(), a_user()
    take_locks_out(monkeypatch)
    # The order has looked at the gig before it is archived; the closing asks before it is placed.
    meet_at(
        monkeypatch, "orders.actions.checkout.quote", "accounts.actions.privacy._scrub"
    )

    together(leave(gig.seller), order(gig, buyer))

    assert _left_with_an_order(gig)


def test_asking_eight_times_at_once_is_one_copy(monkeypatch):
    user = a_user()

    results = together(*[ask(user)] * 8)

    assert {each.pk for each in results} == {DataExport.objects.get().pk}


def test_without_the_lock_some_are_not_answered(monkeypatch):
    user = a_user()
    take_locks_out(monkeypatch)
    # All have seen that no copy is waiting before the first asks for one.
    meet_at(monkeypatch, "django.db.models.query.QuerySet.create", parties=8)

    results = together(*[ask(user)] * 8)

    assert any(isinstance(each, Exception) for each in results)


def test_closing_twice_at_once_is_closing_once():
    user = a_user()

    assert together(*[leave(user)] * 4) == [None] * 4
