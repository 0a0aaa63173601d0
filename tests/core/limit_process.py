"""`python -m tests.core.limit_process <what> <who> <tries>`: try at the word, and say how often it was allowed."""

import sys
import time

import django

django.setup()

from django.core.cache import cache  # noqa: E402
from django.test import RequestFactory  # noqa: E402

from gigstream.core import limits  # noqa: E402
from gigstream.core.errors import TooMany  # noqa: E402

LIMIT = 50


def window(who):
    request = RequestFactory(REMOTE_ADDR=who).post("/")
    limits.RATES["login"] = limits.Rates(f"{LIMIT}/d")
    try:
        limits.spend(request, "login")
    except TooMany:
        return False
    return True


def bucket(who):
    return cache.take_token(who, capacity=LIMIT, seconds=24 * 3600) == 0


def careless(who):
    """The negative control: looks first, then writes, and takes its time between."""
    count = cache.get(f"careless:{who}", 0)
    time.sleep(0.005)
    cache.set(f"careless:{who}", count + 1, 3600)
    return count < LIMIT


if __name__ == "__main__":
    what, who, tries = sys.argv[1:]
    cache.get("warm-up")
    print("ready", flush=True)
    sys.stdin.readline()
    attempt = {"window": window, "bucket": bucket, "careless": careless}[what]
    print(sum(attempt(who) for _ in range(int(tries))), flush=True)
