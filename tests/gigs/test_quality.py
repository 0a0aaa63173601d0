"""The formula of `gigs/quality.py`, and what a seller sees of it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from gigs import tasks
from gigs.models import QUALITY_OF_THE_UNKNOWN, Gig, Listing, Tag
from gigs.quality import Facts, parts, quality
from gigstream.core import clock
from tests.factories import NOON, a_gig, a_picture, a_user

NEW = Facts(
    rating=Decimal(0),
    review_count=0,
    completed_orders=0,
    published_at=NOON,
    pictures=0,
    tags=0,
    letters=0,
    packages=0,
    is_verified=False,
)
PERFECT = Facts(
    rating=Decimal(5),
    review_count=10_000,
    completed_orders=10_000,
    published_at=NOON,
    pictures=8,
    tags=9,
    letters=6000,
    packages=3,
    is_verified=True,
)


def points(facts, now=NOON):
    return {name: part.points for name, part in parts(facts, now=now).items()}


def test_the_parts_sum_to_a_thousand():
    assert points(PERFECT) == {
        "reviews": 400,
        "orders": 250,
        "freshness": 150,
        "completeness": 150,
        "verified": 50,
    }
    assert quality(PERFECT, now=NOON) == 1000


def test_a_gig_that_nobody_knows_starts_in_the_middle():
    assert points(NEW) == {
        "reviews": 240,
        "orders": 0,
        "freshness": 150,
        "completeness": 0,
        "verified": 0,
    }


def test_one_friend_weighs_less_than_many_customers():
    friend = replace(NEW, rating=Decimal(5), review_count=1)
    many = replace(NEW, rating=Decimal("4.8"), review_count=100)
    angry = replace(NEW, rating=Decimal(1), review_count=100)

    assert points(NEW)["reviews"] < points(friend)["reviews"] < points(many)["reviews"]
    assert points(angry)["reviews"] == 0


def test_orders_count_less_and_less():
    ten, twenty = (points(replace(NEW, completed_orders=n))["orders"] for n in (10, 20))

    assert 0 < twenty - ten < ten


def test_freshness_halves_in_sixty_days():
    assert points(NEW, NOON + timedelta(days=60))["freshness"] == 75
    assert points(NEW, NOON - timedelta(days=1))["freshness"] == 150


@pytest.mark.django_db
def test_a_job_judges_new_and_changed_gigs_once():
    gig = a_gig()
    assert gig.listing.quality == QUALITY_OF_THE_UNKNOWN

    assert (tasks.look_over.func(), tasks.look_over.func()) == (1, 0)

    before = Listing.objects.get().quality
    assert before != QUALITY_OF_THE_UNKNOWN
    Gig.objects.filter(pk=gig.pk).update(completed_orders=50)
    assert tasks.look_over.func() == 1
    assert Listing.objects.get().quality > before


@pytest.mark.django_db
def test_all_gigs_grow_older(monkeypatch):
    a_gig(published_at=clock.now())
    tasks.look_over.func()
    before, later = Listing.objects.get().quality, clock.now() + timedelta(days=60)

    monkeypatch.setattr(clock, "now", lambda: later)

    assert tasks.judge_all.func() == 1
    assert Listing.objects.get().quality == before - 75


@pytest.mark.django_db
def test_a_seller_sees_why_a_gig_stands_where_it_stands(as_user):
    gig = a_gig()
    a_picture(gig=gig)
    gig.tags.add(Tag.objects.create(name="logo"))
    address = f"/sell/gigs/{gig.slug}/ranking/"

    page = as_user(gig.seller).get(address)

    assert "of 1,000 points" in page.text
    assert "Show at least three pictures." in page.text
    assert "Offer all three packages." not in page.text
    assert as_user(a_user()).get(address).status_code == 404
