"""A seller's list of gigs."""

import re
from datetime import timedelta

import pytest

from gigs import actions, looks
from gigs.models import Gig, GigDay
from gigs.status import GigStatus
from tests.factories import NOON, a_gig, a_picture, a_seller, an_order
from tests.gigs.sellers import DESCRIPTION

pytestmark = pytest.mark.django_db


def test_the_list_shows_own_gigs_alone(as_user):
    mine, foreign = a_gig(title="Mine"), a_gig(title="Foreign")

    page = as_user(mine.seller).get("/sell/gigs/").text

    assert mine.title in page
    assert foreign.title not in page


def test_an_empty_list_leads_to_the_first_gig(as_user):
    page = as_user(a_seller()).get("/sell/gigs/").text

    assert "You have no gigs yet" in page
    assert 'href="/sell/gigs/new/"' in page


def test_what_waits_for_the_seller_comes_first_and_says_what_to_do(as_user):
    seller = a_seller()
    a_gig(seller=seller, title="On offer")
    a_gig(seller=seller, title="Asleep", status=GigStatus.PAUSED)
    a_gig(seller=seller, title="Waits", status=GigStatus.IN_REVIEW)
    a_gig(seller=seller, title="Half done", status=GigStatus.DRAFT, published_at=None)
    a_gig(seller=seller, title="Sent back", status=GigStatus.REJECTED)

    page = as_user(seller).get("/sell/gigs/").text

    titles = ["Sent back", "Half done", "Waits", "On offer", "Asleep"]
    places = [page.index(f">{title}</a>") for title in titles]
    assert places == sorted(places)
    assert "Sent back: Not a service." in page
    assert "At least one picture" in page
    assert "We are looking at it" in page


def test_a_draft_can_be_deleted_and_what_was_on_offer_archived(as_user):
    seller = a_seller()
    a_gig(seller=seller, title="Old", description=DESCRIPTION)
    a_gig(seller=seller, title="New", status=GigStatus.DRAFT, published_at=None)

    page = as_user(seller).get("/sell/gigs/").text

    assert 'aria-label="Archive Old"' in page
    assert 'aria-label="Delete New"' in page
    assert 'aria-label="Delete Old"' not in page


def test_a_seller_limits_the_open_orders_and_lifts_the_limit(as_user):
    seller = a_seller()
    an_order(gig=a_gig(seller=seller), now=NOON)
    browser = as_user(seller)

    assert "1 order open" in browser.get("/sell/gigs/").text
    browser.post("/sell/queue/limit/", {"most": "1"})
    page = browser.get("/sell/gigs/").text
    assert "Closed: the queue is full" in page
    assert "1 of at most 1 orders open" in page
    browser.post("/sell/queue/limit/", {"most": ""})

    seller.refresh_from_db()
    assert seller.most_open_orders is None


def test_an_archived_gig_has_a_list_and_comes_back_as_a_draft(as_user, client):
    gig = a_gig(title="Old", description=DESCRIPTION)
    a_picture(gig=gig)
    browser = as_user(gig.seller)
    browser.post(f"/sell/gigs/{gig.slug}/archive/")

    assert 'href="/sell/gigs/archived/"' in browser.get("/sell/gigs/").text
    assert "Old" in browser.get("/sell/gigs/archived/").text
    answer = browser.post(f"/sell/gigs/{gig.slug}/restore/")

    assert answer.url == f"/sell/gigs/{gig.slug}/edit/review/"
    assert Gig.objects.get().status == GigStatus.DRAFT
    assert client.get(gig.get_absolute_url()).status_code == 404
    again = actions.publish(gig_id=gig.pk, actor=gig.seller, now=NOON)
    assert again.is_on_offer


def test_the_way_to_an_archived_gig_ends_where_it_is_restored(as_user):
    gig = a_gig(status=GigStatus.ARCHIVED)
    browser = as_user(gig.seller)
    edit = f"/sell/gigs/{gig.slug}/edit/"

    assert edit in browser.get(gig.get_absolute_url()).text
    assert browser.get(edit)["Location"] == "/sell/gigs/archived/"


def test_only_what_is_archived_is_restored(as_user):
    gig = a_gig()

    as_user(gig.seller).post(f"/sell/gigs/{gig.slug}/restore/")

    assert Gig.objects.get().is_on_offer


BROWSER = {"User-Agent": "Mozilla/5.0 Firefox/140.0"}


def test_each_visitor_is_counted_once_a_day_and_the_seller_never(as_user, client):
    gig = a_gig()
    page = gig.get_absolute_url()
    person, seller = as_user(a_seller()), as_user(gig.seller)

    for browser in (client, client, person, person, seller):
        browser.get(page, headers=BROWSER)
    client.get(page, headers={"User-Agent": "Googlebot/2.1"})
    client.get(page, headers={**BROWSER, "Sec-Purpose": "prefetch"})
    client.head(page, headers=BROWSER)

    assert GigDay.objects.get().views == 2
    assert "2 visitors in 30 days" in seller.get("/sell/gigs/").text
    assert "2 visitors in 30 days" in seller.get(f"/sell/gigs/{gig.slug}/ranking/").text


def test_looks_that_are_shown_no_more_are_dropped():
    gig = a_gig()
    for days in (1, 40, 100):
        gig.days.create(day=NOON - timedelta(days=days), views=5)

    assert looks.with_looks(Gig.objects.all(), now=NOON).get().looks == 5
    assert [bar.views for bar in looks.bars(gig, now=NOON)] == [0] * 28 + [5, 0]
    looks.forget(now=NOON)
    assert gig.days.count() == 2


@pytest.mark.parametrize("most", ["0", "-1", "1001", "many", "9" * 40])
def test_a_limit_that_makes_no_sense_is_refused(as_user, most):
    seller = a_seller()
    a_gig(seller=seller)

    answer = as_user(seller).post("/sell/queue/limit/", {"most": most})

    seller.refresh_from_db()
    assert answer.status_code == 422
    assert seller.most_open_orders is None


@pytest.mark.parametrize("count", [1, 3, 24])
def test_the_list_asks_the_same_number_of_questions(
    as_user, django_assert_num_queries, count
):
    seller = a_seller()
    for _ in range(count):
        a_picture(gig=a_gig(seller=seller))
    browser = as_user(seller)

    with django_assert_num_queries(9):
        browser.get("/sell/gigs/")


def test_a_profile_leads_to_all_that_somebody_has_on_offer(client, monkeypatch):
    monkeypatch.setattr("gigs.templatetags.gigs.SHOWN", 2)
    seller = a_seller(username="maya")
    for n in range(3):
        a_gig(seller=seller, title=f"Gig {n}", published_at=NOON + timedelta(hours=n))

    def shown(query):
        page = client.get(f"/u/maya/{query}").text
        links = re.findall(r'href="(\?gigs=\d#gigs|/u/maya/#gigs)"', page)
        return re.findall(r">(Gig \d)<", page), links

    assert shown("") == (["Gig 2", "Gig 1"], ["?gigs=2#gigs"])
    assert shown("?gigs=2") == (["Gig 0"], ["?gigs=1#gigs"])
    assert shown("?gigs=x")[0] == ["Gig 2", "Gig 1"]
    assert "That is all." in client.get("/u/maya/?gigs=9").text
