"""Many withdrawals at the same moment. Each has a negative control."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError

import payments.actions
from gigstream.core.errors import Refusal, Stale
from gigstream.core.models import PlatformSetting
from payments.models import AccountKind, Paper, Payout
from payments.status import PayoutStatus
from tests.factories import NOON, a_seller_with, a_user, an_order
from tests.races.together import forget_the_condition, meet_at, take_locks_out, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LATER = NOON + timedelta(days=8)


def withdraw(seller, *, key=None):
    return lambda: payments.actions.request_payout(
        user_id=seller.pk, amount=100_00, key=key or uuid4(), now=LATER
    )


def patiently(job):
    """As a client that is answered 503: forty may wait longer than one waits for a lock."""

    def run():
        for _ in range(9):
            with suppress(OperationalError):
                return job()
        return job()

    return run


def limit(**values):
    _version, settings = PlatformSetting.objects.newest()
    policy = settings.model_copy(update=values)
    PlatformSetting.following(0, policy).save()


def won(results):
    return [each for each in results if isinstance(each, Payout)]


def available(seller):
    return payments.actions.balance(AccountKind.SELLER_AVAILABLE, seller.pk, "usd")


def test_forty_withdrawals_of_100_from_1000_are_ten():
    seller = a_seller_with(1000_00)
    limit(payouts_per_day=100)

    results = together(*[patiently(withdraw(seller))] * 40)

    assert len(won(results)) == 10
    assert all(isinstance(each, Payout | Refusal) for each in results)
    assert (available(seller), Payout.objects.count()) == (0, 10)


def test_without_the_lock_the_balance_still_holds_but_the_day_does_not(monkeypatch):
    seller = a_seller_with(1000_00)
    limit(payouts_per_day=1)
    take_locks_out(monkeypatch)
    meet_at(monkeypatch, "payments.actions.payouts._check_day", parties=12)

    results = together(*[patiently(withdraw(seller))] * 12)

    assert len(won(results)) == 10, "the lock is what counts the day"
    assert available(seller) == 1000_00 - 100_00 * len(won(results))


@pytest.mark.breaks_the_books
def test_without_the_condition_more_is_withdrawn_than_there_is(monkeypatch):
    """The planted bug: what is read before is believed, and nothing locks it."""
    seller = a_seller_with(100_00)
    take_locks_out(monkeypatch)
    meet_at(monkeypatch, "payments.actions.payouts._check_day", parties=4)

    forget_the_condition(monkeypatch)

    results = together(*[withdraw(seller)] * 4)

    assert len(won(results)) > 1


def test_one_form_sent_eight_times_at_once_is_one_withdrawal():
    seller = a_seller_with(1000_00)

    results = together(*[withdraw(seller, key=uuid4())] * 8)

    assert {each.pk for each in won(results)} == {Payout.objects.get().pk}
    assert len(won(results)) == 8


def test_cancelling_and_approving_at_once_does_one_of_both():
    seller, finance = a_seller_with(100_00), a_user(is_superuser=True)
    payout = withdraw(seller)()

    results = together(
        lambda: payments.actions.cancel_payout(
            payout_id=payout.pk, actor=seller, now=LATER
        ),
        lambda: payments.actions.approve_payout(
            payout_id=payout.pk, actor=finance, now=LATER
        ),
    )

    payout.refresh_from_db()
    assert sorted(type(each).__name__ for each in results) == ["NoneType", "Stale"]
    is_back = payout.status == PayoutStatus.CANCELED
    assert available(seller) == (100_00 if is_back else 0)


@pytest.mark.breaks_the_books
def test_without_the_lock_nobody_is_told_that_they_came_too_late(monkeypatch):
    seller, finance = a_seller_with(100_00), a_user(is_superuser=True)
    payout = withdraw(seller)()
    take_locks_out(monkeypatch)
    meet_at(monkeypatch, "payments.actions.payouts._move")

    results = together(
        lambda: payments.actions.cancel_payout(
            payout_id=payout.pk, actor=seller, now=LATER
        ),
        lambda: payments.actions.approve_payout(
            payout_id=payout.pk, actor=finance, now=LATER
        ),
    )

    assert Stale not in {type(each) for each in results}


def test_papers_written_at_once_leave_no_gap():
    orders = [an_order(status="in_progress") for _ in range(8)]
    keys = [order.payments.get().pk for order in orders]

    together(
        *[
            lambda key=key: payments.actions.issue_receipt(payment_id=key, now=NOON)
            for key in [*keys, *keys]
        ]
    )

    numbers = Paper.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 9))
