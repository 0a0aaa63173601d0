"""Settings for the test suite: as local, but quick hashing, and a database made for the run."""

from pathlib import Path

from gigstream.settings import base, env
from gigstream.settings.base import *
from gigstream.settings.sandbox import *

DEBUG = False
# Only where migrations are made and tested; `make migrations` uses these settings.
INSTALLED_APPS = [*base.INSTALLED_APPS, "django_linear_migrations"]
SECRET_KEY = "only-for-tests"  # noqa: S105 - and nowhere else
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CLOCK_FILE = None  # a test moves its own clock
# Limits are counted only where a test asks for it.
RATELIMIT_ENABLE = False
RATE_LIMIT_PER_MINUTE = 0
STAFF_NEEDS_MFA = False
# How busy the machine is says nothing about a query; the test of it sets its own.
SLOW_QUERY_MS = 0
STORAGES = {
    **base.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
DATABASES = {
    "default": env.database(
        env.text(
            "TEST_DATABASE_URL", f"sqlite:///{base.VAR_DIR / 'test' / 'run.sqlite3'}"
        )
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file: SQLite in shared memory answers `table is locked` where a file would wait.
    _file = Path(DATABASES["default"]["NAME"])
    _file.parent.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": _file}
    # A run asks far more different questions than the 128 that are kept ready.
    DATABASES["default"]["OPTIONS"]["cached_statements"] = 2000
else:
    DATABASES["default"]["OPTIONS"].pop("pool")
    # A test's database need not survive a power cut.
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
