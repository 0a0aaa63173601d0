"""Several processes that try at the same limit at once."""

import multiprocessing
import random
import time

from django.core.cache import cache
from django.db import connections
from django.test import RequestFactory

from gigstream.core import limits
from gigstream.core.errors import TooMany

LIMIT = 50
PROCESSES, TRIES = 4, 60


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


def hammer(attempt):
    """Let the processes try at once; return how often they were allowed together.

    They are forks of this one, with connections of their own.
    """
    who = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}"
    fork = multiprocessing.get_context("fork")
    start, allowed = fork.Barrier(PROCESSES), fork.Value("i", 0)

    def run():
        cache.get("warm-up")
        start.wait(timeout=30)
        count = sum(attempt(who) for _ in range(TRIES))
        with allowed:
            allowed.value += count

    connections.close_all()
    running = [fork.Process(target=run) for _ in range(PROCESSES)]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0] * PROCESSES
    return allowed.value
