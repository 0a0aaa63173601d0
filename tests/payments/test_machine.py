"""Anything, in any order: a short walk in every run, a long one with `make test-money`."""

import os

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from gigstream.core.errors import Refusal
from tests.payments.machine import Money
from tests.payments.planted import PLANTED

pytestmark = pytest.mark.django_db

LONG = int(os.environ.get("MONEY_WALKS", "0"))
"""How many walks of 50 steps; 0 for the short run."""


def walk(examples, steps):
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_short_walk_keeps_the_books_right():
    walk(examples=2, steps=12)


@pytest.mark.skipif(not LONG, reason="make test-money")
def test_a_long_walk_keeps_the_books_right_and_goes_everywhere():
    Money.hits.clear()

    walk(examples=LONG, steps=50)

    print("\n".join(f"{count:6} {name}" for name, count in sorted(Money.hits.items())))
    rare = {name: count for name, count in Money.hits.items() if count < 100}
    assert not rare or LONG < 200, rare


@pytest.mark.skipif(not LONG, reason="make test-money")
@pytest.mark.breaks_the_books
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_found_where_the_right_code_is_not(name, monkeypatch):
    plant, way = PLANTED[name]
    lead(way)

    plant(monkeypatch)

    with pytest.raises((AssertionError, DatabaseError, Refusal)):
        lead(way)


def lead(way):
    money = Money()
    try:
        money.open_the_market(fee=1000, cut=2000)
        way(money)
        money.check_all()
    finally:
        money.teardown()
