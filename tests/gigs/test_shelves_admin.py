"""The operator's shelves, and the order of the gigs on the home page."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from gigs import actions
from gigs.models import Category, Gig
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry
from tests.accounts.codes import prove
from tests.factories import NOON, a_category, a_gig, a_moderator, a_user

pytestmark = pytest.mark.django_db

SHELVES = "/admin/gigs/category/"
FEATURED = "/admin/gigs/gig/featured/"


@pytest.fixture
def admin(as_user):
    person = a_user(is_staff=True)
    person.groups.add(Group.objects.get(name="admin"))
    browser = as_user(person)
    prove(browser)
    return browser


def said(category, **changes):
    return {
        "name": category.name,
        "icon": category.icon,
        "description": "",
        "parent": "",
        "position": category.position,
        **changes,
    }


def test_a_shelf_is_renamed_and_hidden_and_its_address_stays(admin, client):
    shelf = a_category(name="Logos", slug="logos")
    gig = a_gig(category=a_category(name="Marks", slug="marks", parent=shelf))
    page = f"{SHELVES}{shelf.pk}/change/"

    admin.post(page, said(shelf, name="Logo design", slug="other", is_hidden="on"))

    shelf.refresh_from_db()
    assert (shelf.name, shelf.slug, shelf.is_hidden) == ("Logo design", "logos", True)
    entry = AuditEntry.objects.get()
    assert (entry.before["name"], entry.after["name"]) == ("Logos", "Logo design")
    assert "Logo design" not in client.get("/").text
    assert "logos" not in client.get("/sitemap-pages.xml").text
    assert list(Category.objects.shown()) == []
    for address in ("/categories/logos/", "/categories/marks/"):
        assert gig.title in client.get(address).text


def test_a_new_shelf_gets_the_address_it_is_given(admin):
    new = {"name": "Motion", "slug": "motion", "icon": "film", "position": "3"}

    admin.post(f"{SHELVES}add/", new)
    twice = admin.post(f"{SHELVES}add/", new)

    assert Category.objects.get().get_absolute_url() == "/categories/motion/"
    assert "already exists" in twice.text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_shelves_are_listed_with_what_is_on_them(
    admin, django_assert_num_queries, rows
):
    for _ in range(rows):
        a_gig()

    with django_assert_num_queries(6):
        page = admin.get(SHELVES).text

    assert page.count('class="field-on_offer">1<') == rows


def test_featured_gigs_change_places(as_user):
    moderator = a_moderator()
    browser = as_user(moderator)
    prove(browser)
    gigs = [
        a_gig(title=f"Gig {n}", featured_at=NOON - timedelta(hours=n)) for n in range(3)
    ]

    def order():
        rows = Gig.objects.exclude(featured_at=None).order_by("-featured_at")
        return [gig.title for gig in rows]

    browser.post(FEATURED, {"gig": str(gigs[2].pk), "move": "up"})
    assert order() == ["Gig 0", "Gig 2", "Gig 1"]
    browser.post(FEATURED, {"gig": str(gigs[0].pk), "move": "up"})
    assert order() == ["Gig 0", "Gig 2", "Gig 1"]
    browser.post(FEATURED, {"gig": str(gigs[0].pk), "move": "down"})
    assert order() == ["Gig 2", "Gig 0", "Gig 1"]
    browser.post(FEATURED, {"gig": str(gigs[2].pk), "move": "off"})
    late = browser.post(FEATURED, {"gig": str(gigs[2].pk), "move": "up"}, follow=True)
    nothing = browser.post(FEATURED, {"gig": "x", "move": "sideways"})

    assert order() == ["Gig 0", "Gig 1"]
    assert "not on the home page any more" in late.text
    assert nothing.status_code == 302
    assert AuditEntry.objects.filter(verb="gigs.move_featured").count() == 2


def test_gigs_featured_at_once_get_an_order_too(as_user):
    moderator = a_moderator()
    one, other = (a_gig(featured_at=NOON) for _ in range(2))

    actions.move_featured(gig_id=one.pk, is_up=True, actor=moderator, now=NOON)

    one.refresh_from_db()
    other.refresh_from_db()
    assert one.featured_at > other.featured_at


def test_a_hidden_shelf_can_be_looked_through_by_who_knows_its_address(client):
    design = a_category(name="Design", slug="design")
    hidden = a_category(name="Logos", slug="logos", parent=design, is_hidden=True)
    a_category(name="Letters", slug="letters", parent=design)
    a_gig(category=hidden, title="Drawn", starting_price=50_00)
    a_gig(category=hidden, title="Cut", starting_price=90_00)
    a_gig(category=design, title="Other", starting_price=50_00)

    for query in ("category=logos", "category=design&kind=logos"):
        page = client.get(f"/gigs/?{query}&max=60").text

        assert re.findall(r'class="gig-link" href="[^"]*">([^<]*)<', page) == ["Drawn"]
    a_category(name="Secret", slug="secret", is_hidden=True)
    for query in ("kind=secret&max=60", "category=letters&kind=logos"):
        page = client.get(f"/gigs/?{query}").text

        assert "Logos" not in page
        assert "Secret" not in page


def test_nobody_puts_their_own_gig_on_the_home_page():
    moderator = a_moderator()
    other, own = a_gig(featured_at=NOON), a_gig(seller=moderator)

    with pytest.raises(NotAllowed, match="their own gig"):
        actions.feature(gig_id=own.pk, actor=moderator, now=NOON)

    Gig.objects.filter(pk=own.pk).update(featured_at=NOON - timedelta(hours=1))
    with pytest.raises(NotAllowed, match="their own gig"):
        actions.move_featured(gig_id=own.pk, is_up=True, actor=moderator, now=NOON)
    assert Gig.objects.get(pk=other.pk).featured_at == NOON


def test_a_shelf_that_is_gone_is_not_on_the_home_page(
    admin, client, django_capture_on_commit_callbacks
):
    shelf = a_category(name="Logos", slug="logos")
    assert "/categories/logos/" in client.get("/").text

    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"{SHELVES}{shelf.pk}/delete/", {"post": "yes"})

    assert not Category.objects.exists()
    assert "/categories/logos/" not in client.get("/").text
