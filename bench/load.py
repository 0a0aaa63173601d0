"""Whether the production stack bears too much, and ten minutes of enough: `make bench-load`.

The stack of `make prod-smoke` (nginx, two processes of granian, a worker, PostgreSQL, Redis)
gets a mix of pages, of strangers and of somebody known, who saves gigs too. First as much as
it can do, which is the peak; then four times that for a minute, from many addresses, however
slowly it answers; then a third of the peak for ten minutes. It fails if an aim is missed.

    python bench/load.py [minutes]
"""

import asyncio
import itertools
import os
import re
import ssl
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.client import Tally, ask, in_turns, request
from bench.site import family, memory
from deploy import smoke

PEAK_SECONDS, STORM_SECONDS, TIMES = 10, 60, 4
ADDRESSES, MOST_OPEN = 40, 800
KEPT_GOODPUT, REFUSED_WITHIN, RECOVERED_WITHIN, GROWTH = 0.7, 1, 10, 1.1
MISSED = []


def main(minutes=10):
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.\n")
    print("| what | measured | aim | |\n| --- | ---: | ---: | --- |")
    with ExitStack() as held:
        directory = Path(held.enter_context(tempfile.TemporaryDirectory()))
        held.enter_context(smoke.empty_database())
        stack = smoke.Stack(directory)
        stack.environment["RATE_LIMIT_PER_MINUTE"] = "0"
        stack.prepare()
        held.callback(stack.stop)
        stack.start()
        stack.manage("seed_demo", "--gigs", "48")
        asyncio.run(_all(stack, mix(stack), minutes * 60))
        if MISSED:
            print(stack.logs(), file=sys.stderr)
    return 1 if MISSED else 0


def mix(stack):
    """What is asked for, in this order again and again."""
    session = smoke.log_in(stack, "buyer@example.com")
    orders = stack.http.request(
        "GET", f"{stack.url}/orders/", headers={"Cookie": session}
    )
    order = re.search(r'href="(/orders/[0-9a-f-]{36}/)', orders.data.decode()).group(1)
    market = stack.get("/gigs/").data.decode()
    gig = re.search(r'href="(/gigs/[a-z0-9-]+/)"', market).group(1)
    number = re.search(r'action="/favorites/([0-9a-f-]{36})/save/', market).group(1)
    token = "t" * 32
    saving = {
        "cookie": f"{session}; __Host-csrftoken={token}",
        "form": f"csrfmiddlewaretoken={token}",
        "origin": stack.url,
    }
    host = stack.url.removeprefix("https://")
    known = {"cookie": session, "host": host}
    return [
        request("/", host=host),
        request("/gigs/", host=host),
        request("/gigs/?q=logo", host=host),
        request(gig, host=host),
        request("/gigs/", **known),
        request(gig, **known),
        request(order, **known),
        request("/messages/", **known),
        request("/api/gigs?limit=24", host=host),
        request(f"/favorites/{number}/save/", host=host, **saving),
        request(f"/favorites/{number}/unsave/", host=host, **saving),
    ]


async def _all(stack, requests, seconds):
    tls = ssl.create_default_context(cafile=str(stack.certificate))
    port = stack.https_port
    warm = await in_turns(port, requests, times=10 * len(requests), ssl=tls)
    assert not set(warm.statuses) - GOOD, warm.statuses
    peak = await in_turns(port, requests, seconds=PEAK_SECONDS, at_once=16, ssl=tls)
    good = goodput(peak)
    tell("as much as it can do, requests a second", f"{good:.0f}")
    await _storm(port, tls, requests, good)
    await _soak(stack, tls, requests, good / 3, seconds)


GOOD = {200, 302, 204}


def goodput(tally):
    return sum(tally.statuses[status] for status in GOOD) / tally.seconds


async def _storm(port, tls, requests, good):
    storm = await at_a_rate(port, requests, TIMES * good, STORM_SECONDS, ssl=tls)
    refused = [
        wait
        for status, waits in storm.waits.items()
        if status not in GOOD
        for wait in waits
    ]
    odd = set(storm.statuses) - GOOD - {503}
    tell("done of it", f"{goodput(storm):.0f}")
    tell(
        f"of the peak, while {TIMES} times as much is asked for {STORM_SECONDS} s",
        f"{goodput(storm) / good:.2f}",
        f"{KEPT_GOODPUT}",
        goodput(storm) / good >= KEPT_GOODPUT,
    )
    slowest = statistics.quantiles(refused, n=100)[98] if len(refused) > 1 else 0
    tell(
        f"a refusal (p99 of {len(refused)}), s; other answers: {sorted(odd) or 'none'}",
        f"{slowest:.2f}",
        f"{REFUSED_WITHIN}",
        slowest <= REFUSED_WITHIN and not odd,
    )
    began, right = time.monotonic(), 0
    while right < 10 and time.monotonic() - began < 60:
        calm = await in_turns(port, requests[:1], times=1, at_once=1, ssl=tls)
        right = right + 1 if calm.statuses[200] and max(calm.waits[200]) < 0.5 else 0
        await asyncio.sleep(0.1)
    recovered = time.monotonic() - began - 1
    tell(
        "after it, until ten answers come in time, s",
        f"{max(0, recovered):.1f}",
        f"{RECOVERED_WITHIN}",
        recovered <= RECOVERED_WITHIN,
    )


async def _soak(stack, tls, requests, rate, seconds):
    port = stack.https_port
    first = min(60, seconds / 5)
    await at_a_rate(port, requests, rate, first, ssl=tls)
    before = sizes(stack)
    soak = await at_a_rate(port, requests, rate, seconds - first, ssl=tls)
    after = sizes(stack)
    bad = {each: n for each, n in soak.statuses.items() if each not in GOOD}
    tell(
        f"refused or wrong of {sum(soak.statuses.values())} in {seconds / 60:.0f} minutes",
        ", ".join(f"{n} × {each}" for each, n in bad.items()) or "0",
        "0",
        not bad,
    )
    for name in before:
        aim = GROWTH * before[name] + (0 if name == "MB" else 4)
        tell(
            f"{name}, after a minute and at the end",
            f"{before[name]:.0f} → {after[name]:.0f}",
            f"{aim:.0f}",
            after[name] <= aim,
        )


def sizes(stack):
    """What the site's own processes hold: memory, open files, connections to the database."""
    own = [each.pid for each in stack.processes if "nginx" not in str(each.args)]
    pids = [each for pid in own for each in family(pid)]
    with psycopg.connect(smoke.ADMIN_URL) as admin:
        held = admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [smoke.DATABASE]
        ).fetchone()[0]
    return {
        "MB": sum(memory(pid) for pid in own),
        "open files": sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids),
        "connections to PostgreSQL": held,
    }


async def at_a_rate(port, requests, rate, seconds, *, ssl):
    """Ask so many times a second, whether or not answers come. A lost connection is a 0."""
    tally, idle, running = Tally(), [], set()
    addresses = itertools.cycle(f"127.0.0.{n}" for n in range(2, 2 + ADDRESSES))
    began = time.monotonic()

    async def one(words):
        started = time.monotonic()
        line, status = idle.pop() if idle else None, 0
        with suppress(OSError, asyncio.IncompleteReadError, ValueError):
            line = line or await asyncio.open_connection(
                "127.0.0.1",
                port,
                ssl=ssl,
                server_hostname="localhost",
                local_addr=(next(addresses), 0),
            )
            status = await ask(*line, words)
        tally.add(status, time.monotonic() - started)
        if status and not line[1].is_closing():
            idle.append(line)
        elif line:
            line[1].close()

    for number in range(int(rate * seconds)):
        if (ahead := began + number / rate - time.monotonic()) > 0:
            await asyncio.sleep(ahead)
        if len(running) >= MOST_OPEN:
            tally.add(-1, 0)  # this machine cannot even ask
            continue
        job = asyncio.create_task(one(requests[number % len(requests)]))
        running.add(job)
        job.add_done_callback(running.discard)
    await asyncio.gather(*running)
    tally.seconds = time.monotonic() - began
    for _, writer in idle:
        writer.close()
    return tally


def tell(what, measured, aim="", holds=True):
    if not holds:
        MISSED.append(what)
    print(f"| {what} | {measured} | {aim} | {'' if holds else 'missed'} |", flush=True)


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
