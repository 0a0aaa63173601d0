"""The pages of words: they quote the policy in force, and lead nowhere that is not there."""

import re

import pytest
from django.core.cache import caches

from gigstream.core.models import PlatformSetting, Settings
from gigstream.core.templatetags import ui
from gigstream.settings import env

pytestmark = pytest.mark.django_db

PAGES = ["/about/", "/help/", "/terms/", "/privacy/", "/contact/", "/newsletter/"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_words_has_one_heading_and_its_own_contents(client, path):
    page = client.get(path).text
    anchors = re.findall(r'href="#([\w-]+)"', page)

    assert page.count("<h1") == 1
    assert set(anchors) <= set(re.findall(r'id="([\w-]+)"', page))


@pytest.mark.parametrize("path", ["/help/", "/terms/"])
def test_the_rules_are_those_in_force(client, django_assert_num_queries, path):
    policy = Settings(service_fee_bps=1250, review_window_days=6, clearance_days=9)
    PlatformSetting.following(0, policy).save()

    with django_assert_num_queries(2):
        page = client.get(path).text

    assert "12.5%" in page
    assert "6 days" in page
    assert "9 " in page


@pytest.mark.parametrize(
    ("basis_points", "written"),
    [(1000, "10%"), (1050, "10.5%"), (1025, "10.25%"), (5, "0.05%"), (0, "0%")],
)
def test_a_share_is_written_as_people_do(basis_points, written):
    assert ui.percent(basis_points) == written


def test_the_example_of_a_fee_is_computed(client):
    page = client.get("/help/").text

    assert "a package of $100 costs $110 in all, of which $10 is the fee" in page
    assert "there is no commission" in page


def test_the_help_page_reckons_in_the_currency_of_the_marketplace(client):
    PlatformSetting.objects.create(version=1, values={"currency": "eur"})

    page = client.get("/help/").text

    assert "a package of €100 costs €110 in all" in page


def test_the_fees_of_the_footer_are_on_the_help_page(client):
    page = client.get("/").text
    anchors = re.findall(r'href="/help/#(\w+)"', page)

    assert anchors
    assert set(anchors) <= set(re.findall(r'id="(\w+)"', client.get("/help/").text))


def test_links_elsewhere_are_shown_where_there_are_any(client, settings, monkeypatch):
    assert 'rel="me noopener"' not in client.get("/about/").text

    caches["memory"].clear()
    monkeypatch.setenv("SOCIAL_LINKS", "Mastodon=https://m.example/@gig")
    settings.SOCIAL_LINKS = env.links("SOCIAL_LINKS")

    assert '<a class="foot-link" href="https://m.example/@gig"' in client.get("/").text


def test_a_link_elsewhere_that_is_no_web_address_stops_the_start(monkeypatch):
    from django.core.exceptions import ImproperlyConfigured

    monkeypatch.setenv("SOCIAL_LINKS", "Evil=javascript:alert(1)")

    with pytest.raises(ImproperlyConfigured):
        env.links("SOCIAL_LINKS")
