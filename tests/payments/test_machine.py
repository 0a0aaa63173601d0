"""Anything, in any order: a short walk in every run, a long one with `make test-money`."""

import os
import time

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from gigstream.core.errors import Refusal
from tests.payments.machine import OUTCOMES, Money
from tests.payments.planted import PLANTED

pytestmark = pytest.mark.django_db

MINUTES = float(os.environ.get("MONEY_MINUTES", "0"))
"""How long the long walk may take; 0 for the short run."""

ENOUGH = 100
"""How often each thing must have happened in the long walk."""

FEW = 3
"""How many of those that are still rare are named on the way."""


def walk(examples, steps, **more):
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
            **more,
        ),
    )


def rare():
    return {name: Money.hits[name] for name in OUTCOMES if Money.hits[name] < ENOUGH}


def test_a_short_walk_keeps_the_books_right():
    walk(examples=2, steps=12)


@pytest.mark.skipif(not MINUTES, reason="make test-money")
def test_a_long_walk_keeps_the_books_right_and_goes_everywhere():
    """Until everything has happened often enough, or the time is over, which is a failure."""
    Money.hits.clear()
    began, walks = time.monotonic(), 0
    while rare() and time.monotonic() - began < MINUTES * 60:
        # As it was found is better than an hour of making it smaller.
        walk(examples=4, steps=80, phases=[Phase.generate])
        walks += 4
        left = [f"{name} ({count})" for name, count in rare().items()]
        print(f"{walks} walks, {len(left)} outcomes to go:", *left[:FEW], flush=True)

    print("\n".join(f"{count:6} {name}" for name, count in sorted(Money.hits.items())))
    print(f"{walks} walks, {sum(Money.hits.values())} steps")
    assert not rare()


@pytest.mark.skipif(not MINUTES, reason="make test-money")
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
