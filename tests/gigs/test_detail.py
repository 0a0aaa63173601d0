import json
import re

import pytest

from gigs.models import Tag
from gigs.status import GigStatus
from gigstream.core import clock
from gigstream.core.models import PlatformSetting
from tests.factories import NOON, a_gig, a_picture, a_question, a_seller, a_user

pytestmark = pytest.mark.django_db

JSON_LD = re.compile(
    r'<script type="application/ld\+json" nonce="[^"]+">(.*?)</script>'
)


def test_the_page_shows_what_is_offered_and_what_it_costs_in_the_end(client):
    gig = a_gig(title="I will draw a mark", seller=a_seller(full_name="Maya Lindqvist"))
    a_question(gig=gig, question="Which colours?")

    with clock.frozen(NOON):
        page = client.get(gig.get_absolute_url()).text

    assert page.count("<h1") == 1
    for words in (
        "I will draw a mark",
        "Maya Lindqvist",
        "Mark only",
        "Delivery by <b>Fri 6 Mar</b> (4 days)",
        "$10.00",
        "$110.00",
        "Which colours?",
        "Nobody has reviewed this gig yet.",
    ):
        assert words in page


def test_the_service_fee_is_the_one_in_force(client):
    PlatformSetting.objects.create(version=1, values={"service_fee_bps": 550})

    page = client.get(a_gig(packages=("basic",)).get_absolute_url()).text

    assert "$105.50" in page


def test_continue_leads_to_the_checkout_with_the_chosen_package(client):
    gig = a_gig(packages=("basic", "premium"))

    page = client.get(gig.get_absolute_url()).text

    assert f'action="/checkout/{gig.slug}/"' in page
    assert re.findall(r'name="package" value="(\w+)"', page) == ["basic", "premium"]


def test_thumbnails_are_links_to_the_large_pictures(client):
    gig = a_gig()
    first, second = a_picture(gig=gig, position=0), a_picture(gig=gig, position=1)

    page = client.get(gig.get_absolute_url()).text

    assert re.findall(r'href="([^"]+)" data-thumb', page) == [first.large, second.large]


def test_search_engines_read_the_facts_and_no_markup(client):
    gig = a_gig(description="</script><script>alert(1)</script>", packages=("basic",))

    page = client.get(gig.get_absolute_url()).text

    facts = json.loads(JSON_LD.search(page)[1])
    assert facts["description"] == gig.description
    assert facts["offers"][0]["price"] == "100.00"
    assert "aggregateRating" not in facts
    assert "<script>alert" not in page


@pytest.mark.parametrize("status", [GigStatus.PAUSED, GigStatus.ARCHIVED])
def test_a_gig_that_left_the_shelf_says_so(client, status):
    gig = a_gig(status=status, title="A secret title")

    response = client.get(gig.get_absolute_url())

    assert response.status_code == 404
    assert "This gig is not on offer right now" in response.text
    assert gig.category.get_absolute_url() in response.text
    assert "A secret title" not in response.text


@pytest.mark.parametrize("status", [GigStatus.DRAFT, GigStatus.REJECTED])
def test_a_gig_that_never_was_on_offer_is_not_found(client, status):
    gig = a_gig(status=status, published_at=None)

    response = client.get(gig.get_absolute_url())

    assert response.status_code == 404
    assert "We cannot find that page" in response.text


@pytest.mark.parametrize("status", [GigStatus.PAUSED, GigStatus.DRAFT])
def test_the_seller_sees_an_own_gig_with_a_notice_and_cannot_buy_it(as_user, status):
    gig = a_gig(status=status)

    page = as_user(gig.seller).get(gig.get_absolute_url()).text

    assert "nobody but you can see this gig" in page.lower()
    assert "Continue" not in page
    assert f'href="/sell/gigs/{gig.slug}/edit/"' in page


def test_nobody_sees_an_address_that_is_private(client):
    gig = a_gig(seller=a_seller(email="private@example.com"))

    page = client.get(gig.get_absolute_url()).text

    assert "private@example.com" not in page


@pytest.mark.parametrize("count", [1, 3, 24])
@pytest.mark.parametrize(("visitor", "queries"), [("stranger", 7), ("person", 14)])
def test_the_gig_page_asks_the_same_number_of_questions(
    client, as_user, django_assert_num_queries, count, visitor, queries
):
    gig = a_gig()
    for number in range(count):
        a_picture(gig=gig, position=number)
        a_question(gig=gig)
        gig.tags.add(Tag.objects.create(name=f"tag {number}"))
    browser = client if visitor == "stranger" else as_user(a_user())

    with django_assert_num_queries(queries):
        browser.get(gig.get_absolute_url())


def test_more_of_the_category_comes_when_it_is_asked_for(client):
    gig = a_gig()
    other = a_gig(category=gig.category, title="I will draw another one")
    a_gig(title="I will do something else")
    a_gig(category=gig.category, status="paused", title="I will rest")
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}

    page = client.get(gig.get_absolute_url()).content.decode()
    answer = client.get(f"/gigs/{gig.slug}/more/", **htmx)

    assert f'hx-get="/gigs/{gig.slug}/more/"' in page
    assert list(answer.context["gigs"]) == [other]
    assert (
        answer.content.decode()
        .lstrip()
        .startswith('<section class="mt-16" id="gigs-more"')
    )


def test_without_htmx_more_is_the_category(client):
    gig = a_gig()

    assert client.get(f"/gigs/{gig.slug}/more/").url == gig.category.get_absolute_url()


@pytest.mark.parametrize("rows", [1, 3])
def test_more_asks_the_database_as_often_whatever_there_is(
    client, django_assert_num_queries, rows
):
    gig = a_gig()
    for _ in range(rows):
        a_gig(category=gig.category)
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}

    with django_assert_num_queries(3):
        client.get(f"/gigs/{gig.slug}/more/", **htmx)
