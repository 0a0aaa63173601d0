import gzip
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from admin_panel.demo.gigs import make_gig, plans
from gigs.actions import MOST_PICTURES
from gigs.models import Gig, GigExtra, GigFaq, Tag
from gigs.similar import similar
from gigs.status import GigStatus
from gigstream.core import clock
from gigstream.core.models import PlatformSetting
from gigstream.services.cloudinary import Picture
from orders.status import OrderStatus
from tests.factories import (
    NOON,
    a_category,
    a_gig,
    a_picture,
    a_question,
    a_seller,
    a_user,
    an_order,
)

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
        'Delivery by <b data-due-of="basic">Fri 6 Mar</b>',
        "4 days",
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


def test_without_javascript_thumbnails_lead_to_pictures_and_pictures_to_large_ones(
    client,
):
    gig = a_gig()
    first, second = a_picture(gig=gig, position=0), a_picture(gig=gig, position=1)

    page = client.get(gig.get_absolute_url()).text

    thumbs = re.findall(r'href="#([^"]+)" data-thumb', page)
    assert thumbs == re.findall(r'<li id="(picture-\d)">', page)
    assert re.findall(r'href="([^"]+)" data-zoom', page) == [first.large, second.large]
    assert re.findall(r">(\d / \d)<", page) == ["1 / 2", "2 / 2"]


def test_only_the_first_picture_is_loaded_at_once_and_all_have_their_size(client):
    gig = a_gig()
    for position in range(3):
        a_picture(gig=gig, position=position, tint=0x0F3D4C)

    page = client.get(gig.get_absolute_url()).text

    pictures = re.findall(r'<img src="/sandbox[^>]+>', page)
    assert [("lazy" in each) for each in pictures] == [False] + [True] * 5
    assert all('width="' in each and 'height="' in each for each in pictures)
    assert page.count('<svg class="tint" color="#0f3d4c"') == 6


def test_extras_go_to_the_checkout_with_the_package(client):
    gig = a_gig(packages=("basic",))
    extra = GigExtra.objects.create(gig=gig, kind="faster", days=-1, price=30_00)

    page = client.get(gig.get_absolute_url()).text

    assert f'name="extra" value="{extra.pk}" data-price="3000" data-days="-1"' in page
    assert "Delivery 1 day sooner" in page
    assert "+ $30" in page


def test_questions_of_other_buyers_are_answered(client):
    gig = a_gig()
    GigFaq.objects.create(gig=gig, question="Which files?", answer="SVG <and> PDF.")

    page = client.get(gig.get_absolute_url()).text

    assert "Which files?" in page
    assert "SVG &lt;and&gt; PDF." in page


def test_the_seller_is_shown_with_place_time_and_languages(client):
    seller = a_seller(
        full_name="Maya Lindqvist",
        location="Lisbon",
        time_zone="Europe/Lisbon",
        spoken_languages=["en", "pt"],
    )

    with clock.frozen(NOON.replace(month=7)):
        page = client.get(a_gig(seller=seller).get_absolute_url()).text

    for words in ("Lisbon", "13:00", "English, Portuguese", "March 2026", "Contact"):
        assert words in page


@pytest.mark.parametrize(("minutes", "is_here"), [(4, True), (6, False)])
def test_a_seller_who_was_here_a_moment_ago_is_online(client, minutes, is_here):
    gig = a_gig(seller=a_seller(last_seen_at=NOON))

    with clock.frozen(NOON + timedelta(minutes=minutes)):
        page = client.get(gig.get_absolute_url()).text

    assert (">Online</span>" in page) is is_here


def test_orders_at_work_are_told(client):
    gig = a_gig()
    an_order(gig=gig, status=OrderStatus.IN_PROGRESS)
    an_order(gig=gig, status=OrderStatus.COMPLETED)

    page = client.get(gig.get_absolute_url()).text

    assert '<b class="num text-base-content">1</b> order in queue' in page


def test_somebody_away_cannot_be_ordered_from_and_says_until_when(client):
    seller = a_seller(
        vacation_from=NOON.date(), vacation_until=NOON.date() + timedelta(days=9)
    )
    gig = a_gig(seller=seller)

    with clock.frozen(NOON):
        page = client.get(gig.get_absolute_url()).text

    assert "Back on 11 March" in page
    assert "Continue" not in page
    assert json.loads(JSON_LD.search(page)[1])["@graph"][0]["offers"][0][
        "availability"
    ].endswith("OutOfStock")


def test_search_engines_read_the_facts_and_no_markup(client):
    gig = a_gig(description="</script><script>alert(1)</script>", packages=("basic",))

    page = client.get(gig.get_absolute_url()).text

    facts, crumbs = json.loads(JSON_LD.search(page)[1])["@graph"]
    assert crumbs["itemListElement"][-1]["name"] == gig.category.name
    assert facts["description"] == gig.description
    assert facts["offers"][0]["price"] == "100.00"
    assert "aggregateRating" not in facts
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (GigStatus.PAUSED, 404, "This gig is not on offer right now"),
        (GigStatus.ARCHIVED, 410, "This gig is gone"),
    ],
)
def test_a_gig_that_left_the_shelf_says_so_and_suggests_others(
    client, status, code, words
):
    gig = a_gig(status=status, title="A secret title")
    other = a_gig(category=gig.category, title="I will draw another one")

    response = client.get(gig.get_absolute_url())

    assert response.status_code == code
    assert words in response.text
    assert other.get_absolute_url() in response.text
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
@pytest.mark.parametrize(("visitor", "queries"), [("stranger", 9), ("person", 16)])
def test_the_gig_page_asks_the_same_number_of_questions(
    client, as_user, django_assert_num_queries, count, visitor, queries
):
    gig = a_gig()
    for number in range(count):
        a_picture(gig=gig, position=number)
        a_question(gig=gig)
        GigFaq.objects.create(gig=gig, question="Which?", answer="All.")
        GigExtra.objects.create(gig=gig, title="More", price=10_00)
        gig.tags.add(Tag.objects.create(name=f"tag {number}"))
    browser = client if visitor == "stranger" else as_user(a_user())

    with django_assert_num_queries(queries):
        browser.get(gig.get_absolute_url())


def a_full_gig():
    """A gig of the demo with all that a page can show, and as many pictures as it may have."""
    seller = a_seller(
        full_name="Maya Lindqvist",
        headline="Logos that survive a photocopier",
        bio="I drew my first mark for my uncle's boat yard in 2009. " * 4,
        location="Lisbon",
        time_zone="Europe/Lisbon",
        spoken_languages=["en", "pt"],
        last_seen_at=clock.now(),
        seller_verified_at=NOON,
    )
    pictures = [
        Picture(
            public_id=f"gigs/{uuid4().hex}",
            version=1_772_000_000 + number,
            width=1200,
            height=800,
            format="webp",
            bytes=120_000,
            tint=f"#0f3d{number:02x}",
        )
        for number in range(MOST_PICTURES)
    ]
    gig = make_gig(plans(1)[0], seller, a_category(), pictures, now=NOON)
    Gig.objects.filter(pk=gig.pk).update(rating=4.8, review_count=129)
    return gig


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("visitor", ["stranger", "person"])
def test_the_fullest_page_is_ten_kilobytes_on_the_wire(
    client, as_user, visitor, language
):
    gig = a_full_gig()
    browser = client if visitor == "stranger" else as_user(a_user(language=language))

    page = browser.get(gig.get_absolute_url(), headers={"accept-language": language})

    assert page.text.count("data-thumb") == MOST_PICTURES
    assert len(gzip.compress(page.content, compresslevel=6)) <= 10_000


HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}


def test_more_of_the_seller_and_similar_ones_come_when_somebody_gets_there(client):
    gig = a_gig()
    own = a_gig(seller=gig.seller, category=gig.category)
    a_gig(seller=gig.seller, status="paused")
    alike = a_gig(category=gig.category)
    a_gig(category=gig.category, status="paused")

    page = client.get(gig.get_absolute_url()).text
    answer = client.get(f"/gigs/{gig.slug}/more/", **HTMX)

    assert f'hx-get="/gigs/{gig.slug}/more/"' in page
    assert list(answer.context["of_seller"]) == [own]
    assert answer.context["alike"] == [alike]
    assert answer.text.split("-->")[-1].lstrip().startswith("<div")
    assert 'id="gigs-more"' in answer.text


def test_gigs_with_the_same_tags_are_the_most_similar(client):
    gig = a_gig()
    tags = [Tag.objects.create(name=name) for name in ("logo", "geometric")]
    gig.tags.set(tags)
    elsewhere, near, nearer = a_gig(), a_gig(category=gig.category), a_gig()
    Gig.objects.filter(pk=nearer.pk).update(category=gig.category)
    nearer.tags.set(tags)

    assert similar(gig) == [nearer, near, elsewhere]


def test_what_was_found_similar_is_remembered_but_never_shown_once_it_is_gone():
    gig, other = a_gig(), a_gig()
    first = similar(gig)

    Gig.objects.filter(pk=other.pk).update(status="paused")

    assert (first, similar(gig)) == ([other], [])


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
    with django_assert_num_queries(7):
        client.get(f"/gigs/{gig.slug}/more/", **HTMX)
