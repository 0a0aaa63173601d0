"""What pages cost when they are served: `make bench`.

Under production settings one process of granian, then of gunicorn, serves the demo's data
out of SQLite, then out of PostgreSQL (of BENCH_URL); the caches are in Redis and the vendors
are never asked. Eight connections ask for a page again and again. Its cost is the processor
time of the server and of its backends in PostgreSQL, as a multiple of a view that answers
with one word and of a list of 24 rows by one query. Requests per second are by the clock,
with the asking on the same machine. Databases and files are taken away again.

    python bench/site.py [requests]
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.client import in_turns, request

BIN = Path(sys.executable).parent
TICK = os.sysconf("SC_CLK_TCK")
BENCH_URL = os.environ.get("BENCH_URL", "postgres://postgres@127.0.0.1:5432/")
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/13")
NAME = "gigstream_bench_site"
GIGS, TASKS, PATIENCE = 48, 500, 60
SERVERS = {
    "granian": ["granian", "--interface", "wsgi", "--no-ws", "--blocking-threads", "8"],
    "gunicorn": ["gunicorn", "--threads", "8", "--log-level", "error"],
}


def main(requests=200):
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.\n")
    print("| database, server | page | CPU | × one word | × one query | per second |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    notes = []
    for kind in ("SQLite", "PostgreSQL"):
        with tempfile.TemporaryDirectory() as folder, database(kind, folder) as url:
            environment = settings(folder, url)
            prepare(environment)
            pages = addresses(environment)
            for server in SERVERS:
                notes += measure(kind, server, environment, pages, requests)
            notes += work(kind, environment)
    print("\n" + "\n".join(notes))


@contextmanager
def database(kind, folder):
    """An empty database of the bench's own."""
    if kind == "SQLite":
        yield f"sqlite:///{folder}/site.sqlite3"
        return
    with psycopg.connect(f"{BENCH_URL}postgres", autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {NAME}")
        try:
            yield f"{BENCH_URL}{NAME}"
        finally:
            admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def settings(folder, url):
    redis.Redis.from_url(REDIS_URL).flushdb()
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "SECRET_KEY": "for-an-hour-on-this-machine-only-" + "x" * 20,
        "ENCRYPTION_KEYS": "for-an-hour-on-this-machine-only-" + "y" * 20,
        "SITE_URL": "https://localhost",
        "ALLOWED_HOSTS": "localhost",
        "TRUSTED_PROXY_COUNT": "1",
        "DATABASE_URL": url,
        "REDIS_URL": REDIS_URL,
        "RATE_LIMIT_PER_MINUTE": "0",
        "PREVIEW_ALLOWS_SANDBOX": "1",
        "LOG_FORMAT": "json",
        "VAR_DIR": folder,
    }


def manage(environment, *arguments, words=None):
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        input=words,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def prepare(environment):
    """The demo's data, made beside the sandbox that plays the vendors."""
    manage(environment, "migrate", "-v0")
    manage(environment, "collectstatic", "--noinput", "-v0")
    port = free_port()
    local = "gigstream.settings.local"
    demo = {**environment, "DJANGO_SETTINGS_MODULE": local, "PORT": str(port)}
    demo["SITE_URL"] = f"http://127.0.0.1:{port}"
    uvicorn = ["uvicorn", "--log-level", "error", "--lifespan", "off"]
    with running(demo, uvicorn, "gigstream.asgi:application", port=port):
        manage(demo, "seed_demo", "--gigs", str(GIGS))
        manage(demo, "jobs", "--now")


ASK = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import User
from gigs.models import Gig
from orders.models import Order
buyer = User.objects.get(email="buyer@example.com")
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(buyer.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = buyer.get_session_auth_hash()
session.create()
order = Order.objects.filter(buyer=buyer, status="delivered").first()
gig = Gig.objects.on_offer().order_by("-review_count").first()
print(session.session_key, order.get_absolute_url(), gig.get_absolute_url())
"""


def addresses(environment):
    """What is asked for, in whose name: the buyer's, or nobody's."""
    said = manage(environment, "shell", "-v0", words=ASK).split()
    key, order, gig = said[-3:]
    known = f"__Host-sessionid={key}"
    return {
        "one word": ("/healthz", ""),
        "one query": ("/bench/list/", ""),
        "home": ("/", ""),
        "market": ("/gigs/", ""),
        "gig": (gig, ""),
        "order": (order, known),
        "inbox": ("/messages/", known),
        "API list": ("/api/gigs?limit=24", ""),
    }


def measure(kind, server, environment, pages, requests):
    """Print a line for each page; return what is to be said of the process itself."""
    with serving(server, environment) as (process, port):
        base = []
        for name, (path, cookie) in pages.items():
            words = request(path, cookie=cookie)
            asyncio.run(in_turns(port, words, times=40))
            before = processor(process.pid, kind)
            tally = asyncio.run(in_turns(port, words, times=requests))
            spent = (processor(process.pid, kind) - before) / requests
            assert set(tally.statuses) == {200}, (name, tally.statuses)
            base = [*base, spent] if len(base) < 2 else base
            word, query = (f"{spent / each:.1f}" for each in [*base, spent][:2])
            print(
                f"| {kind}, {server} | {name} | {1000 * spent:.2f} ms | {word} "
                f"| {query} | {tally.per_second():.0f} |",
                flush=True,
            )
        return [f"- {kind}, {server}: {memory(process.pid):.0f} MB"]


@contextmanager
def serving(server, environment):
    port = free_port()
    application = "gigstream.wsgi:application"
    with running(environment, SERVERS[server], application, port=port) as process:
        yield process, port


@contextmanager
def running(environment, command, application, *, port):
    """A server that answers, until the end of the block."""
    program, *options = command
    where = (
        ["-b", f"127.0.0.1:{port}"] if program == "gunicorn" else ["--port", str(port)]
    )
    with Path(environment["VAR_DIR"], f"{program}.log").open("w") as log:
        process = subprocess.Popen(
            [str(BIN / program), *options, *where, application],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(port)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(port):
    until = time.monotonic() + PATIENCE
    while True:
        try:
            asyncio.run(in_turns(port, request("/healthz"), times=1, at_once=1))
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def work(kind, environment):
    """How many tasks a worker finishes in a second, those that do nothing and mails."""
    ask = (
        "from gigstream.core.jobs import enqueue\nfrom django.db import transaction\n"
        "with transaction.atomic():\n"
        f"  for n in range({TASKS}): _ = enqueue('bench.urls.nothing', number=n)\n\n"
    )
    manage(environment, "shell", "-v0", words=ask)
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.DEVNULL,  # where it misses the vendors
    )
    try:
        began = until(environment, lambda left: left < TASKS)
        ended = until(environment, lambda left: not left)
        size = memory(worker.pid)
    finally:
        worker.terminate()
        worker.wait(timeout=20)
    speed = TASKS / (ended - began)
    return [f"- {kind}, worker: {speed:.0f} tasks a second, {size:.0f} MB"]


def until(environment, is_so):
    """The moment at which so many tasks are left."""
    import sqlite3

    url = environment["DATABASE_URL"]
    ask = (
        "SELECT count(*) FROM django_tasks_database_dbtaskresult "
        "WHERE task_path = 'bench.urls.nothing' AND status IN ('READY', 'RUNNING')"
    )
    is_file = url.startswith("sqlite")
    held = (
        sqlite3.connect(url.removeprefix("sqlite:///"))
        if is_file
        else psycopg.connect(url, autocommit=True)
    )
    try:
        while not is_so(held.execute(ask).fetchone()[0]):
            time.sleep(0.02)
        return time.monotonic()
    finally:
        held.close()


def family(pid):
    """A process and all that it has started."""
    found = [pid]
    for each in found:
        for thread in Path(f"/proc/{each}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def processor(pid, kind):
    """Seconds of processor time that a server has used, and its backends in PostgreSQL."""
    pids = family(pid)
    if kind == "PostgreSQL":
        pids += [
            int(each.name)
            for each in Path("/proc").glob("[0-9]*")
            if NAME in _words(each / "cmdline")
        ]
    stats = [
        _words(Path(f"/proc/{each}/stat")).rpartition(") ")[2].split() for each in pids
    ]
    return sum(int(each[11]) + int(each[12]) for each in stats if each) / TICK


def _words(path):
    try:
        return path.read_text()
    except OSError:  # it has ended meanwhile
        return ""


def memory(pid):
    """Megabytes of a server: its own and its share of what it shares."""
    lines = "".join(_words(Path(f"/proc/{each}/smaps_rollup")) for each in family(pid))
    sizes = [line.split()[1] for line in lines.splitlines() if line.startswith("Pss:")]
    return sum(map(int, sizes)) / 1024


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
