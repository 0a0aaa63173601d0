import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError

from gigs.models import Gig, GigImage, Tag
from gigs.status import MOVES, GigStatus
from tests.factories import (
    a_category,
    a_gig,
    a_package,
    a_picture,
    a_question,
    a_user,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda: a_gig(status="sold"), "gig_status_is_known"),
        (lambda: a_gig(packages=()), "gig_on_offer_has_a_price_and_a_date"),
        (lambda: a_gig(published_at=None), "gig_on_offer_has_a_price_and_a_date"),
        (lambda: a_gig(rating="5.01"), "gig_rating_is_between_one_and_five"),
        (
            lambda: a_package(
                gig=a_gig(packages=("basic",)), tier="premium", price=4_99
            ),
            "package_price_is_sensible",
        ),
    ],
)
def test_the_database_keeps_the_rules_of_gigs(make, rule):
    with pytest.raises(IntegrityError, match=rule):
        make()


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"tier": "gold"}, "package_tier_is_known"),
        ({"price": 4_99}, "package_price_is_sensible"),
        ({"price": 1_000_000_01}, "package_price_is_sensible"),
        ({"delivery_days": 0}, "package_delivery_takes_a_day_to_a_year"),
        ({"delivery_days": 366}, "package_delivery_takes_a_day_to_a_year"),
        ({"revisions": 51}, "package_revisions_are_at_most_fifty"),
    ],
)
def test_the_database_keeps_the_rules_of_packages(fields, rule):
    gig = a_gig(packages=("standard",))

    with pytest.raises(IntegrityError, match=rule):
        a_package(gig=gig, **fields)


def test_a_tier_is_there_once():
    gig = a_gig(packages=("basic",))

    with pytest.raises(IntegrityError):
        a_package(gig=gig, tier="basic")


def test_a_picture_has_a_size():
    with pytest.raises(IntegrityError, match="gig_image_has_a_size"):
        a_picture(gig=a_gig(), width=0)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"kind": "dance"}, "requirement_kind_is_known"),
        ({"kind": "choice", "options": []}, "requirement_choice_has_options"),
    ],
)
def test_a_question_can_be_answered(fields, rule):
    with pytest.raises(IntegrityError, match=rule):
        a_question(gig=a_gig(), **fields)


def test_a_category_does_not_stand_on_itself():
    category = a_category()
    category.parent = category

    with pytest.raises(IntegrityError, match="category_is_not_its_own_parent"):
        category.save()


def test_a_tag_is_there_once():
    Tag.objects.create(name="logo")

    with pytest.raises(IntegrityError):
        Tag.objects.create(name="logo")


@pytest.mark.parametrize("status", GigStatus)
def test_strangers_see_what_is_on_offer_and_sellers_their_own(status):
    gig = a_gig(status=status)

    sees_it = {
        "stranger": Gig.objects.visible_to(AnonymousUser()).exists(),
        "person": Gig.objects.visible_to(a_user()).exists(),
        "seller": Gig.objects.visible_to(gig.seller).exists(),
    }

    on_offer = status == GigStatus.ACTIVE
    assert sees_it == {"stranger": on_offer, "person": on_offer, "seller": True}


def test_every_state_has_its_moves_and_archived_leads_to_a_draft():
    assert set(MOVES) == set(GigStatus)
    assert MOVES[GigStatus.ARCHIVED] == {GigStatus.DRAFT}


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((1200, 800), (1200, 800)),
        ((3840, 2160), (1920, 1080)),
        ((1000, 4000), (270, 1080)),
    ],
)
def test_the_large_rendition_is_never_enlarged(size, shown):
    assert GigImage(width=size[0], height=size[1]).large_size == shown
