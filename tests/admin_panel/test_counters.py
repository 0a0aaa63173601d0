"""Counters: each one that is wrong is found, kept for the health page, and counted anew."""

import pytest

from admin_panel import counters, tasks
from admin_panel.figures import DailyFigure, today
from gigs.models import Gig, Listing
from gigstream.core import checks, clock
from gigstream.core.models import AuditEntry, Check
from messaging.models import Conversation
from tests.factories import NOON, a_conversation, a_message, a_review, a_user

pytestmark = [pytest.mark.django_db, pytest.mark.breaks_the_books]


def spoil_ratings(gig, _talk):
    Gig.objects.filter(pk=gig.pk).update(review_count=9)


def spoil_completions(gig, _talk):
    Gig.objects.filter(pk=gig.pk).update(completed_orders=5)


def spoil_prices(gig, _talk):
    Gig.objects.filter(pk=gig.pk).update(starting_price=1)


def spoil_listings(gig, _talk):
    Listing.objects.filter(gig=gig).update(price=1)


def spoil_unread(_gig, talk):
    talk.participants.update(unread_count=7)


def spoil_ends(_gig, talk):
    Conversation.objects.filter(pk=talk.pk).update(last_message_at=None)


def spoil_figures(_gig, _talk):
    day = today(clock.now())
    DailyFigure.objects.create(day=day, metric="joined", amount=99)


SPOILT = {
    name: globals()[f"spoil_{name}"]
    for name in (
        *("ratings", "completions", "prices", "listings", "unread", "ends"),
        "figures",
    )
}


@pytest.fixture
def market():
    gig = a_review().order.gig
    talk = a_conversation(a_user(), a_user())
    a_message(talk, talk.first)
    return gig, talk


def wrong():
    return {name for name, _label, check in counters.latest() if check and check.found}


def check_all():
    tasks.keep_figures.func()
    tasks.check_counters.func()


def test_each_counter_can_be_spoilt_here():
    assert set(SPOILT) == set(counters.COUNTERS)


@pytest.mark.parametrize("name", SPOILT)
def test_a_wrong_counter_is_found_and_counted_anew(market, name):
    check_all()
    assert wrong() == set()
    assert not counters.are_wrong()
    DailyFigure.objects.all().delete() if name == "figures" else None
    SPOILT[name](*market)

    tasks.check_counter.func(name=name)
    assert wrong() == {name}
    assert counters.are_wrong()
    actor = a_user()
    for _ in range(2):
        tasks.count_anew.func(name=name, actor_id=str(actor.pk))

    assert wrong() == set()
    first, again = AuditEntry.objects.order_by("id")
    assert (first.actor, first.target) == (actor, f"core.counter:{name}")
    assert first.after["mended"] >= 1
    assert again.after == {"mended": 0}


def test_the_job_only_looks_and_says_so_in_the_log(market, caplog):
    spoil_completions(*market)

    tasks.check_counters.func()

    assert "The counter completions is wrong in 1 rows or more" in caplog.text
    tasks.check_counter.func(name="completions")
    assert "completions" in wrong()


def test_what_is_found_is_kept_no_further_than_it_is_read():
    check = checks.keep("counter:x", lambda: iter(range(10_000)), now=NOON)

    assert len(check.found) == checks.MOST
    assert Check.objects.get().at == NOON
