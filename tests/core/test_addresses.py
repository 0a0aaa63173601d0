from uuid import uuid4

import pytest
from django.template import engines
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from gigstream.core.addresses import address

KEY = uuid4()


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("gigs:detail", "a-logo_2"),
        ("gigs:detail", "-"),
        ("gigs:category", "design"),
        ("accounts:profile", "maya-lindqvist"),
        ("accounts:profile", "maya lindqvist"),
        ("accounts:profile", "50%s"),
        ("orders:detail", KEY),
        ("gigs:save", KEY),
        ("messaging:conversation", KEY),
    ],
)
def test_an_address_is_what_django_says(name, part):
    for _again in range(2):
        assert address(name, part) == reverse(name, args=[part])


def test_what_has_no_address_is_refused():
    with pytest.raises(NoReverseMatch):
        address("accounts:profile", "a/b")


def test_fixed_words_and_addresses_are_said_in_the_language_of_the_page():
    page = engines["django"].from_string(
        '{% translate "Search" %} {% url "gigs:market" %} {% translate said %} '
        '{% translate "Search"|lower %} {% url page %} {% url "gigs:detail" said as here %}{{ here }}'
    )

    for language, word in (("en", "Search"), ("de", "Suchen"), ("en", "Search")):
        with translation.override(language):
            shown = page.render({"said": "Home", "page": "gigs:home"})
            home = translation.gettext("Home")
        said, market, name, low, front, here = shown.split()
        assert (said, market, name, front, here) == (
            word,
            "/gigs/",
            home,
            "/",
            "/gigs/Home/",
        )
        assert low.casefold() == low
