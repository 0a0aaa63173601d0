"""Which environments production starts in, and which it refuses; and that each variable is explained."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db.utils import ConnectionHandler

from gigstream.settings import env

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / "gigstream" / "settings"
VENDORS = [
    "STRIPE_SECRET_KEY",
    "STRIPE_PUBLISHABLE_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "CLOUDINARY_URL",
    "RESEND_API_KEY",
    "RESEND_WEBHOOK_SECRET",
    "PUSHER_APP_ID",
    "PUSHER_KEY",
    "PUSHER_SECRET",
]
# Empty rather than absent: what a developer's own .env says must not fill the gap.
NO_KEYS = dict.fromkeys(VENDORS, "")
COMPLETE = {
    "DJANGO_SETTINGS_MODULE": "gigstream.settings.production",
    "SECRET_KEY": "s9-V" * 16,
    "SITE_URL": "https://gigstream.example",
    "ALLOWED_HOSTS": "gigstream.example,www.gigstream.example",
    "DATABASE_URL": "postgres://nobody@127.0.0.1/none",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "STRIPE_SECRET_KEY": "rk_live_none",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_none",
    "STRIPE_WEBHOOK_SECRET": "whsec_new,whsec_old",
    "CLOUDINARY_URL": "cloudinary://none:none@none",
    "RESEND_WEBHOOK_SECRET": "whsec_bm9uZQ==",
    "RESEND_API_KEY": "re_none",
    "PUSHER_APP_ID": "1",
    "PUSHER_KEY": "none",
    "PUSHER_SECRET": "none",
    "PREVIEW_ALLOWS_SANDBOX": "",
    "TRUSTED_PROXY_COUNT": "1",
}
SHOW = """
import django
from django.conf import settings
django.setup()
print(settings.SANDBOX, settings.DEBUG, settings.SESSION_COOKIE_NAME,
      settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_API_BASE)
"""


def _start(**changed):
    """Start Django in a process of its own; hand back its exit code and what it printed."""
    started = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **COMPLETE, **changed},
        capture_output=True,
        text=True,
    )
    return started.returncode, (started.stdout or started.stderr).strip().splitlines()[
        -1
    ]


def test_production_starts_with_a_complete_environment():
    code, printed = _start()

    assert (code, printed) == (
        0,
        "False False __Host-sessionid ['whsec_new', 'whsec_old'] https://api.stripe.com",
    )


def test_a_preview_starts_on_the_sandbox_without_keys():
    code, printed = _start(PREVIEW_ALLOWS_SANDBOX="1", **NO_KEYS)

    assert (code, printed) == (
        0,
        "True False __Host-sessionid ['whsec_sandbox'] "
        "https://gigstream.example/sandbox/stripe",
    )


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "SITE_URL", "DATABASE_URL", "REDIS_URL", *VENDORS]
)
def test_production_does_not_start_without(name):
    code, printed = _start(**{name: ""})

    assert code == 1
    assert "ImproperlyConfigured" in printed
    assert name in printed


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be random"),
        ({"SECRET_KEY": "local-development" * 4}, "SECRET_KEY must be random"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name each host"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name each host"),
        ({"ALLOWED_HOSTS": "gigstream.example,*"}, "ALLOWED_HOSTS must name each host"),
        ({"ALLOWED_HOSTS": ".gigstream.example"}, "ALLOWED_HOSTS must name each host"),
        ({"SITE_URL": "http://gigstream.example"}, "SITE_URL must begin with https"),
        ({"DATABASE_URL": "mysql://127.0.0.1/none"}, "DATABASE_URL must begin with"),
        ({"TRUSTED_PROXY_COUNT": "two"}, "TRUSTED_PROXY_COUNT must be a whole number"),
        (
            {"PREVIEW_ALLOWS_SANDBOX": "1", "STRIPE_SECRET_KEY": "sk_live_x"},
            "The sandbox is refused beside live Stripe keys",
        ),
        (
            {"PREVIEW_ALLOWS_SANDBOX": "1", "STRIPE_SECRET_KEY": "rk_live_x"},
            "The sandbox is refused beside live Stripe keys",
        ),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, dict) else "",
)
def test_production_refuses(changed, reason):
    code, printed = _start(**changed)

    assert code == 1
    assert f"ImproperlyConfigured: {reason}" in printed


@pytest.mark.django_db  # lets it open one
def test_a_sqlite_file_stays_open_from_one_request_to_the_next(tmp_path):
    settings = env.database(f"sqlite:///{tmp_path}/db.sqlite3")
    connection = ConnectionHandler({"default": settings})["default"]
    connection.ensure_connection()
    opened = connection.connection

    connection.close_if_unusable_or_obsolete()

    assert connection.connection is opened
    connection.close()


def _variables_read():
    """The variables that settings ask for, by any of the typed readers."""
    source = "".join(path.read_text() for path in SETTINGS.glob("*.py"))
    return set(re.findall(r"""env\.\w+\(\s*['"]([A-Z_]+)""", source)) | set(VENDORS)


def test_the_example_explains_every_variable_and_no_other():
    example = (ROOT / ".env.example").read_text()

    named = re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE)

    assert sorted(named) == sorted(_variables_read())


def test_every_variable_of_the_example_has_a_comment_above_it():
    lines = (ROOT / ".env.example").read_text().splitlines()

    bare = [
        line
        for above, line in zip(["", *lines], lines, strict=False)
        if re.match(r"#? ?[A-Z_]+=", line) and not re.match(r"# [A-Z`].+\w", above)
    ]

    assert bare == []


def test_the_readme_lists_every_variable_and_no_other():
    readme = (ROOT / "README.md").read_text()

    listed = re.findall(r"^\| `([A-Z_]+)` \|", readme, re.MULTILINE)

    assert sorted(listed) == sorted(_variables_read())
