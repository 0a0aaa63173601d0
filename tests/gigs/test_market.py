import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gigs.market import SORTS, Wish
from gigs.models import Gig, Tag
from gigs.status import GigStatus
from gigstream.core import clock, site
from gigstream.core.models import PlatformSetting
from tests.factories import NOON, a_category, a_gig, a_picture, a_seller, a_user

pytestmark = pytest.mark.django_db


def titles(response):
    return re.findall(r'class="gig-link" href="[^"]*">([^<]*)</a>', response.text)


def shelf_of(*titles, **fields):
    """Gigs on offer, the first the newest."""
    return [
        a_gig(title=title, published_at=NOON - timedelta(hours=age), **fields)
        for age, title in enumerate(titles)
    ]


def test_the_newest_come_first(client):
    shelf_of("New", "Older", "Oldest")

    response = client.get("/gigs/?sort=newest")

    assert titles(response) == ["New", "Older", "Oldest"]
    assert '<span class="num">3</span> services' in response.text


def test_only_what_is_on_offer_is_shown_even_to_its_seller(as_user):
    draft = a_gig(title="Draft", status=GigStatus.DRAFT, published_at=None)
    a_gig(title="Paused", seller=draft.seller, status=GigStatus.PAUSED)

    assert titles(as_user(draft.seller).get("/gigs/")) == []


def test_prices_sort_both_ways(client):
    a_gig(title="Dear", starting_price=900_00)
    a_gig(title="Cheap", starting_price=5_00)

    assert titles(client.get("/gigs/?sort=price")) == ["Cheap", "Dear"]
    assert titles(client.get("/gigs/?sort=price-high")) == ["Dear", "Cheap"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("min=100", ["B", "C"]),
        ("max=100", ["A", "B"]),
        ("min=60&max=150.50", ["B"]),
        ("min=150&max=60", ["B"]),
        ("min=$60&max=1,000", ["B", "C"]),
        ("min=-5&max=nonsense", ["A", "B", "C"]),
        ("min=NaN&max=Infinity", ["A", "B", "C"]),
        ("min=1e999999999", []),
        ("max=" + "9" * 400, ["A", "B", "C"]),
    ],
)
def test_a_budget_limits_the_starting_price(client, query, found):
    for title, price in (("A", 50_00), ("B", 100_00), ("C", 200_00)):
        a_gig(title=title, starting_price=price)

    assert sorted(titles(client.get(f"/gigs/?{query}"))) == found


def test_a_budget_is_read_as_people_write_it(client):
    for title, price in (("A", 12_50), ("B", 100_00), ("C", 1200_00)):
        a_gig(title=title, starting_price=price)
    german = {"Accept-Language": "de"}

    for budget in ("min=12,60&max=1.000", "min=12.60&max=999,99"):
        assert titles(client.get(f"/gigs/?{budget}", headers=german)) == ["B"]


def test_a_budget_is_in_the_currency_of_the_marketplace(client):
    PlatformSetting.objects.create(version=1, values={"currency": "jpy"})
    site.forget()
    for title, price in (("A", 500), ("B", 5000), ("C", 50_000)):
        a_gig(title=title, starting_price=price, currency="jpy")

    page = client.get("/gigs/?min=¥1,000&max=9000")

    assert titles(page) == ["B"]
    assert "From ¥1,000" in page.text
    assert 'placeholder="¥500" value="1000"' in page.text
    assert page.context["canonical"] == "/gigs/?min=1000&max=9000"


@pytest.mark.parametrize("order", SORTS)
def test_gigs_that_are_alike_have_an_order_too_so_that_pages_lose_none(order):
    for _ in range(6):
        a_gig(starting_price=50_00, published_at=NOON)
    found, _count = Wish(sort=order).cut(0, 6)

    numbers = [each.number for each in found]

    assert numbers == sorted(numbers, reverse=order != "price")


def test_a_search_looks_in_titles_and_tags(client):
    by_title, by_tag, _neither = shelf_of("Bakery LOGO", "A mark", "A website")
    by_tag.tags.add(Tag.objects.create(name="logo design"))

    assert titles(client.get("/gigs/?q=logo")) == [by_title.title, by_tag.title]
    assert titles(client.get("/gigs/?q=logo+bakery")) == [by_title.title]


def test_a_category_includes_those_below_it(client):
    parent = a_category(name="Design", slug="design")
    a_gig(title="Child", category=a_category(parent=parent))
    a_gig(title="Other")

    for address in ("/categories/design/", "/gigs/?category=design"):
        assert titles(client.get(address)) == ["Child"]


def test_a_category_below_another_leads_back_to_it(client):
    design = a_category(name="Design", slug="design")
    a_category(name="Letters", slug="letters", parent=design)

    page = client.get("/categories/letters/").text

    assert '<li><a href="/categories/design/">Design</a></li>' in page
    facts = json.loads(re.search(r'"application/ld\+json"[^>]*>(.*?)<', page)[1])
    steps = facts["itemListElement"]
    assert [step["name"] for step in steps] == ["All services", "Design", "Letters"]
    assert '<meta name="description" content="Letters: freelancers' in page
    assert "ld+json" not in client.get("/categories/letters/?max=20").text


def test_an_unknown_category_is_not_found_as_a_page_and_ignored_as_a_filter(client):
    a_gig(title="Any")

    assert client.get("/categories/nowhere/").status_code == 404
    assert titles(client.get("/gigs/?category=nowhere")) == ["Any"]


@pytest.mark.parametrize(
    ("page", "number", "count"),
    [
        ("1", 1, 24),
        ("2", 2, 6),
        ("99", 2, 6),
        ("0", 1, 24),
        ("-1", 1, 24),
        ("two", 1, 24),
        ("9" * 5000, 2, 6),
        ("٢", 1, 24),
    ],
)
def test_a_page_that_is_not_there_is_the_nearest_one(client, page, number, count):
    shelf_of(*[f"Gig {n}" for n in range(30)])

    response = client.get("/gigs/", {"page": page})

    assert (response.context["page"].number, len(titles(response))) == (number, count)


def test_counting_stops_at_a_thousand(client, monkeypatch):
    monkeypatch.setattr("gigs.paging.COUNT_LIMIT", 2)
    shelf_of("One", "Two", "Three")

    assert "2+</span> services" in client.get("/gigs/").text


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/gigs/?q=&category=&min=&max=&sort=best&page=1", "/gigs/"),
        ("/gigs/?category=design", "/categories/design/"),
        ("/gigs/?category=design&sort=price", "/gigs/?category=design&sort=price"),
        ("/gigs/?max=80&q=a++b&utm=x", "/gigs/?q=a+b&max=80"),
    ],
)
def test_every_result_has_one_address(client, asked, canonical):
    a_category(name="Design", slug="design")

    page = client.get(asked).text

    href = canonical.replace("&", "&amp;")
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{href}">' in page


def test_htmx_gets_the_fragment_and_the_address_for_the_bar(client):
    a_gig()
    htmx = {"HX-Request": "true", "HX-Request-Type": "partial"}

    response = client.get("/gigs/?q=&max=80&sort=best", headers=htmx)

    assert response.text.lstrip().startswith('<div id="gigs-market">')
    assert response["HX-Push-Url"] == "/gigs/?max=80"
    assert "HX-Request" in response["Vary"]


def test_going_back_gets_the_whole_page(client):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert "<!doctype html>" in client.get("/gigs/", headers=headers).text


def test_filters_that_are_on_can_be_taken_off_one_by_one(client):
    a_category(name="Design", slug="design")

    page = client.get("/gigs/?q=logo&category=design&min=20&max=80").text

    for rest in ("category=design&min=20&max=80", "q=logo&min=20&max=80"):
        assert f'href="/gigs/?{rest.replace("&", "&amp;")}"' in page


def test_nothing_found_offers_a_way_on(client):
    a_gig().tags.add(Tag.objects.create(name="logo design"))

    page = client.get("/gigs/?q=unicorn").text

    assert "No service fits" in page
    assert 'href="/gigs/?q=logo%20design"' in page


def test_what_people_typed_is_text(client):
    a_gig(title="<script>alert(1)</script>")

    page = client.get("/gigs/").text
    searched = client.get("/gigs/?q=%3Cscript%3Ealert(1)").text

    assert "<script>alert" not in page + searched
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("count", [1, 3, 24])
@pytest.mark.parametrize(("visitor", "queries"), [("stranger", 4), ("person", 8)])
def test_the_market_asks_the_same_number_of_questions(
    client, as_user, django_assert_num_queries, count, visitor, queries
):
    for _ in range(count):
        a_picture(gig=a_gig())
    browser = client if visitor == "stranger" else as_user(a_user())

    with django_assert_num_queries(queries):
        browser.get("/gigs/")


def test_filters_are_not_counted_among_nothing(client):
    a_gig()

    with CaptureQueriesContext(connection) as asked:
        client.get("/gigs/?q=unicorn")

    assert not [each["sql"] for each in asked if each["sql"].startswith("WITH here")]


def test_what_was_rendered_and_counted_is_not_asked_for_again(
    client, django_assert_num_queries
):
    gig = a_picture(gig=a_gig(title="Old words")).gig
    client.get("/gigs/")

    with django_assert_num_queries(1):
        client.get("/gigs/")
    Gig.objects.filter(pk=gig.pk).update(title="New words")

    assert titles(client.get("/gigs/")) == ["New words"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("delivery=1", ["Fast"]),
        ("delivery=3&delivery=7", ["Fast", "Week"]),
        ("delivery=2", ["Fast", "Month", "Week"]),
        ("rating=4.5", ["Fast"]),
        ("rating=4", ["Fast", "Week"]),
        ("rating=nonsense", ["Fast", "Month", "Week"]),
        ("language=de", ["Week"]),
        ("language=de&language=fr", ["Month", "Week"]),
        ("language=zz&language=%00x", None),
        ("language=zzz", ["Fast", "Month", "Week"]),
        ("online=1", ["Fast"]),
        ("verified=1", ["Week"]),
        ("verified=1&language=fr", []),
        ("category=letters&category=code", ["Fast", "Week"]),
        ("category=design&category=letters", ["Fast", "Month"]),
        ("category=design&kind=letters", ["Fast"]),
        ("category=code&kind=letters", ["Week"]),
        ("category=&kind=letters", ["Fast", "Month", "Week"]),
    ],
)
def test_filters_narrow_and_values_of_one_widen(client, query, found):
    design = a_category(name="Design", slug="design")
    letters = a_category(name="Letters", slug="letters", parent=design)
    code = a_category(name="Code", slug="code")
    long_ago = clock.now() - timedelta(hours=1)
    people = {
        "Fast": a_seller(spoken_languages=["en"]),
        "Week": a_seller(
            spoken_languages=["en", "de"],
            seller_verified_at=NOON,
            last_seen_at=long_ago,
        ),
        "Month": a_seller(spoken_languages=["fr"], last_seen_at=long_ago),
    }
    terms = {
        "Fast": (1, Decimal("4.8"), letters),
        "Week": (7, Decimal("4.2"), code),
        "Month": (30, None, design),
    }
    for title, (days, rating, category) in terms.items():
        gig = a_gig(
            title=title,
            seller=people[title],
            category=category,
            rating=rating,
            review_count=3 if rating else 0,
            packages=("basic",),
        )
        gig.packages.update(delivery_days=days)

    response = client.get(f"/gigs/?{query}")

    if found is None:
        assert response.status_code == 400
    else:
        assert sorted(titles(response)) == found


def test_counts_of_a_group_disregard_the_group_itself(client):
    for price, days in ((50_00, 1), (60_00, 7), (500_00, 7)):
        gig = a_gig(starting_price=price, packages=("basic",))
        gig.packages.update(delivery_days=days)

    facets = client.get("/gigs/?max=100&delivery=1").context["facets"]

    assert [(o.value, o.count_text) for o in facets.deliveries] == [
        ("1", "1"),
        ("3", "1"),
        ("7", "2"),
        ("14", "2"),
    ]
    assert sum(bar.height > 0 for bar in facets.bars) == 1


def test_counts_of_many_are_floors(client, monkeypatch):
    for place in ("facets", "search"):
        monkeypatch.setattr(f"gigs.{place}.CANDIDATES", 12)
    category = a_category()
    shelf_of(*[f"Gig {n}" for n in range(13)], category=category)

    facets = client.get("/gigs/").context["facets"]

    assert [each.count_text for each in facets.shelves] == ["10+"]


def test_sorting(client):
    a_gig(title="Sold", completed_orders=9, rating=Decimal(4), review_count=5)
    a_gig(title="Liked", completed_orders=1, rating=Decimal(5), review_count=2)

    assert titles(client.get("/gigs/?sort=selling")) == ["Sold", "Liked"]
    assert titles(client.get("/gigs/?sort=rating")) == ["Liked", "Sold"]
    assert len(titles(client.get("/gigs/?sort=seller__password"))) == 2


def test_loading_more_keeps_what_is_there_at_an_address(client):
    shelf_of(*[f"Gig {n}" for n in range(60)])

    first = client.get("/gigs/")
    more = client.get("/gigs/?from=1&page=2")

    assert 'href="/gigs/?from=1&amp;page=2"' in first.text
    assert 'href="/gigs/?page=2"' in first.text
    assert len(titles(more)) == 48
    assert titles(more)[:24] == titles(first)
    assert "48 of 60" in more.text
    assert len(titles(client.get("/gigs/?from=-5&page=99"))) == 60


def test_nothing_found_tells_what_to_leave_out(client):
    a_gig(title="A logo", starting_price=500_00)
    a_gig(title="A song", starting_price=10_00)

    page = client.get("/gigs/?q=logo&max=20")

    assert [(way.chip.text, way.count) for way in page.context["results"].ways] == [
        ("“logo”", 1),
        ("Up to $20", 1),
    ]
    assert "Without Up to $20: 1 result" in page.text


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "seller__password", "page": "1" + "0" * 18},
        {"q": "ö" * 10_000},
        {"q": '"(' * 3000},
        {"q": "-- ' OR 1=1; NEAR(a b) * ^ : {x}"},
        {"q": "AND OR NOT"},
        {"min": "-5", "max": "-1"},
        {"min": "9" * 50, "max": "0.0000001"},
        {"category": ["nowhere"] * 100},
        {"language": ["%%"] * 100, "rating": "DROP", "delivery": "1e9"},
        {"from": "9" * 30, "page": "-1"},
    ],
)
def test_nonsense_in_the_address_breaks_nothing(client, query):
    a_gig()

    assert client.get("/gigs/", query).status_code == 200


def test_a_nul_or_broken_letters_are_refused(client):
    assert client.get("/gigs/?q=%00").status_code == 400
    assert client.get("/gigs/?q=%ff%fe").status_code in {200, 400}


def test_only_plain_categories_are_for_search_engines(client):
    a_category(name="Design", slug="design")

    assert "noindex" not in client.get("/gigs/").text
    assert "noindex" not in client.get("/categories/design/").text
    for filtered in ("/gigs/?max=20", "/gigs/?q=a+logo", "/gigs/?sort=price"):
        assert "noindex" in client.get(filtered).text
