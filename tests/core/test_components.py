"""The page shell and the components that every template stands on."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django import forms
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.template import engines
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from gigstream.core import clock
from gigstream.core.context import site
from gigstream.core.staticfiles import HashedStorage
from tests.factories import NOON

ROOT = Path(__file__).resolve().parents[2]
ERROR_PAGES = [
    "400",
    "403",
    "403_csrf",
    "404",
    "405",
    "409",
    "413",
    "429",
    "500",
    "503",
]


def drawn(source, **context):
    return engines["django"].from_string(source).render(context)


class OrderForm(forms.Form):
    title = forms.CharField(help_text="What you need.")
    note = forms.CharField(widget=forms.Textarea, required=False)
    pace = forms.ChoiceField(
        choices=[("slow", "Slow"), ("fast", "Fast")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="I agree")
    colour = forms.CharField(widget=forms.TextInput(attrs={"class": "mine"}))


class Person:
    initials = "ML"

    def __init__(self, url=""):
        self.url = url

    def avatar_url(self, rendition="thumb"):
        return self.url and f"{self.url}?{rendition}"


# --- Fields -------------------------------------------------------------------


def test_a_field_ties_its_label_help_and_error_to_the_control():
    html = OrderForm({})["title"].as_field_group()

    assert '<label class="field-label" for="id_title">Title' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_title_helptext">What you need.' in html
    assert '<div id="id_title_error">' in html
    assert "This field is required." in html


def test_a_field_that_may_stay_empty_says_so():
    html = OrderForm()["note"].as_field_group()

    assert "(optional)" in html


def test_controls_get_the_class_of_their_kind():
    form = OrderForm()

    classes = {
        name: re.findall(r'<(?:input|textarea)[^>]*class="([^"]*)"', str(form[name]))
        for name in form.fields
    }

    assert classes == {
        "title": ["input"],
        "note": ["textarea"],
        "pace": ["radio", "radio"],
        "agreed": ["checkbox"],
        "colour": ["mine"],
    }


def test_each_choice_has_its_own_label():
    html = OrderForm()["pace"].as_field_group()

    assert '<legend class="field-label pb-1.5">Pace' in html
    assert re.findall(r'for="(id_pace_\d)"', html) == ["id_pace_0", "id_pace_1"]


def test_the_error_summary_links_to_each_field():
    form = OrderForm({"title": "A logo", "colour": "red", "agreed": "on"})

    html = render_to_string("components/_error_summary.html", {"form": form})

    assert re.findall(r'href="([^"]*)"', html) == ["#id_pace"]
    assert 'role="alert"' in html


def test_a_form_without_errors_has_no_summary():
    html = render_to_string("components/_error_summary.html", {"form": OrderForm()})

    assert html.strip() == ""


# --- Tags ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ amount|money:'usd' }}", "$1,126.00"),
        ("{{ amount|money_short:'usd' }}", "$1,126"),
        ("{{ amount|money:'jpy' }}", "¥112,600"),
        ("{{ nothing|money:'usd' }}", ""),
    ],
)
def test_money_is_written_for_people(source, text):
    assert drawn(source, amount=112_600, nothing=None) == text


def test_an_icon_is_decoration_unless_it_has_a_label():
    assert 'aria-hidden="true"' in drawn('{% icon "x" 14 %}')
    assert 'role="img" aria-label="Remove"' in drawn('{% icon "x" 14 "" "Remove" %}')


def test_icons_that_templates_name_stand_in_a_file_that_browsers_keep():
    sprite = finders.find("icons/lucide.svg")

    html = drawn('{% icon "flag" 16 "muted" %}')

    assert '<symbol id="flag" viewBox="0 0 24 24"><path d="' in Path(sprite).read_text()
    assert html == (
        '<svg class="icon muted" width="16" height="16" viewBox="0 0 24 24" '
        'aria-hidden="true"><use href="/static/icons/lucide.svg#flag"/></svg>'
    )


def test_an_icon_that_only_data_names_is_drawn_in_the_page():
    html = drawn('{% icon "anvil" 16 %}')

    assert html.startswith('<svg class="icon" width="16" height="16"')
    assert '<path d="M7 10H6a4 4 0 0 1-4-4' in html


@pytest.mark.parametrize(
    ("name", "has_any"), [("gigs/home.html", False), ("emails/_layout.html", True)]
)
def test_pages_are_sent_without_the_indentation_of_their_templates(name, has_any):
    source = get_template(name).template.source

    assert bool(re.search(r"^ +<", source, re.MULTILINE)) is has_any


def test_a_label_cannot_break_out_of_an_icon():
    html = drawn("{% icon 'x' 14 '' label %}", label='"><script>')

    assert "<script>" not in html


def test_a_rating_is_read_out():
    html = drawn("{% star 4.87 112 %}")

    assert '<span class="sr-only">Rated </span>4.9</b>' in html
    assert "(112)" in html


def test_a_gig_without_reviews_has_no_star():
    assert drawn("{% star None %}") == '<span class="muted">No reviews yet</span>'


def test_an_avatar_is_a_picture_or_initials():
    picture = drawn("{% avatar person 44 %}", person=Person("/m.webp"))
    initials = drawn("{% avatar person 44 %}", person=Person())

    assert 'src="/m.webp?thumb" width="44" height="44" alt=""' in picture
    assert initials.endswith(">ML</span>")


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(minutes=-5), "5\xa0minutes ago"),
        (timedelta(days=2), "in 2\xa0days"),
        (timedelta(days=-60), "1 Jan 2026"),
    ],
)
def test_a_moment_is_told_as_people_say_it(distance, words):
    with clock.frozen(NOON):
        html = drawn("{% when moment %}", moment=NOON + distance)

    assert html.endswith(f">{words}</time>")


def test_a_moment_keeps_its_whole_date():
    with clock.frozen(NOON):
        html = drawn("{% when moment %}", moment=NOON)

    assert 'datetime="2026-03-02T12:00:00+00:00"' in html
    assert 'title="2 Mar 2026, 12:00 UTC"' in html


# --- The shell ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("cookie", "theme"),
    [("stream-dark", "stream-dark"), ("stream", "stream"), ('"><script>', "")],
)
def test_only_our_themes_are_taken_from_the_cookie(cookie, theme):
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie

    assert site(request)["theme"] == theme


@pytest.mark.django_db
def test_the_style_guide_shows_everything_without_a_query(
    client, django_assert_num_queries
):
    with django_assert_num_queries(0):
        response = client.get("/styleguide/")

    assert response.status_code == 200


@pytest.mark.django_db
def test_a_page_has_no_inline_script_style_or_handler(client):
    html = client.get("/styleguide/").content.decode()

    scripts = re.findall(r"<script[^>]*>", html)
    assert scripts
    assert all(' nonce="' in script and " src=" in script for script in scripts)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on", html)


@pytest.mark.django_db
def test_a_page_has_one_heading_and_ids_only_once(client):
    html = client.get("/styleguide/").content.decode()

    ids = re.findall(r'\sid="([^"]*)"', html)
    assert html.count("<h1") == 1
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.django_db
def test_the_theme_in_the_cookie_is_rendered(client):
    client.cookies["theme"] = "stream-dark"

    html = client.get("/styleguide/").content.decode()

    assert ' data-theme="stream-dark"' in html.split(">", 2)[1]


@pytest.mark.django_db
def test_good_news_is_a_toast_and_bad_news_stays_on_the_page(client):
    request = client.get("/styleguide/").wsgi_request
    messages.success(request, "Saved.")
    messages.error(request, "The card was declined.")

    html = render_to_string("core/styleguide.html", request=request)

    toasts = html.split('id="toasts"')[1]
    assert "Saved." in toasts
    assert "The card was declined." not in toasts
    assert "<span>The card was declined.</span>" in html


# --- Error pages --------------------------------------------------------------


@pytest.mark.parametrize("name", ERROR_PAGES)
@pytest.mark.django_db
def test_every_error_page_offers_a_search(client, name):
    request = client.get("/styleguide/").wsgi_request

    html = render_to_string(f"{name}.html", request=request)

    assert html.count("<h1") == 1
    assert re.findall(r'<form[^>]*action="([^"]*)"[^>]*role="search"', html) == [
        "/gigs/"
    ]


@pytest.mark.parametrize("name", ["500", "503"])
def test_the_pages_for_our_own_failures_need_no_request_and_no_database(name):
    html = render_to_string(f"{name}.html")

    assert 'action="/gigs/"' in html
    assert "<script" not in html


# --- Assets -------------------------------------------------------------------


def test_a_file_that_was_not_collected_does_not_break_the_page(tmp_path, caplog):
    storage = HashedStorage(location=tmp_path, base_url="/static/")

    assert storage.url("css/gone.css") == "/static/css/gone.css"
    assert caplog.messages == ["css/gone.css was not collected"]


def test_the_lock_file_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert [
        name for name, found in lock["packages"].items() if "resolved" in found
    ] == []


def test_every_npm_package_is_pinned_exactly():
    package = json.loads((ROOT / "package.json").read_text())

    pins = {**package["dependencies"], **package["devDependencies"]}
    assert [
        pin for pin in pins.values() if not re.fullmatch(r"\d+\.\d+\.\d+", pin)
    ] == []


def test_a_toast_cannot_carry_markup():
    html = render_to_string("components/_toast.html", {"text": "<b>"})

    assert "&lt;b&gt;" in html
