import json
import re
from datetime import timedelta

import pytest
from django.utils.translation import override

from gigs import actions, window
from gigs.models import Listing, PopularSearch, Tag
from gigs.paging import COUNT_LIMIT, count_text
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry
from orders.status import OrderStatus
from tests.accounts.codes import prove
from tests.factories import (
    NOON,
    a_category,
    a_gig,
    a_picture,
    a_seller,
    a_user,
    an_order,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return a_user(is_staff=True, is_superuser=True)


def titles(cards):
    return [re.search(r'gig-link"[^>]*>([^<]*)<', card.html)[1] for card in cards]


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

    assert [(s["name"], s["count"]) for s in shelves] == [("Branding", "2")]


def test_counting_a_category_stops_at_a_thousand(client, monkeypatch):
    monkeypatch.setattr("gigs.queries.COUNT_LIMIT", 2)
    monkeypatch.setattr("gigs.paging.COUNT_LIMIT", 2)
    category = a_category()
    for _ in range(4):
        a_gig(category=category)

    (shelf,) = client.get("/").context["shelves"]

    assert shelf["count"] == "2+"


def test_numbers_are_written_as_whoever_reads_does(client):
    category = a_category()
    a_gig(category=category, completed_orders=1234)

    def orders(language):
        page = client.get("/", headers={"Accept-Language": language})
        return page.context["figures"]["orders"]

    assert [orders("en"), orders("de"), orders("en")] == ["1,234", "1.234", "1,234"]
    with override("de"):
        assert count_text(COUNT_LIMIT + 1) == "1.000+"


def test_what_people_search_for_comes_before_the_words_of_gigs(client):
    PopularSearch.objects.create(text="voice over", times=9, last_at=NOON)
    PopularSearch.objects.create(text="nobody else", times=1, last_at=NOON)
    a_gig().tags.add(Tag.objects.create(name="logo"))
    draft = a_gig(status=GigStatus.DRAFT, published_at=None)
    draft.tags.add(Tag.objects.create(name="secret"))

    assert client.get("/").context["searches"] == ["voice over", "logo"]


def test_the_choice_of_the_staff_comes_before_the_best(client, staff):
    plain, chosen = a_gig(title="Plain"), a_gig(title="Chosen")
    Listing.objects.filter(gig=plain).update(quality=900)
    actions.feature(gig_id=chosen.pk, actor=staff, now=NOON)

    assert titles(client.get("/").context["featured"]) == ["Chosen", "Plain"]


def test_one_seller_does_not_fill_the_shelf_before_others_are_on_it(client):
    busy, other = a_seller(), a_seller()
    for number in range(2):
        gig = a_gig(title=f"Busy {number}", seller=busy)
        Listing.objects.filter(gig=gig).update(quality=900 - number)
    a_gig(title="Other", seller=other)

    shown = titles(client.get("/").context["featured"])

    assert shown == ["Busy 0", "Other", "Busy 1"]


def test_only_staff_feature_and_only_what_is_on_offer(staff):
    gig = a_gig()
    draft = a_gig(status=GigStatus.DRAFT, published_at=None)

    with pytest.raises(NotAllowed):
        actions.feature(gig_id=gig.pk, actor=gig.seller, now=NOON)
    with pytest.raises(NotAllowed):
        actions.feature(gig_id=draft.pk, actor=staff, now=NOON)
    for _ in range(2):
        actions.feature(gig_id=gig.pk, actor=staff, now=NOON)
    actions.unfeature(gig_id=gig.pk, actor=staff, now=NOON)

    verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["gigs.feature", "gigs.unfeature"]


def test_staff_feature_several_gigs_at_once_in_the_admin(as_user, staff):
    gigs = [a_gig(), a_gig(), a_gig(status=GigStatus.PAUSED)]
    chosen = {"_selected_action": [str(g.pk) for g in gigs]}
    browser = as_user(staff)
    prove(browser)

    asked = browser.post("/admin/gigs/gig/", {"action": "feature", **chosen})
    page = browser.post(
        "/admin/gigs/gig/many/feature/", {"sure": "1", **chosen}, follow=True
    )

    assert "3 rows are chosen" in asked.text
    assert "Only a gig on offer can be on the home page." in page.text
    assert "Show on the home page: done for 2 of 3." in page.text
    for gig in gigs:
        gig.refresh_from_db()
    assert [bool(gig.featured_at) for gig in gigs] == [True, True, False]


def test_the_page_follows_when_a_gig_leaves_or_changes(
    client, django_capture_on_commit_callbacks
):
    gigs = [a_gig(title=f"Gig {number}") for number in range(4)]
    for gig in gigs:
        a_picture(gig=gig)
    first = client.get("/").context["showpieces"][0]
    shown = next(gig for gig in gigs if gig.title == first["title"])

    with django_capture_on_commit_callbacks(execute=True):
        actions.pause(gig_id=shown.pk, actor=shown.seller, now=NOON)

    context = client.get("/").context
    assert shown.title not in titles(context["featured"])
    assert shown.title not in {piece["title"] for piece in context["showpieces"]}


def test_a_picture_that_was_taken_down_is_not_shown_from_memory(client):
    pictures = [a_picture(gig=a_gig()) for _ in range(3)]
    assert len(client.get("/").context["showpieces"]) == 3

    pictures[0].delete()

    assert len(client.get("/").context["showpieces"]) == 2


def test_what_is_seen_at_the_top_comes_last_below(client, as_user):
    gigs = [a_gig(title=f"Gig {number}") for number in range(5)]
    for place, gig in enumerate(gigs):
        a_picture(gig=gig)
        Listing.objects.filter(gig=gig).update(quality=900 - place)

    page = client.get("/").context

    assert [p["title"] for p in page["showpieces"]] == ["Gig 0", "Gig 1", "Gig 2"]
    assert titles(page["featured"]) == ["Gig 3", "Gig 4", "Gig 0", "Gig 1", "Gig 2"]
    for_a_person = as_user(a_user()).get("/").context["featured"]
    assert titles(for_a_person) == [gig.title for gig in gigs]


def test_numbers_are_true_and_small_ones_stay_away(client, monkeypatch):
    seller = a_seller()
    for _ in range(3):
        a_gig(seller=seller)
    assert client.get("/").context["figures"] == {}

    monkeypatch.setattr("gigs.window.LEAST", 3)
    window.look_again()

    page = client.get("/")
    assert page.context["figures"] == {"gigs": "3"}
    assert "services on offer" in page.text
    assert "people who offer them" not in page.text


def test_the_site_describes_itself_to_search_engines(client):
    page = client.get("/").text
    text = re.search(r"ld\+json\"[^>]*>(.*?)</script>", page)[1]

    organization, website = json.loads(text)["@graph"]

    assert organization["@type"] == "Organization"
    target = website["potentialAction"]["target"]["urlTemplate"]
    assert target == "http://127.0.0.1:8000/gigs/?q={search_term_string}"


def test_a_person_without_gigs_is_led_to_selling(as_user):
    assert 'href="/sell/start/"' in as_user(a_user()).get("/").text


def test_somebody_who_was_here_before_goes_on_where_they_were(as_user):
    buyer = a_user(full_name="Nora Quist")
    order = an_order(buyer=buyer, status=OrderStatus.IN_PROGRESS)
    kept, seen, other = a_gig(title="Kept"), a_gig(title="Seen"), a_gig(title="Other")
    for gig in (kept, seen):
        actions.save(gig_id=gig.pk, actor=buyer, now=NOON)
    browser = as_user(buyer)
    browser.get(seen.get_absolute_url())

    page = browser.get("/")

    assert "What do you need done, Nora?" in page.text
    assert f'href="{order.get_absolute_url()}"' in page.text
    assert titles(page.context["seen"]) == ["Seen"]
    assert titles(page.context["kept"]) == ["Kept"]
    assert other.title in titles(page.context["featured"])
    assert not {"Seen", "Kept"} & set(titles(page.context["featured"]))


def test_the_orders_of_others_are_not_on_my_page(as_user):
    order = an_order(status=OrderStatus.IN_PROGRESS)

    page = as_user(a_user()).get("/").text

    assert order.get_absolute_url() not in page
    assert "Orders under way" not in page


@pytest.mark.parametrize("count", [1, 3, 24])
@pytest.mark.parametrize(("visitor", "queries"), [("stranger", 1), ("person", 6)])
def test_home_asks_the_same_number_of_questions(
    client, as_user, django_assert_num_queries, count, visitor, queries
):
    user = a_user()
    for age in range(count):
        gig = a_gig(published_at=NOON - timedelta(hours=age))
        a_picture(gig=gig)
        actions.save(gig_id=gig.pk, actor=user, now=NOON)
        an_order(buyer=user, gig=gig, status=OrderStatus.IN_PROGRESS)
    browser = client if visitor == "stranger" else as_user(user)
    browser.get("/")

    with django_assert_num_queries(queries):
        browser.get("/")


def test_the_first_look_asks_a_bounded_number_of_questions(
    client, django_assert_num_queries
):
    for _ in range(3):
        a_picture(gig=a_gig())

    with django_assert_num_queries(12):
        client.get("/")


def test_without_its_cache_the_page_is_there_all_the_same(client, monkeypatch):
    from redis.exceptions import ConnectionError as Away

    def away(*_args, **_kwargs):
        raise Away

    gig = a_gig(title="Still here")
    for verb in ("get", "set", "add", "delete"):
        monkeypatch.setattr(f"gigs.window.cache.{verb}", away)
    window.look_again()

    for address in ("/", "/gigs/?q=here", gig.get_absolute_url()):
        assert "Still here" in client.get(address).text
    assert "sitemap-0.xml" in client.get("/sitemap.xml").text
