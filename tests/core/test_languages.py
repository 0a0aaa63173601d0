"""Amounts and dates in the languages of the site, typed and shown."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.test import Client
from django.utils import formats, translation
from django.utils.formats import date_format

from gigstream.core import money
from gigstream.core.forms import MoneyField
from gigstream.core.templatetags.ui import dated_as

NBSP = "\u00a0"


class PriceForm(forms.Form):
    price = MoneyField(least=1, most=10_000_000, currency="usd")


@pytest.mark.parametrize(
    ("language", "typed", "amount"),
    [
        ("en", "1,250", 125_000),
        ("en", "1,250.50", 125_050),
        ("en", "$12.5", 1250),
        ("en", "12,50", 1250),
        ("en", ".5", 50),
        ("en", "USD 12", 1200),
        ("de", "1.250", 125_000),
        ("de", "1.250,50", 125_050),
        ("de", "12,5", 1250),
        ("de", "12.50", 1250),
        ("de", "12,50 $", 1250),
        ("de", "1 250", 125_000),
    ],
)
def test_an_amount_is_read_as_people_type_it(language, typed, amount):
    with translation.override(language):
        form = PriceForm({"price": typed})

        assert form.is_valid(), form.errors
        assert form.cleaned_data["price"] == amount


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "typed", ["1,25,0", "1.25.0", "1.2500,5", "1e3", "٣", "--5", "12,3456", "a", "0x1"]
)
def test_what_could_mean_two_amounts_is_none(language, typed):
    with translation.override(language):
        assert not PriceForm({"price": typed}).is_valid()


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("amount", [1, 50, 1250, 125_000, 9_999_999])
def test_what_a_form_shows_is_what_it_reads(language, amount):
    with translation.override(language):
        shown = PriceForm(initial={"price": amount})["price"].value()

        assert PriceForm({"price": shown}).fields["price"].clean(shown) == amount


@pytest.mark.parametrize(
    ("language", "code", "text"),
    [
        ("en", False, "-$1,126.50"),
        ("en", True, f"-USD{NBSP}1,126.50"),
        ("de", False, f"-1.126,50{NBSP}$"),
        ("de", True, f"-1.126,50{NBSP}USD"),
    ],
)
def test_an_amount_is_written_as_people_read_it(language, code, text):
    with translation.override(language):
        assert money.written(-112_650, "usd", code=code) == text


@pytest.mark.parametrize(
    ("language", "day", "moment", "short"),
    [
        ("en", "28 November", "Sat 28 Nov, 14:05", "28 Nov 2026"),
        ("de", "28. November", "Sa, 28. Nov, 14:05", "28. Nov 2026"),
    ],
)
def test_dates_are_written_as_people_read_them(language, day, moment, short):
    at = datetime(2026, 11, 28, 14, 5, tzinfo=UTC)
    with translation.override(language):
        assert formats.date_format(at, "MONTH_DAY_FORMAT") == day
        assert dated_as(at, "D j M, H:i") == moment
        assert formats.date_format(at, "SHORT_DATE_FORMAT") == short


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "language", "words"),
    [
        ("de-AT,de;q=0.9", "de", "Passwort"),
        ("fr,de;q=0.5", "de", "Passwort"),
        ("fr", "en", "Password"),
        ("", "en", "Password"),
    ],
)
def test_a_stranger_reads_what_their_browser_asks_for(asked, language, words):
    answer = Client().get("/accounts/login/", headers={"Accept-Language": asked})

    assert f'lang="{language}"' in answer.content.decode()
    assert words in answer.content.decode()
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_refusal_before_the_page_is_in_the_same_language(settings):
    settings.TRUSTED_PROXY_COUNT = 1
    settings.GEO_COUNTRY_HEADER, settings.GEO_BLOCKED = "CF-IPCountry", {"ZZ"}

    answer = Client().get(
        "/about/", headers={"CF-IPCountry": "ZZ", "Accept-Language": "de"}
    )

    assert answer.status_code == 451
    assert 'lang="de"' in answer.content.decode()


def test_no_word_of_ours_is_taken_for_one_of_the_calendar():
    with translation.override("de"):
        months = [date_format(date(2026, month, 1), "M") for month in range(1, 13)]
        days = [date_format(date(2026, 3, day), "D l") for day in range(2, 9)]

    assert months == [
        "Jan",
        "Feb",
        "Mär",
        "Apr",
        "Mai",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Okt",
        "Nov",
        "Dez",
    ]
    assert days == [
        "Mo Montag",
        "Di Dienstag",
        "Mi Mittwoch",
        "Do Donnerstag",
        "Fr Freitag",
        "Sa Samstag",
        "So Sonntag",
    ]
