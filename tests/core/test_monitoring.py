"""What an operator sees: one line per request, slow queries, figures, errors without secrets."""

import json
import logging
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO

import brotli
import pytest
import sentry_sdk
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from prometheus_client.parser import text_string_to_metric_families

from gigstream.core import clock, jobs, limits
from gigstream.core.limits import Rates
from gigstream.core.models import WebVital
from gigstream.core.monitoring import queries, trace, vitals
from gigstream.core.monitoring.logs import JsonFormatter
from gigstream.services import sentry
from tests.core import sample_tasks  # noqa: F401 - registers the tasks it enqueues
from tests.factories import a_user, an_order

CANARY = "canary-in-a-coal-mine"
TOKEN = "a-token-that-nobody-can-guess"


@pytest.fixture
def lines():
    """What goes to the log as JSON, one dict a record."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    loggers = [
        logging.getLogger(name)
        for name in ("gigstream.requests", "gigstream.slow_queries")
    ]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


# --- Logs -----------------------------------------------------------------------


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_id_its_person_and_its_cost(lines, as_user):
    order = an_order()

    answer = as_user(order.buyer).get(order.get_absolute_url(), {"q": CANARY})

    (line,) = lines()
    assert line["request"] == answer.headers["X-Request-ID"]
    assert (line["route"], line["status"]) == ("orders:detail", 200)
    assert line["user"] == str(order.buyer.pk)
    assert line["message"] == f"GET {order.get_absolute_url()} 200"
    assert line["queries"] >= 5
    assert CANARY not in json.dumps(line)


@pytest.mark.django_db
def test_the_key_in_a_link_of_a_mail_is_not_logged(lines, client):
    client.get(f"/accounts/confirm-email/{CANARY}/")

    (line,) = lines()
    assert line["route"] == "account_confirm_email"
    assert CANARY not in json.dumps(line)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("proxies", "given", "kept"),
    [(1, "0123456789abcdef", True), (0, "0123456789abcdef", False), (1, "a\tb", False)],
)
def test_only_our_own_proxy_names_a_request(client, settings, proxies, given, kept):
    settings.TRUSTED_PROXY_COUNT = proxies

    answer = client.get("/healthz", headers={"X-Request-ID": given})

    assert (answer.headers["X-Request-ID"] == given) == kept


@pytest.mark.django_db
def test_a_slow_query_is_named_without_its_values(lines, settings):
    settings.SLOW_QUERY_MS = 0.000001
    with connection.execute_wrapper(queries.watch), connection.cursor() as cursor:
        cursor.execute("SELECT %s", [CANARY])

    assert all("SELECT %s" in line["message"] for line in lines())
    assert lines()
    assert CANARY not in json.dumps(lines())


def test_a_traceback_is_part_of_its_line():
    try:
        raise ValueError("broken")
    except ValueError as error:
        record = logging.makeLogRecord(
            {"msg": "Oh", "exc_info": (ValueError, error, error.__traceback__)}
        )

    line = json.loads(JsonFormatter().format(record))

    assert "ValueError: broken" in line["traceback"]


# --- Ready, figures --------------------------------------------------------------


@pytest.mark.django_db
def test_ready_says_what_it_looked_at(client):
    answer = client.get("/readyz")

    assert answer.json() == {
        "status": "ready",
        "database": "ok",
        "cache": "ok",
        "queue": "ok",
        "queue_seconds": 0,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["database", "cache"])
def test_not_ready_without_the_database_or_the_cache(client, monkeypatch, part):
    def away():
        raise OperationalError("away")

    monkeypatch.setattr(f"gigstream.core.views._ask_{part}", away)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()[part]) == (503, "down")
    assert answer.json()["status"] == "unavailable"


@pytest.mark.django_db
def test_work_that_waits_is_told_and_sends_nobody_away(client):
    jobs.enqueue("gigstream.core.tasks.prune_cache")

    with clock.frozen(clock.now() + timedelta(minutes=20)):
        answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["queue"]) == (200, "late")


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "queue"), [(61, "ok"), (80, "late")])
def test_work_for_later_waits_from_when_it_is_due(client, minutes, queue):
    jobs.enqueue("gigstream.core.tasks.prune_cache", delay=timedelta(hours=1))

    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        answer = client.get("/readyz")

    assert answer.json()["queue"] == queue


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "given"), [("", ""), ("", "Bearer "), (TOKEN, ""), (TOKEN, "Bearer no")]
)
def test_figures_are_for_those_who_know_the_token(client, settings, token, given):
    settings.METRICS_TOKEN = token

    answer = client.get("/metrics", headers={"Authorization": given})

    assert answer.status_code == 404


@pytest.mark.django_db
def test_figures_count_requests_by_page_and_work_by_state(client, settings):
    settings.METRICS_TOKEN = TOKEN
    jobs.enqueue("gigstream.core.tasks.prune_cache")
    client.get(f"/gigs/{CANARY}/")
    client.generic("BREW", "/about/")

    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    text = answer.content.decode()
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["gigstream_requests_total", "GET", "gigs:detail", "404"] >= 1
    assert found["gigstream_requests_total", "OTHER", "core:about", "405"] >= 1
    assert found["gigstream_tasks", "ready"] == 1
    assert ("process_resident_memory_bytes",) in found
    assert CANARY not in text


# --- Sentry ----------------------------------------------------------------------


@pytest.fixture
def collected():
    """A Sentry that keeps what it is sent: the real SDK, over real HTTP."""
    bodies = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bodies.append(brotli.decompress(body).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    sentry.start(
        dsn=f"http://key@127.0.0.1:{server.server_port}/1",
        environment="test",
        release="1",
        traces=0,
    )
    yield bodies
    sentry_sdk.get_client().close(timeout=2)
    sentry_sdk.init(dsn=None, default_integrations=False)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.django_db
def test_sentry_hears_of_an_error_and_of_no_secret(collected, as_user, monkeypatch):
    person = a_user()

    def broken(*_args, **_options):
        secret = CANARY
        raise RuntimeError("broken", len(secret))

    browser = as_user(person)
    browser.raise_request_exception = False
    browser.cookies["theme"] = CANARY
    monkeypatch.setattr("gigstream.core.views.render", broken)

    answer = browser.get(f"/about/?q={CANARY}", headers={"X-Secret": CANARY})
    sentry_sdk.flush(timeout=5)

    assert answer.status_code == 500
    told = "".join(collected)
    assert "RuntimeError" in told
    assert answer.headers["X-Request-ID"] in told
    assert CANARY not in told
    assert person.email not in told
    assert browser.cookies["sessionid"].value not in told


# --- Vitals ----------------------------------------------------------------------

HERE = {"Origin": "http://testserver"}


def tell(browser, **visit):
    return browser.post(
        "/vitals/", json.dumps(visit), content_type="application/json", headers=HERE
    )


@pytest.mark.django_db
def test_a_visit_is_counted_by_page_and_never_by_person(
    client, django_assert_num_queries
):
    for value in (1000, 1000, 1000, 9000):
        answer = tell(client, path="/gigs/some-gig/", values={"LCP": value, "CLS": 40})
        assert answer.status_code == 204

    with django_assert_num_queries(1):
        (page,) = vitals.by_page(since=clock.now().date())

    assert (page.page, page.visits) == ("gigs:detail", 4)
    largest, _inp, shift, *_ = page.figures
    assert largest.value == pytest.approx(1000, rel=0.06)
    assert (largest.rating, shift.rating) == ("good", "good")
    assert WebVital.objects.count() == 3


@pytest.mark.django_db
def test_one_client_makes_up_so_many_visits_and_not_more(client, settings, monkeypatch):
    in_database = {"BACKEND": "gigstream.core.cache.DatabaseCache"}
    settings.CACHES = {**settings.CACHES, "default": in_database}
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.RATES, "vitals", Rates("2/d"))

    told = [
        tell(client, path="/", values={"LCP": 10**n}).status_code for n in (1, 2, 3)
    ]

    assert told == [204, 204, 429]
    assert WebVital.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\x00\xff",
        b'{"path": "/", "values": {}}',
        b'{"path": "/", "values": {"LCP": "NaN", "HEIGHT": 1}}',
        b'{"path": "gigs", "values": {"LCP": 1}}',
        b'{"path": "/", "values": {"LCP": 1}, "user": 1}',
    ],
)
def test_nonsense_is_a_400(client, body):
    answer = client.post(
        "/vitals/", body, content_type="application/json", headers=HERE
    )

    assert answer.status_code == 400
    assert not WebVital.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "value"),
    [("/nowhere-at-all/", 100), ("/", -1), ("/", 1e12), ("/", 10**400)],
)
def test_what_no_page_of_ours_can_be_leaves_no_row(client, path, value):
    tell(client, path=path, values={"LCP": value})

    assert not WebVital.objects.exists()


@pytest.mark.django_db
def test_a_visit_told_from_another_site_is_refused(client):
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post(
        "/vitals/",
        '{"path": "/", "values": {"LCP": 1}}',
        content_type="application/json",
        headers={"Origin": "https://evil.example"},
    )

    assert answer.status_code == 403


def test_a_bucket_is_a_tenth_wide():
    for value in (0, 1, 7, 90, 2500, 119_999):
        assert vitals.value_of(vitals.bucket_of(value)) == pytest.approx(
            value, rel=0.06, abs=1
        )


@pytest.mark.django_db
def test_old_figures_are_forgotten(run_tasks):
    today, visit = clock.now().date(), vitals.Visit(path="/", values={"LCP": 1})
    vitals.record(visit, day=today - timedelta(days=91))
    vitals.record(visit, day=today)
    jobs.enqueue("gigstream.core.tasks.prune_vitals")

    run_tasks()

    assert WebVital.objects.count() == 1


def test_a_trace_ends_with_its_request():
    trace.begin("0123456789")
    assert trace.current().id == "0123456789"

    trace.end()

    assert trace.current() is None
    assert trace.id_from(RequestFactory().get("/")) == ""
