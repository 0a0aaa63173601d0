import pytest
from django.test import Client, override_settings
from django.utils import timezone, translation

from accounts.models import User
from gigstream.core import money
from tests.factories import a_gig, a_user, an_order

pytestmark = pytest.mark.django_db

PATH = "/settings/appearance/"
FIELDS = {
    "theme": "stream-dark",
    "language": "",
    "time_zone": "Asia/Tokyo",
    "amounts": "symbol",
}


BOTH = override_settings(LANGUAGES=[("en", "English"), ("de", "German")])


@pytest.fixture
def _back_to_english():
    """The client leaves the language of its last request behind."""
    with translation.override("en"):
        yield


@BOTH
def test_the_choice_is_saved(as_user):
    user = a_user()

    answer = as_user(user).post(PATH, FIELDS | {"language": "de"})

    user.refresh_from_db()
    assert answer.url == PATH
    assert (user.theme, user.language, user.time_zone) == (
        "stream-dark",
        "de",
        "Asia/Tokyo",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": "pink"},
        {"language": "xx"},
        {"time_zone": "Mars/Base"},
        {"time_zone": ""},
        {"time_zone": "../../etc/passwd"},
        {"amounts": "eur"},
    ],
)
@BOTH
def test_only_what_there_is_can_be_chosen(as_user, wrong):
    user = a_user()

    assert as_user(user).post(PATH, FIELDS | wrong).status_code == 422

    user.refresh_from_db()
    assert (user.theme, user.time_zone) == ("", "UTC")


def test_the_account_goes_before_the_cookie(as_user):
    browser = as_user(a_user(theme="stream"))
    browser.cookies["theme"] = "stream-dark"

    assert ' data-theme="stream"' in browser.get("/dashboard/").text[:400]


def test_who_chose_nothing_gets_what_the_cookie_says(as_user):
    browser = as_user(a_user())
    browser.cookies["theme"] = "stream-dark"

    assert ' data-theme="stream-dark"' in browser.get("/dashboard/").text[:400]


def test_the_quick_choice_of_the_menu_is_kept_with_the_account(as_user):
    user = a_user()
    browser = as_user(user)
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}

    quick = browser.post(f"{PATH}theme/", {"theme": "stream-dark"}, **htmx)
    plain = browser.post(f"{PATH}theme/", {"theme": "stream-dark"})

    user.refresh_from_db()
    assert (quick.status_code, plain.url) == (204, PATH)
    assert user.theme == "stream-dark"
    assert quick.cookies["theme"].value == "stream-dark"


def test_under_https_the_cookie_is_of_this_host_alone(as_user):
    browser = as_user(a_user())

    quick = browser.post(f"{PATH}theme/", {"theme": "stream-dark"}, secure=True)
    Client.logout(browser)
    browser.cookies["theme"] = "stream"  # from another host, or from on the way
    browser.cookies["__Host-theme"] = "stream-dark"
    page = browser.get("/about/", secure=True)

    assert quick.cookies["__Host-theme"]["secure"]
    assert "theme" not in quick.cookies
    assert ' data-theme="stream-dark"' in page.text[:400]


def test_the_quick_choice_takes_our_themes_only(as_user):
    answer = as_user(a_user()).post(f"{PATH}theme/", {"theme": "pink"})

    assert answer.status_code == 404


def test_moments_are_shown_by_the_clock_of_whoever_looks(as_user):
    order = an_order()
    order.buyer.time_zone = "Asia/Tokyo"
    order.buyer.save()

    page = as_user(order.buyer).get("/dashboard/").text

    expires = order.expires_at.astimezone(order.buyer.zone)
    assert expires.hour == 22
    assert f'title="2 Mar 2026, {expires:%H:%M} JST"' in page
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_time_zone_that_was_dropped_counts_as_utc(as_user):
    assert as_user(a_user(time_zone="Mars/Base")).get("/dashboard/").status_code == 200


@BOTH
def test_the_language_of_the_account_goes_before_that_of_the_browser(as_user):
    page = as_user(a_user(language="de")).get("/dashboard/", HTTP_ACCEPT_LANGUAGE="en")

    assert '<html lang="de"' in page.text
    assert translation.get_language() == "en"


@BOTH
def test_a_language_is_chosen_by_its_own_name(as_user):
    assert ">Deutsch</option>" in as_user(a_user()).get(PATH).text


@override_settings(LANGUAGES=[("en", "English")])
def test_with_one_language_there_is_nothing_to_choose(as_user):
    user = a_user(language="de")
    browser = as_user(user)

    assert 'name="language"' not in browser.get(PATH).text
    browser.post(PATH, FIELDS)

    user.refresh_from_db()
    assert (user.theme, user.language) == ("stream-dark", "de")


@BOTH
@pytest.mark.usefixtures("_back_to_english")
def test_who_joins_in_another_language_is_written_to_in_it(
    client, run_tasks, mailoutbox
):
    client.post(
        "/accounts/signup/",
        {
            "full_name": "Nora",
            "email": "nora@example.com",
            "password1": "correct horse battery",
        },
        headers={"Accept-Language": "de-AT,de;q=0.9"},
    )
    run_tasks()

    assert User.objects.get().language == "de"
    assert '<html lang="de">' in mailoutbox[0].alternatives[0].content


@BOTH
@pytest.mark.usefixtures("_back_to_english")
def test_an_address_without_an_account_is_answered_in_the_language_of_the_page(
    client, run_tasks, mailoutbox
):
    client.post(
        "/accounts/password/reset/",
        {"email": "nobody@example.com"},
        headers={"Accept-Language": "de"},
    )
    run_tasks()

    assert '<html lang="de">' in mailoutbox[0].alternatives[0].content


def test_a_language_we_do_not_have_any_more_is_passed_over(as_user):
    page = as_user(a_user(language="tlh")).get("/dashboard/")

    assert '<html lang="en"' in page.text


# --- Amounts of money ----------------------------------------------------------


def test_amounts_are_written_with_the_code_on_every_page_of_who_prefers_it(as_user):
    user = a_user()
    gig = a_gig(currency="usd")
    browser, other = as_user(user), as_user(a_user())

    browser.post(PATH, FIELDS | {"amounts": "code"})

    page = browser.get(gig.get_absolute_url()).text
    assert "USD\u00a0100" in page
    assert "$100" not in page
    assert "USD\u00a0100" in browser.get("/gigs/").text
    assert "$100" in other.get(gig.get_absolute_url()).text
    assert "$100" in Client().get(gig.get_absolute_url()).text


def test_what_is_kept_for_others_does_not_follow_the_choice_of_who_acts():
    with money.with_code(on=True):
        assert money.shown(123450, "usd") == "USD\u00a01,234.50"
        assert money.shown(-1500, "usd", short=True) == "-USD\u00a015"
        assert money.written(123450, "usd") == "$1,234.50"
    assert money.shown(123450, "usd") == "$1,234.50"
