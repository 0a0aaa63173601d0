"""What a page tells search engines and whoever shares its address."""

import re

import pytest

from tests.factories import a_category, a_gig, a_picture, a_seller

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"


def head_of(page):
    """What the `property` and `name` metas of a page say, and its canonical address."""
    told = dict(
        re.findall(r'<meta (?:property|name)="([\w:-]+)" content="([^"]*)"', page)
    )
    told["canonical"] = re.search(r'<link rel="canonical" href="([^"]*)"', page)[1]
    told["title"] = re.search(r"<title>(.*?)</title>", page)[1]
    return told


@pytest.fixture
def gig():
    seller = a_seller(username="selma", full_name='Selma "Sel" Seller')
    category = a_category(slug="logos", name="Logos & marks")
    return a_gig(seller=seller, category=category, title="I will draw <b>one</b> logo")


@pytest.mark.parametrize(
    "path",
    ["/", "/gigs/", "/categories/logos/", "gig", "/u/selma/", "/accounts/signup/"],
)
def test_a_public_page_can_be_shared(client, gig, path):
    path = gig.get_absolute_url() if path == "gig" else path

    told = head_of(client.get(path).text)

    assert told["title"] == f"{told['og:title']} | GigStream"
    assert told["og:description"] == told["description"] != ""
    assert told["og:url"] == told["canonical"] == f"{SITE}{path}"
    assert told["og:image"].startswith(f"{SITE}/static/images/share")


def test_a_gig_is_shared_with_its_first_picture(client, gig):
    picture = a_picture(gig=gig)

    told = head_of(client.get(gig.get_absolute_url()).text)

    assert told["og:image"].endswith(picture.large)
    assert told["og:title"] == "I will draw &lt;b&gt;one&lt;/b&gt; logo"
