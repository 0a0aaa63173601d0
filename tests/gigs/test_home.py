from datetime import timedelta

import pytest

from gigs.models import Tag
from gigs.status import GigStatus
from tests.factories import NOON, a_category, a_gig, a_picture, a_user

pytestmark = pytest.mark.django_db


def test_a_visitor_learns_what_the_site_is(client):
    page = client.get("/").text

    assert page.count("<h1") == 1
    assert "Hire a freelancer at a fixed price with a delivery date." in page
    assert "we hold the payment while the seller works" in page
    assert page.count('name="q"') == 1


def test_categories_come_with_the_number_of_gigs_on_offer(client):
    category = a_category(name="Branding")
    a_gig(category=category)
    a_gig(category=a_category(parent=category))
    a_gig(category=category, status=GigStatus.DRAFT, published_at=None)

    shelves = client.get("/").context["shelves"]

    assert [(s.category.name, s.count_text) for s in shelves] == [("Branding", "2")]


def test_counting_a_category_stops_at_a_thousand(client, monkeypatch):
    monkeypatch.setattr("gigs.queries.COUNT_LIMIT", 2)
    monkeypatch.setattr("gigs.paging.COUNT_LIMIT", 2)
    category = a_category()
    for _ in range(4):
        a_gig(category=category)

    (shelf,) = client.get("/").context["shelves"]

    assert shelf.count_text == "2+"


def test_popular_words_are_those_of_gigs_on_offer(client):
    logo, django, secret = [
        Tag.objects.create(name=n) for n in ("logo", "django", "x y")
    ]
    for _ in range(2):
        a_gig().tags.add(logo)
    a_gig().tags.add(django)
    a_gig(status=GigStatus.DRAFT, published_at=None).tags.add(secret)

    assert client.get("/").context["tags"] == ["logo", "django"]


def test_the_eight_newest_gigs_are_shown(client):
    for age in range(9):
        a_gig(title=f"Gig {age}", published_at=NOON - timedelta(hours=age))

    gigs = client.get("/").context["gigs"]

    assert [gig.title for gig in gigs] == [f"Gig {age}" for age in range(8)]


def test_a_person_without_gigs_is_led_to_selling(as_user):
    assert 'href="/sell/start/"' in as_user(a_user()).get("/").text


@pytest.mark.parametrize("count", [1, 3, 24])
@pytest.mark.parametrize(("visitor", "queries"), [("stranger", 4), ("person", 8)])
def test_home_asks_the_same_number_of_questions(
    client, as_user, django_assert_num_queries, count, visitor, queries
):
    for _ in range(count):
        a_picture(gig=a_gig())
    browser = client if visitor == "stranger" else as_user(a_user())

    with django_assert_num_queries(queries):
        browser.get("/")
