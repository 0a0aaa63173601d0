"""What people meet when something is refused: a page of this site, words, and a way on."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import OperationalError, connection
from django.test import Client

from orders.status import OrderStatus
from tests.factories import PASSWORD, a_gig, a_seller, a_user, an_order

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


def assert_explained(answer, status, heading):
    html = answer.content.decode()
    assert answer.status_code == status
    assert re.findall(r"<h1[^>]*>([^<]+)</h1>", html) == [heading]
    assert 'role="search"' in html
    assert '<a class="site-name" href="/"' in html
    assert re.search(r'<a class="btn[^"]*" href="/">', html)
    assert '<meta name="robots" content="noindex">' in html


@pytest.fixture
def broken_database():
    """Let every question to the database fail in a given way."""

    def break_it(error):
        def refuse(execute, sql, params, many, context):
            raise error

        return connection.execute_wrapper(refuse)

    return break_it


@pytest.mark.parametrize("path", ["/nix/", "/gigs/no-such-gig/", "/categories/nix/"])
def test_an_unknown_address_is_a_404(client, as_user, path):
    assert_explained(as_user(a_user()).get(path), 404, "We cannot find that page")


def test_somebody_elses_order_is_a_404_like_one_that_never_was(as_user):
    order = an_order(status=OrderStatus.DELIVERED)
    stranger = as_user(a_user())

    answer = stranger.get(order.get_absolute_url())

    assert_explained(answer, 404, "We cannot find that page")
    assert order.title not in answer.content.decode()


def test_a_form_without_its_token_asks_to_be_sent_again(client):
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post(LOGIN, {"login": "a@example.com", "password": PASSWORD})

    assert_explained(answer, 403, "Please send that again")


@pytest.mark.parametrize(
    ("referer", "leads_back"),
    [("http://testserver/gigs/", True), ("https://evil.example/gigs/", False)],
)
def test_the_way_back_to_a_form_stays_on_this_site(client, referer, leads_back):
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post(LOGIN, headers={"Referer": referer})

    assert (f'href="{referer}"' in answer.content.decode()) == leads_back
    assert ("Back to the form" in answer.content.decode()) == leads_back


def test_operators_without_the_right_are_told_so(as_user):
    answer = as_user(a_user(is_staff=True)).get("/admin/orders/order/")

    assert_explained(answer, 403, "You may not open this page")


def test_a_nul_in_the_address_is_a_400(client):
    answer = client.get("/gigs/?q=a%00b")

    assert_explained(answer, 400, "We could not read that request")


def test_a_form_that_is_too_large_is_a_413(client):
    body = f"login=a&password={'x' * 1_100_000}"

    answer = client.post(LOGIN, body, content_type="application/x-www-form-urlencoded")

    assert_explained(answer, 413, "That is too large")


def test_opening_the_address_of_a_form_says_to_go_back(as_user):
    order = an_order(status=OrderStatus.DELIVERED)

    answer = as_user(order.buyer).get(f"{order.get_absolute_url()}accept/")

    assert_explained(answer, 405, "This address takes only what a form sends")
    assert answer.headers["Allow"] == "POST"


LEADS_BACK = re.compile(r'href="([^"]*)">Back to the form</a>')


@pytest.mark.parametrize(
    ("page", "led_to"),
    [
        ("{order}", ["http://testserver{order}"]),
        ("{order}accept/", []),
        ("/accounts/login/?next={order}accept/", []),
    ],
)
def test_it_leads_back_to_the_page_one_came_from_unless_that_leads_here(
    as_user, page, led_to
):
    order = an_order(status=OrderStatus.DELIVERED)
    address = order.get_absolute_url()
    came_from = f"http://testserver{page.format(order=address)}"

    answer = as_user(order.buyer).get(
        f"{address}accept/", headers={"referer": came_from}
    )

    expected = [each.format(order=address) for each in led_to]
    assert LEADS_BACK.findall(answer.text) == expected


def test_it_leads_nobody_off_to_another_site(as_user):
    order = an_order(status=OrderStatus.DELIVERED)

    answer = as_user(order.buyer).get(
        f"{order.get_absolute_url()}accept/",
        headers={"referer": "https://evil.example/"},
    )

    assert LEADS_BACK.findall(answer.text) == []


@pytest.mark.parametrize(
    ("typed", "led_to"),
    [
        ("/settings/", "/settings/profile/"),
        ("/categories/", "/gigs/"),
        ("/sell/", "/sell/gigs/"),
    ],
)
def test_the_shorter_address_of_many_pages_leads_to_the_first(as_user, typed, led_to):
    answer = as_user(a_seller()).get(typed, follow=True)

    assert answer.redirect_chain == [(led_to, 302)]
    assert answer.status_code == 200


def test_selling_begins_at_the_start_for_who_does_not_sell_yet(as_user):
    answer = as_user(a_user()).get("/sell/", follow=True)

    assert answer.redirect_chain[-1] == ("/sell/start/?next=%2Fsell%2Fgigs%2F", 302)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_what_no_link_and_no_form_sends_is_refused_without_a_page(as_user, method):
    order = an_order(status=OrderStatus.DELIVERED)

    answer = as_user(order.buyer).generic(method, f"{order.get_absolute_url()}accept/")

    assert (answer.status_code, answer.content) == (405, b"")
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/orders/?state=open", "/orders/?state=open"),
        ("https://evil.example/orders/", "/messages/with/"),
        ("", "/messages/with/"),
        ("http://[", "/messages/with/"),
    ],
)
def test_a_form_sent_after_the_session_leads_back_to_its_page(client, page, back):
    person = a_user()

    answer = client.post(f"/messages/with/{person.pk}/", headers={"Referer": page})

    leads_to = parse_qs(urlsplit(answer.url).query)["next"][0]
    assert leads_to.startswith(back)


def test_too_many_tries_are_a_429(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    form = {"login": "a@example.com", "password": PASSWORD}
    client.post(LOGIN, form)

    answer = client.post(LOGIN, form)

    assert_explained(answer, 429, "Too many tries in a short time")


def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(
    client, broken_database
):
    gig = a_gig()

    with broken_database(OperationalError("gone")):
        answer = client.get(gig.get_absolute_url())

    assert_explained(answer, 503, "We are busy or repairing something")
    assert answer.headers["Retry-After"] == "5"


def test_a_failure_of_ours_is_a_500_that_tells_nothing_about_itself(broken_database):
    browser = Client(raise_request_exception=False)

    with broken_database(RuntimeError("a secret of ours")):
        answer = browser.get("/gigs/")

    assert_explained(answer, 500, "Something broke on our side")
    assert "secret" not in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["/", "/gigs/", LOGIN, "/robots.txt", "/favicon.ico", "/healthz"]
)
def test_watchers_may_ask_for_the_head_alone(client, path):
    assert client.head(path).status_code in {200, 302}


@pytest.mark.parametrize(
    ("proxies", "country", "status"),
    [(1, "zz", 451), (1, "DE", 200), (1, "", 200), (0, "ZZ", 200)],
)
def test_a_country_that_is_not_served_is_told_so(settings, proxies, country, status):
    settings.TRUSTED_PROXY_COUNT = proxies
    settings.GEO_COUNTRY_HEADER, settings.GEO_BLOCKED = "CF-IPCountry", {"ZZ"}

    answer = Client().get("/healthz", headers={"CF-IPCountry": country})

    assert answer.status_code == status
