import re
from xml.etree import ElementTree

import pytest

from gigs.models import Listing
from gigs.status import GigStatus
from tests.factories import a_category, a_gig, a_seller

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"


def places(answer):
    """The addresses of a site map or of an index; fails where it is no XML."""
    root = ElementTree.fromstring(answer.content)
    return [
        each.text.removeprefix(SITE) for each in root.iter() if each.tag.endswith("loc")
    ]


def parts(client):
    return [path for path in places(client.get("/sitemap.xml")) if "pages" not in path]


def test_every_gig_on_offer_and_its_seller_is_on_the_map(client):
    seller = a_seller(username="selma")
    here = [a_gig(seller=seller) for _ in range(2)]
    hidden = a_gig(status=GigStatus.PAUSED, seller=a_seller(username="hidden"))
    nameless = a_gig(seller=a_seller())

    listed = [path for part in parts(client) for path in places(client.get(part))]

    expected = {gig.get_absolute_url() for gig in [*here, nameless]} | {"/u/selma/"}
    assert sorted(listed) == sorted(expected)
    assert hidden.get_absolute_url() not in listed


def test_the_pages_of_the_map_are_there(client):
    category = a_category(slug="logos")

    listed = places(client.get("/sitemap-pages.xml"))

    assert category.get_absolute_url() in listed
    assert {"/", "/gigs/", "/help/", "/contact/"} <= set(listed)
    for path in listed:
        answer = client.get(path)
        assert answer.status_code == 200
        assert 'name="robots"' not in answer.text


def test_a_part_never_grows_beyond_its_stretch(client, monkeypatch):
    monkeypatch.setattr("gigs.sitemap.STRETCH", 2)
    gigs = [a_gig() for _ in range(5)]

    listed = [places(client.get(part)) for part in parts(client)]

    assert len(listed) == len({row.number // 2 for row in Listing.objects.all()})
    assert max(len(part) for part in listed) <= 2
    assert {path for part in listed for path in part} == {
        gig.get_absolute_url() for gig in gigs
    }


@pytest.mark.parametrize("count", [1, 3])
def test_a_part_asks_once(client, django_assert_num_queries, count):
    for _ in range(count):
        a_gig(seller=a_seller(username=f"seller{_}"))
    part = parts(client)[0]

    with django_assert_num_queries(1):
        client.get(part)


def test_a_part_that_is_none_is_empty_or_missing(client):
    assert places(client.get("/sitemap-77.xml")) == []
    assert client.get(f"/sitemap-{10**30}.xml").status_code == 404


def test_the_map_may_be_kept_for_an_hour_and_robots_know_it(client):
    assert "max-age=3600" in client.get("/sitemap.xml").headers["Cache-Control"]
    robots = client.get("/robots.txt").text
    assert re.search(rf"^Sitemap: {SITE}/sitemap.xml$", robots, re.MULTILINE)
