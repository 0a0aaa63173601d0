"""Doors that must stay shut: settings, the sandbox, caches, and what the database itself holds."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import Resolver404, resolve

import payments.actions
from orders.models import Order
from orders.status import OrderStatus
from payments.models import Payment
from tests.factories import NOON, PASSWORD, a_gig, a_question, a_user, an_order
from tests.gigs.sellers import picture_bytes

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "gigstream.settings.production",
    "SECRET_KEY": "s9-V" * 16,
    "SITE_URL": "https://gigstream.example",
    "ALLOWED_HOSTS": "gigstream.example",
    "DATABASE_URL": "postgres://nobody@127.0.0.1/none",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "STRIPE_SECRET_KEY": "rk_live_none",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_none",
    "STRIPE_WEBHOOK_SECRET": "whsec_none",
    "CLOUDINARY_URL": "cloudinary://none:none@none",
    "RESEND_API_KEY": "re_none",
    "RESEND_WEBHOOK_SECRET": "whsec_bm9uZQ==",
    "PUSHER_APP_ID": "1",
    "PUSHER_KEY": "none",
    "PUSHER_SECRET": "none",
    "PREVIEW_ALLOWS_SANDBOX": "",
}
LOOK_AROUND = """
import sys
import gigstream.asgi
import gigstream.api
from django.conf import settings
from django.urls import get_resolver
get_resolver().url_patterns
print(gigstream.asgi.sandbox or gigstream.asgi.pusher, any(name.startswith("gigstream.sandbox") for name in sys.modules),
      settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_NAME, settings.CSRF_COOKIE_SECURE,
      settings.SESSION_COOKIE_HTTPONLY, settings.CSRF_COOKIE_HTTPONLY, settings.SECURE_HSTS_SECONDS,
      "/api/seed" in gigstream.api.api.get_openapi_schema()["paths"])
"""


def _start(**changed):
    return subprocess.run(
        [sys.executable, "-c", LOOK_AROUND],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **PRODUCTION, **changed},
        capture_output=True,
        text=True,
    )


def test_production_has_no_sandbox_and_safe_cookies():
    started = _start()

    expected = "None False True __Host-csrftoken True True True 63072000 False\n"
    assert (started.returncode, started.stdout) == (0, expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STRIPE_SECRET_KEY", "sk_test_sandbox"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_sandbox"),
        ("CLOUDINARY_URL", "cloudinary://sandbox-key:sandbox-secret@gigstream"),
        ("RESEND_API_KEY", "re_sandbox"),
    ],
)
def test_production_refuses_the_keys_that_everybody_knows(name, value):
    started = _start(**{name: value})

    assert started.returncode == 1
    assert f"{name} is the sandbox's" in started.stderr


@pytest.mark.parametrize(
    "trust", [{}, {"GEO_COUNTRY_HEADER": "CF-IPCountry"}, {"TRUSTED_PROXY_COUNT": "1"}]
)
def test_production_does_not_pretend_to_keep_countries_out(trust):
    started = _start(GEO_BLOCKED="ZZ", **trust)

    assert started.returncode == 1
    assert "GEO_BLOCKED needs" in started.stderr


@pytest.mark.parametrize(
    "path", ["/sandbox/", "/sandbox/outbox/", "/__debug__/", "/seed/"]
)
def test_django_itself_has_no_development_door(path):
    with pytest.raises(Resolver404):
        resolve(path)


# --- Caches and cookies -------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/gigs/", "/accounts/login/", "/accounts/signup/"]
)
def test_an_answer_with_a_cookie_is_for_one_browser(client, path):
    answer = client.get(path)

    directives = answer.headers["Cache-Control"].replace(" ", "").split(",")
    if answer.cookies:
        assert "private" in directives
    assert "public" not in directives
    assert "Cookie" in answer.headers["Vary"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/gigs/", "/nix/", "/dashboard/", "/accounts/logout/"]
)
def test_what_is_shown_to_a_person_is_kept_by_nobody(as_user, path):
    answer = as_user(a_user()).get(path)

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer.headers["Vary"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/gigs/",
        "/nix/",
        "/dashboard/",
        "/accounts/login/",
        "/healthz",
        "/robots.txt",
    ],
)
def test_every_answer_carries_the_headers(client, path):
    answer = client.get(path)

    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    # Where no script is, no nonce was asked for, and the empty list allows nothing.
    assert re.fullmatch(r"('nonce-[^']+')?", policy["script-src"])
    assert "unsafe" not in str(policy)
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_a_suspended_person_is_out_on_every_page_at_once(as_user):
    person = a_user()
    browsers = [as_user(person), as_user(person)]
    type(person).objects.filter(pk=person.pk).update(standing="suspended")

    answers = [browser.get("/dashboard/") for browser in browsers]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert all(
        "sessionid" not in b.cookies or not b.cookies["sessionid"].value
        for b in browsers
    )


@pytest.mark.django_db
def test_the_login_of_the_admin_is_everybodys_with_its_limits(client):
    person = a_user(is_staff=True, is_superuser=True)

    answer = client.post(
        "/admin/login/", {"username": person.email, "password": PASSWORD}
    )

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


# --- What was agreed ----------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"price": 1, "total": 11_00 - 9_99},
        {"fee": 0},
        {"commission": 50_00},
        {"terms": {}},
        {"terms_hash": "0" * 64},
        {"delivery_days": 300},
        {"max_revisions": 50},
        {"tier": "premium"},
        {"currency": "eur"},
    ],
    ids=lambda change: ", ".join(change),
)
def test_what_was_agreed_cannot_change_by_raw_sql_either(change):
    order = an_order(status=OrderStatus.IN_PROGRESS)

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**change)


# --- Double clicks ------------------------------------------------------------


@pytest.mark.django_db
def test_two_clicks_at_once_start_one_payment(monkeypatch):
    order = an_order()
    first = order.payments.get()
    # The second click looked before the first one had written.
    monkeypatch.setattr(
        type(Payment.objects.all()),
        "first",
        _blind_once(Payment.objects.none().first()),
    )
    monkeypatch.setattr(type(Payment.objects.all()), "count", lambda _self: 0)

    second = payments.actions.request_payment(
        order_id=order.pk,
        buyer_id=order.buyer_id,
        price=order.price,
        fee=order.fee,
        currency=order.currency,
        now=NOON,
    )

    assert second == first


def _blind_once(answer):
    return lambda _self: answer


@pytest.mark.django_db
def test_files_of_somebody_who_cannot_deliver_are_not_kept(as_user, monkeypatch):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    kept = []
    monkeypatch.setattr(
        "orders.uploads.store", lambda files, **_whose: kept.extend(files) or []
    )
    file = SimpleUploadedFile("logo.png", picture_bytes())

    answer = as_user(order.buyer).post(
        f"{order.get_absolute_url()}deliver/", {"message": "Here", "attachments": file}
    )

    assert answer.status_code == 422
    assert "This is not yours to do." in answer.text
    assert kept == []


@pytest.mark.django_db
def test_a_question_takes_one_file(as_user, monkeypatch):
    gig = a_gig()
    question = a_question(gig=gig, kind="file")
    files = [SimpleUploadedFile(f"{n}.png", picture_bytes()) for n in range(2)]
    buyer = as_user(a_user())
    page = f"/checkout/{gig.slug}/"

    answer = buyer.post(page, {f"answer_{question.pk.hex}": files})

    assert "One file, please; several fit into a ZIP file." in answer.text
    assert not Order.objects.exists()
