import os
import random
import time

import pytest
import redis
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import checks
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client, RequestFactory

from gigstream.core import client as clients
from gigstream.core import limits
from gigstream.core.cache import prune
from gigstream.core.limits import Rates
from gigstream.core.models import CacheRow
from tests.accounts.people import join, log_in
from tests.core.hammer import LIMIT, bucket, careless, hammer, window
from tests.factories import PASSWORD, a_user

IN_DATABASE = {"default": {"BACKEND": "gigstream.core.cache.DatabaseCache"}}
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


@pytest.fixture
def limits_on(settings, db):
    """Count as production does; the windows are a day long, so that none ends meanwhile."""
    settings.CACHES = settings.CACHES | IN_DATABASE
    settings.RATELIMIT_ENABLE = True
    return settings


@pytest.fixture
def rates(monkeypatch):
    """Set the rates of an action for this test."""

    def change(action, client, account=""):
        monkeypatch.setitem(limits.RATES, action, Rates(client, account))

    return change


@pytest.fixture
def hashes(monkeypatch):
    """Every password that is hashed."""
    seen, encode = [], MD5PasswordHasher.encode

    def counting(self, password, salt):
        seen.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    return seen


def from_address(address, **headers):
    return RequestFactory(REMOTE_ADDR=address, headers=headers).post("/")


# --- Who is asking ------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, None, "203.0.113.9"),
        (0, "198.51.100.1", "203.0.113.9"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "1.1.1.1, 2.2.2.2, 198.51.100.1", "198.51.100.1"),
        (2, "1.1.1.1, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (2, "198.51.100.1", "203.0.113.9"),
        (1, "198.51.100.1:4711", "198.51.100.1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "nonsense", "203.0.113.9"),
        (1, "", "203.0.113.9"),
    ],
)
def test_only_what_our_proxies_wrote_is_believed(settings, proxies, forwarded, found):
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}

    assert clients.address(from_address("203.0.113.9", **headers)) == found


def test_a_whole_ipv6_home_is_one_client():
    one, other = from_address("2001:db8:1:2::1"), from_address("2001:db8:1:2:ffff::2")
    stranger = from_address("2001:db8:1:3::1")

    assert clients.network(one) == clients.network(other)
    assert clients.network(one) != clients.network(stranger)


# --- Single actions -----------------------------------------------------------


def test_too_many_logins_are_refused_with_a_time_to_come_back(limits_on, rates):
    rates("login", "3/d")

    codes = [
        log_in(Client(), email=f"{number}@example.com", password="x").status_code
        for number in range(4)
    ]
    refused = log_in(Client(), email="nora@example.com", password="x")

    assert codes == [422, 422, 422, 429]
    assert "Too many tries" in refused.text
    assert 0 < int(refused.headers["Retry-After"]) <= 24 * 3600


def test_a_refused_login_hashes_nothing(limits_on, rates, hashes):
    user = a_user()
    rates("login", "100/d", "1/d")
    log_in(Client(), email=user.email, password="wrong")
    hashes.clear()

    refused = log_in(Client(), email=user.email, password=PASSWORD)

    assert refused.status_code == 429
    assert hashes == []


def test_the_limit_of_one_account_does_not_lock_out_another(limits_on, rates):
    attacked, other = a_user(), a_user()
    rates("login", "100/d", "2/d")

    codes = [
        log_in(Client(), email=attacked.email, password="wrong").status_code
        for _ in range(3)
    ]

    assert codes == [422, 422, 429]
    assert log_in(Client(), email=other.email, password=PASSWORD).status_code == 302


def test_an_account_is_the_same_in_any_case_and_from_any_address(limits_on, rates):
    rates("login", "100/d", "2/d")

    codes = [
        log_in(
            Client(REMOTE_ADDR=f"203.0.113.{number}"), email=email, password="x"
        ).status_code
        for number, email in enumerate(
            ["N@example.com", "n@EXAMPLE.com", "n@example.com"]
        )
    ]

    assert codes == [422, 422, 429]


def test_coming_in_forgives_the_tries_against_the_account_only(limits_on, rates):
    user = a_user()
    rates("login", "5/d", "2/d")

    codes = [
        log_in(Client(), email=user.email, password=password).status_code
        for password in ["wrong", PASSWORD, "wrong", PASSWORD, "wrong", PASSWORD]
    ]

    assert codes == [422, 302, 422, 302, 422, 429]


@pytest.mark.parametrize("known", [True, False])
def test_limits_do_not_tell_who_has_an_account(limits_on, rates, known):
    rates("login", "100/d", "2/d")
    a_user(email="known@example.com")
    email = "known@example.com" if known else "unknown@example.com"

    answers = [
        log_in(Client(), email=email, password="wrong").status_code for _ in range(3)
    ]

    assert answers == [422, 422, 429]


def test_a_spoofed_address_changes_nothing(limits_on, rates):
    rates("login", "2/d")

    codes = [
        Client(headers={"X-Forwarded-For": f"198.51.100.{number}"})
        .post("/accounts/login/", {"login": f"{number}@example.com", "password": "x"})
        .status_code
        for number in range(3)
    ]

    assert codes == [422, 422, 429]


def test_behind_a_proxy_each_client_has_its_own_tries(limits_on, rates):
    limits_on.TRUSTED_PROXY_COUNT = 1
    rates("login", "1/d")

    def code(address):
        browser = Client(headers={"X-Forwarded-For": f"1.2.3.4, {address}"})
        return log_in(browser, email="a@example.com", password="x").status_code

    assert [code("198.51.100.1"), code("198.51.100.2"), code("198.51.100.1")] == [
        422,
        422,
        429,
    ]


def post_to_admin(email, browser=None):
    fields = {"username": email, "password": "wrong"}
    return (browser or Client()).post("/admin/login/", fields).status_code


def test_the_admin_login_counts_with_the_other(limits_on, rates):
    user = a_user()
    rates("login", "100/d", "2/d")

    log_in(Client(), email=user.email, password="wrong")
    as_staff = Client()
    as_staff.force_login(
        a_user(is_staff=True),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    codes = [post_to_admin(user.email, as_staff) for _ in range(2)]

    assert codes == [422, 429]
    assert log_in(Client(), email=user.email, password=PASSWORD).status_code == 429


def test_asking_for_the_password_again_counts_as_a_login(limits_on, rates, as_user):
    user = a_user()
    rates("login", "100/d", "1/d")
    browser = as_user(user)

    codes = [
        browser.post("/accounts/reauthenticate/", {"password": "wrong"}).status_code
        for _ in range(2)
    ]

    assert codes == [422, 429]


def test_what_allauth_refuses_by_itself_says_when_to_come_back(limits_on, as_user):
    browser = as_user(a_user())
    form = {"oldpassword": "wrong", "password1": "a-long-way-home"}

    answers = [browser.post("/accounts/password/change/", form) for _ in range(6)]

    assert [each.status_code for each in answers[-2:]] == [422, 429]
    assert answers[-1].headers["Retry-After"] == "60"


@pytest.mark.parametrize(
    ("action", "path"),
    [
        ("reset", "/accounts/password/reset/"),
        ("resend", "/accounts/confirm-email/again/"),
    ],
)
def test_mails_to_one_address_are_limited(limits_on, rates, action, path):
    rates(action, "100/d", "2/d")

    codes = [
        Client().post(path, {"email": email}).status_code
        for email in [
            "n@example.com",
            "N@example.com",
            "n@example.com",
            "m@example.com",
        ]
    ]

    assert codes == [302, 302, 429, 302]


def test_joining_is_limited_before_the_password_is_hashed(limits_on, rates, hashes):
    rates("register", "2/d", "100/d")
    joined = [join(Client(), email=f"{n}@example.com").status_code for n in range(2)]
    hashes.clear()

    refused = join(Client(), email="3@example.com")

    assert joined == [302, 302]
    assert refused.status_code == 429
    assert hashes == []


@pytest.mark.parametrize(
    ("action", "path"),
    [
        ("verify", "/accounts/confirm-email/made-up/"),
        ("new_password", "/accounts/password/reset/key/1-made-up/"),
    ],
)
def test_links_cannot_be_guessed_for_long(limits_on, rates, action, path):
    rates(action, "2/d")

    codes = [Client().post(path, {"password1": "x"}).status_code for _ in range(3)]

    assert codes[:2] != [429, 429]
    assert codes[2] == 429


def test_looking_costs_no_tries(limits_on, rates):
    rates("register", "1/d")

    codes = [Client().get("/accounts/signup/").status_code for _ in range(3)]

    assert codes == [200, 200, 200]


def test_the_cache_knows_no_address(limits_on):
    log_in(Client(), email="nora@example.com", password="x")

    assert CacheRow.objects.exists()
    assert not CacheRow.objects.filter(key__contains="nora").exists()
    assert not CacheRow.objects.filter(value__contains="nora").exists()


def test_without_the_cache_nobody_may_guess(limits_on, hashes, monkeypatch):
    def gone(*_args, **_options):
        raise redis.exceptions.ConnectionError

    monkeypatch.setattr("gigstream.core.cache.DatabaseCache.add", gone)

    refused = log_in(Client(), email="nora@example.com", password="x")

    assert refused.status_code == 503
    assert hashes == []


# --- What a login costs -------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nora@example.com", PASSWORD),
        ("nora@example.com", "wrong"),
        ("nobody@example.com", "wrong"),
        ("suspended@example.com", PASSWORD),
        ("closed@example.com", "wrong"),
        ("social@example.com", "wrong"),
    ],
)
def test_every_login_costs_one_hash(db, hashes, email, password):
    a_user(email="nora@example.com")
    a_user(email="suspended@example.com", standing="suspended")
    a_user(email="closed@example.com", standing="closed")
    a_user(email="social@example.com", password=None)
    hashes.clear()

    log_in(Client(), email=email, password=password)

    assert len(hashes) == 1


# --- The whole site -----------------------------------------------------------


@pytest.fixture
def three_per_minute(limits_on):
    limits_on.RATE_LIMIT_PER_MINUTE = 3


def test_a_client_gets_so_many_pages_a_minute(three_per_minute):
    codes = [Client().get("/robots.txt").status_code for _ in range(3)]
    refused = Client().get("/robots.txt")
    other = Client(REMOTE_ADDR="203.0.113.9").get("/robots.txt")

    assert codes == [200, 200, 200]
    assert (refused.status_code, other.status_code) == (429, 200)
    assert 0 < int(refused.headers["Retry-After"]) <= 20


def test_pages_that_are_not_there_count_too(three_per_minute):
    codes = [Client().get("/nowhere/").status_code for _ in range(4)]

    assert codes == [404, 404, 404, 429]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/none.css"])
def test_health_and_static_files_are_not_counted(three_per_minute, path):
    codes = {Client().get(path).status_code for _ in range(5)}

    assert 429 not in codes


def test_webhooks_are_not_counted(three_per_minute):
    codes = {
        Client()
        .post("/api/webhooks/stripe", b"{}", content_type="application/json")
        .status_code
        for _ in range(5)
    }

    assert codes == {400}


def test_the_bucket_fills_again_bit_by_bit(three_per_minute, monkeypatch):
    now = [1_800_000_000.0]
    monkeypatch.setattr("gigstream.core.cache.time.time", lambda: now[0])

    def take():
        return cache.take_token("nora", capacity=3, seconds=60)

    burst = [take() for _ in range(4)]
    now[0] += 20
    after = [take(), take()]
    now[0] += 600
    rested = [take() for _ in range(4)]

    assert burst == [0, 0, 0, 20]
    assert after == [0, 20]
    assert rested == [0, 0, 0, 20]


def test_zero_switches_the_bucket_off(limits_on):
    limits_on.RATE_LIMIT_PER_MINUTE = 0

    assert limits.wait_for_token(from_address("203.0.113.9")) == 0
    assert not CacheRow.objects.exists()


def test_a_cache_that_is_away_stops_no_page(three_per_minute, monkeypatch):
    def gone(*_args, **_options):
        raise OperationalError("gone")

    monkeypatch.setattr("gigstream.core.cache.DatabaseCache.take_token", gone)

    assert Client().get("/robots.txt").status_code == 200


# --- The cache ----------------------------------------------------------------


def test_the_cache_keeps_what_django_promises(limits_on):
    assert cache.add("a", 1, 60)
    assert not cache.add("a", 2, 60)
    assert cache.incr("a", 4) == 5
    assert cache.decr("a") == 4
    cache.set("list", [1.5, "two", None], 60)
    assert cache.get("list") == [1.5, "two", None]
    assert cache.get("none", "default") == "default"
    assert cache.touch("a", 100)
    assert not cache.touch("none", 100)
    assert cache.delete("a")
    assert not cache.delete("a")
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")
    cache.set("for_ever", True, None)
    assert cache.get("for_ever") is True
    cache.clear()
    assert not CacheRow.objects.exists()


def test_what_is_over_is_gone_and_pruned(limits_on, monkeypatch):
    cache.set("short", 1, 10)
    cache.set("long", 1, 1000)
    later = time.time() + 11
    monkeypatch.setattr("gigstream.core.cache.time.time", lambda: later)

    assert cache.get("short") is None
    with pytest.raises(ValueError, match="not found"):
        cache.incr("short")
    assert cache.add("short", 7, -1)
    assert prune() == 1
    assert [row.key for row in CacheRow.objects.all()] == [":1:long"]


def test_adding_and_counting_are_one_statement_each(
    limits_on, django_assert_num_queries
):
    with django_assert_num_queries(1):
        cache.add("a", 1, 60)
    with django_assert_num_queries(1):
        cache.incr("a")
    with django_assert_num_queries(1):
        cache.take_token("b", capacity=5, seconds=60)


@pytest.mark.parametrize(
    "backend", ["gigstream.core.cache.DatabaseCache", "gigstream.core.cache.RedisCache"]
)
def test_the_check_of_django_ratelimit_finds_nothing(settings, backend):
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": REDIS_URL}}

    found = checks.run_checks(tags=["caches"])

    assert [each for each in found if not each.is_silenced()] == []


# --- Four processes at once ---------------------------------------------------


IN_REDIS = {
    "default": {"BACKEND": "gigstream.core.cache.RedisCache", "LOCATION": REDIS_URL}
}


@pytest.fixture
def redis_limits(settings):
    try:
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=1).ping()
    except redis.exceptions.RedisError:
        pytest.skip("Redis does not answer at TEST_REDIS_URL")
    settings.CACHES = settings.CACHES | IN_REDIS
    settings.RATELIMIT_ENABLE = True


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", [window, bucket])
def test_four_processes_on_one_limit_get_exactly_so_much_in_the_database(
    limits_on, attempt
):
    assert hammer(attempt) == LIMIT


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_counting_in_one_statement_they_get_more(limits_on):
    assert hammer(careless) > LIMIT


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", [window, bucket])
def test_four_processes_on_one_limit_get_exactly_so_much_in_redis(
    redis_limits, attempt
):
    assert hammer(attempt) == LIMIT


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_counting_in_one_step_redis_lets_more_through(redis_limits):
    assert hammer(careless) > LIMIT


def test_a_token_of_redis_says_how_long_to_wait(redis_limits):
    name = f"test:{random.random()}"

    waits = [cache.take_token(name, capacity=2, seconds=60) for _ in range(3)]

    cache.delete(name)
    assert waits[:2] == [0, 0]
    assert 29 < waits[2] <= 30
