"""`make test`: the whole suite on SQLite, then what has a database on PostgreSQL, and beside
both the browser.

What this machine lacks is skipped and named at the end; with REQUIRE_ALL=1 (as in CI) a
lack is a failure. Arguments go to pytest.
"""

import os
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlsplit

import bytecode  # noqa: F401 - for all that is started from here
import psycopg
import redis
from browser import CHROMIUM

POSTGRESQL = os.environ.get(
    "TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/gigstream"
)
WORKERS = ["-n", "2", "--dist", "worksteal"]
NOTHING_COLLECTED = 5


class Round:
    """One run of pytest. It may go on in the background; its words wait until it is finished."""

    def __init__(self, title, *arguments, in_background=False, **environment):
        self.title = title
        self.began = time.monotonic()
        # Closed by `has_passed`, when all has been said.
        self.words = tempfile.TemporaryFile("w+") if in_background else None  # noqa: SIM115
        if not in_background:
            print(f"\n=== {title}", flush=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-q", *arguments, *sys.argv[1:]],
            env={**os.environ, **environment},
            stdout=self.words,
            stderr=subprocess.STDOUT if in_background else None,
        )

    def has_passed(self):
        code = self.process.wait()
        if self.words:
            self.words.seek(0)
            print(f"\n=== {self.title}\n{self.words.read()}", flush=True)
            self.words.close()
        print(f"=== {self.title}: {time.monotonic() - self.began:.0f} s", flush=True)
        # Arguments may name tests of another round only.
        return code == 0 or (code == NOTHING_COLLECTED and bool(sys.argv[1:]))


def has_postgresql():
    parts = urlsplit(POSTGRESQL)
    try:
        psycopg.connect(
            host=parts.hostname,
            port=parts.port,
            user=parts.username,
            password=parts.password,
            dbname="postgres",
            connect_timeout=2,
        ).close()
    except psycopg.Error:
        return False
    return True


def has_redis():
    """The tests that need Redis step aside by themselves; here it is said."""
    url = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
    try:
        return redis.Redis.from_url(url, socket_connect_timeout=1).ping()
    except redis.exceptions.RedisError:
        return False


def main():
    skipped = []
    browser = None
    if CHROMIUM:
        browser = Round("Browser", "-m", "journey", in_background=True)
    else:
        skipped.append(
            "Browser (neither chromium-headless-shell nor chromium on the PATH; CHROMIUM names one)"
        )
    passed = [Round("SQLite", "-m", "not race and not journey", *WORKERS).has_passed()]
    if has_postgresql():
        postgresql = Round(
            "PostgreSQL",
            "-m",
            "not journey",
            *WORKERS,
            TEST_DATABASE_URL=POSTGRESQL,
            DATABASE_TESTS_ONLY="1",
        )
        passed.append(postgresql.has_passed())
    else:
        skipped.append("PostgreSQL (nothing answers at TEST_POSTGRESQL_URL)")
    if browser:
        passed.append(browser.has_passed())
    if not has_redis():
        skipped.append("Redis (nothing answers at TEST_REDIS_URL)")
    for what in skipped:
        print(f"skipped: {what}")
    lacking = bool(skipped) and os.environ.get("REQUIRE_ALL") == "1"
    return 0 if all(passed) and not lacking else 1


if __name__ == "__main__":
    sys.exit(main())
