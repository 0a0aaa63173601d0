"""The business clock of a demo: forward only, shared by all processes, and what comes due."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from admin_panel import business_clock, figures
from gigstream.core import clock
from gigstream.core.models import AuditEntry
from orders.status import OrderStatus
from tests.factories import NOON, a_finance, a_user, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def movable(tmp_path):
    """A clock as a demo has it, kept in a file."""
    file = tmp_path / "clock"
    clock.follow(file)
    yield file
    clock.follow(None)


@pytest.fixture
def operator(as_user):
    return as_user(a_user(is_staff=True, is_superuser=True))


def ahead():
    return clock.now() - datetime.now(UTC)


def test_time_moves_for_everybody_and_stays_moved(operator, movable):
    operator.post("/admin/clock/move/", {"step": "1d"})
    operator.post("/admin/clock/move/", {"step": "1h"})

    assert timedelta(hours=24, minutes=59) < ahead() <= timedelta(hours=25)
    elsewhere = (
        "from pathlib import Path; from gigstream.core import clock;"
        f"clock.follow(Path({str(movable)!r})); print(clock.shift())"
    )
    told = subprocess.check_output([sys.executable, "-c", elsewhere], text=True)
    assert told.strip() == "1 day, 1:00:00"
    assert [entry.after for entry in AuditEntry.objects.order_by("id")] == [
        {"seconds": 86400},
        {"seconds": 90000},
    ]


@pytest.mark.parametrize("step", ["-1d", "", "30d"])
def test_it_goes_forward_by_known_steps_only(operator, movable, step):
    page = operator.post("/admin/clock/move/", {"step": step}, follow=True)

    assert "Time goes forward" in page.content.decode()
    assert clock.shift() == timedelta()
    with pytest.raises(ValueError, match="forward only"):
        clock.advance(timedelta(hours=-1))


def test_where_there_is_no_sandbox_time_is_what_it_is(operator):
    page = operator.get("/admin/clock/").content.decode()
    refused = operator.post("/admin/clock/move/", {"step": "1d"}, follow=True)

    assert "clock/move" not in page
    assert "only a demo can move it" in refused.content.decode()
    assert not AuditEntry.objects.exists()


def test_production_without_the_sandbox_has_no_file_for_it():
    from gigstream.settings import base

    assert base.CLOCK_FILE is None


def test_who_only_looks_moves_nothing(as_user, movable):
    finance = as_user(a_finance())

    assert finance.get("/admin/clock/").status_code == 200
    assert finance.post("/admin/clock/move/", {"step": "1d"}).status_code == 403


def test_what_comes_due_is_told_day_by_day():
    an_order(status=OrderStatus.DELIVERED)  # accepted by itself three days after NOON
    an_order(status=OrderStatus.PENDING)

    days = dict(business_clock.coming(NOON))

    told = {
        (day - figures.today(NOON)).days: {each.label: each.count for each in entries}
        for day, entries in days.items()
    }
    assert told == {
        0: {"Unpaid orders expired": 1},
        2: {"Reminders to accept": 1},
        3: {"Orders accepted by themselves": 1},
    }


def test_the_page_asks_the_same_whatever_is_due(operator, django_assert_num_queries):
    for _ in range(3):
        an_order(status=OrderStatus.DELIVERED)

    with clock.frozen(NOON), django_assert_num_queries(11):
        operator.get("/admin/clock/")
