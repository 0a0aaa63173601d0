"""Measure what talking costs: `make bench-chat`.

On a database of its own, on the PostgreSQL of BENCH_URL: how long a message takes from one
browser to the other, through a real server with the sandbox's Pusher; a long conversation
beside a short one; a full inbox; and what a thousand open sockets cost the sandbox. What
misses its aim is named, and the exit code says so. The database is dropped again, also when
it gives up, after half an hour (BENCH_LONGEST).

    python bench/chat.py [SOCKETS]
"""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

SERVER = os.environ.get("BENCH_URL", "postgres://postgres@127.0.0.1:5432/")
NAME = "gigstream_bench_chat"
ROUNDS = 40
SAID = 60
FEW, MANY, CONVERSATIONS = 100, 10_000, 500
PUSHER = """
import sys, uvicorn
from gigstream.sandbox.pusher import PusherSandbox
uvicorn.run(
    PusherSandbox(app_id="1", key="key", secret="secret"), port=int(sys.argv[1]),
    lifespan="off", ws="websockets-sansio", ws_per_message_deflate=False,
    log_level="error", access_log=False,
)
"""
WATCH = """() => {
  window.seen = new Map();
  new MutationObserver(() => {
    for (const said of document.querySelectorAll(".said:not(.said-mine) .bubble")) {
      const word = said.textContent.match(/number \\d+/)?.[0];
      if (word && !seen.has(word)) seen.set(word, Date.now());
    }
  }).observe(document.querySelector("[data-log]"), { childList: true, subtree: true });
}"""

LONGEST = int(os.environ.get("BENCH_LONGEST", "1800"))
MISSED = []


def main(sockets):
    _psql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    _psql(f"CREATE DATABASE {NAME}")
    os.environ.update(
        DATABASE_URL=f"{SERVER}{NAME}",
        DJANGO_SETTINGS_MODULE="gigstream.settings.local",
        RATE_LIMIT_PER_MINUTE="0",
        PORT=str(_free_port()),
        VAR_DIR=os.environ.get("BENCH_VAR", "/tmp/gigstream-bench-chat"),
    )
    Path(os.environ["VAR_DIR"], "static").mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(LONGEST)
    try:
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.\n")
        print("| what | measured | aim | |\n| --- | ---: | ---: | --- |")
        asyncio.run(_sockets(sockets))
        _browsers(*_pages())
    finally:
        signal.alarm(0)
        _psql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    return 1 if MISSED else 0


def _give_up(*_):
    raise SystemExit(f"Not done within {LONGEST} s: this machine has other work.")


def _psql(sql):
    at = urlsplit(SERVER)
    where = ["-h", at.hostname, "-p", str(at.port or 5432), "-U", at.username]
    subprocess.run(["psql", "-q", *where, "-c", sql, "postgres"], check=True)


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def _say(what, value, aim, *, unit="", note=""):
    if value > aim:
        MISSED.append(what)
    missed = "**missed** " if value > aim else ""
    print(
        f"| {what} | {value:.2f}{unit} | {aim:g}{unit} | {missed}{note} |", flush=True
    )


# --- Many sockets -------------------------------------------------------------------


async def _sockets(count):
    """Connections to the sandbox in a process of its own, all on one channel."""
    port = _free_port()
    server = subprocess.Popen([sys.executable, "-c", PUSHER, str(port)], cwd=ROOT)
    try:
        await _until_open(port)
        await _fan_out(count, port, server.pid)
    finally:
        server.kill()
        server.wait()


async def _fan_out(count, port, pid):
    import pusher
    from websockets.asyncio.client import connect

    address = f"ws://127.0.0.1:{port}/app/key"
    before = _memory(pid)
    lines = []
    for _ in range(count):
        line = connect(address, compression=None, proxy=None, ping_interval=None)
        lines.append(await line.__aenter__())
    for line in lines:
        asked = {"event": "pusher:subscribe", "data": {"channel": "news"}}
        await line.send(json.dumps(asked))
        while "subscription_succeeded" not in await line.recv():
            pass
    _say(
        f"{count:,} sockets, memory",
        (_memory(pid) - before) / 1024,
        60 * count / 1000,
        unit=" MB",
    )

    api = pusher.Pusher("1", "key", "secret", ssl=False, host="127.0.0.1", port=port)
    took = []
    for _ in range(10):
        began = time.monotonic()
        heard = [asyncio.ensure_future(line.recv()) for line in lines]
        await asyncio.to_thread(api.trigger, "news", "message", {"id": "1"})
        await asyncio.gather(*heard)
        took.append(time.monotonic() - began)
    note = f"until the last has it, {min(took):.2f} at best; one client reads them all"
    _say(
        f"one event to {count:,} sockets",
        statistics.median(took),
        0.3 * count / 1000,
        unit=" s",
        note=note,
    )


def _memory(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


async def _until_open(port):
    for _ in range(200):
        with suppress(OSError):
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.1)
    raise AssertionError("The server did not start.")


# --- Pages --------------------------------------------------------------------------


def _pages():
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.hashers import get_hashers
    from django.core.management import call_command
    from django.test import Client

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    call_command("migrate", verbosity=0)
    from tests.factories import a_conversation, a_seller, a_user

    # These two log in to a real server; the hundreds below never do.
    people = a_user(email="one@example.com"), a_seller(email="two@example.com")
    between_two = a_conversation(*people)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    get_hashers.cache_clear()
    me = a_seller(full_name="Mara Reader", email="mara@example.com")
    short, long = _a_conversation(me, FEW), _a_conversation(me, MANY)
    client = Client()
    client.force_login(
        me, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    spent = {talk: [] for talk in (short, long)}
    for _ in range(ROUNDS):
        for talk, times in spent.items():
            times.append(_timed(client, f"/messages/{talk.pk}/"))
    few, many = (statistics.median(spent[talk]) for talk in (short, long))
    note = f"{1000 * few:.1f} and {1000 * many:.1f} ms, Django and PostgreSQL together"
    _say(f"thread of {MANY:,}, by one of {FEW}", many / few, 1.5, note=note)
    _say("its queries", _queries(client, f"/messages/{long.pk}/"), 12)

    for _ in range(CONVERSATIONS - 2):
        _a_conversation(me, 2)
    took = statistics.median(_timed(client, "/messages/") for _ in range(ROUNDS))
    note = f"{1000 * took:.1f} ms"
    queries = _queries(client, "/messages/")
    _say(f"queries of an inbox of {CONVERSATIONS}", queries, 10, note=note)
    return between_two, [person.email for person in people]


def _a_conversation(me, count):
    from datetime import timedelta

    from gigstream.core import clock
    from gigstream.core.ids import uuid7
    from messaging.models import Message
    from tests.factories import a_conversation, a_seller

    talk = a_conversation(me, a_seller())
    people = (talk.first_id, talk.second_id)
    began = clock.now() - timedelta(minutes=count)
    Message.objects.bulk_create(
        Message(
            conversation=talk,
            sender_id=people[number % 2],
            client_id=uuid7(),
            body=f"Line {number}, and a few words more to make it one.",
            sent_at=began + timedelta(minutes=number),
        )
        for number in range(count)
    )
    talk.last_message_at = began + timedelta(minutes=count - 1)
    talk.save()
    return talk


def _timed(client, address):
    began = _spent()
    assert client.get(address).status_code == 200
    return _spent() - began


def _spent():
    """Seconds of CPU that Django and its PostgreSQL backend have used."""
    from django.db import connection

    connection.ensure_connection()
    backend = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return time.process_time() + int(backend.read_text().split()[0]) / 1e9


def _queries(client, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


# --- Two browsers -------------------------------------------------------------------


def _browsers(talk, addresses):
    from tests.browser import CHROMIUM

    if not CHROMIUM:
        print("| from one browser to the other | – | 0.3 s | no Chromium here |")
        return
    with _served() as url:
        took = _talk(CHROMIUM, url, talk, addresses)
    p95 = sorted(took)[int(len(took) * 0.95)]
    middle, best = statistics.median(took), min(took)
    note = f"p95 of {len(took)}; the median is {middle:.2f} s, the best {best:.2f} s"
    _say("from one browser to the other", p95, 0.3, unit=" s", note=note)


@contextmanager
def _served():
    """`manage.py dev`, as `make run` starts it."""
    shutil.rmtree(os.environ["VAR_DIR"], ignore_errors=True)
    manage = [sys.executable, "manage.py"]
    quiet = {"cwd": ROOT, "check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([*manage, "collectstatic", "--noinput", "-v0"], **quiet)
    server = subprocess.Popen(
        [*manage, "dev", "--noreload"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        asyncio.run(_until_open(int(os.environ["PORT"])))
        yield f"http://127.0.0.1:{os.environ['PORT']}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def _talk(chromium, url, talk, addresses):
    from playwright.sync_api import sync_playwright

    from tests.browser import FLAGS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        one, two = (_log_in(browser, url, talk, address) for address in addresses)
        two.evaluate(WATCH)
        field = one.get_by_role("textbox", name="Message")
        began = {}
        for number in range(SAID):
            field.fill(f"This is number {number}")
            began[f"number {number}"] = time.time() * 1000
            field.press("Enter")
            two.locator(
                ".bubble", has_text=re.compile(rf"number {number}\b")
            ).first.wait_for()
        seen = dict(two.evaluate("[...window.seen]"))
        browser.close()
    # The first opens connections that the others find open.
    words = list(began)[5:]
    return [(seen[word] - began[word]) / 1000 for word in words]


def _log_in(browser, url, talk, address):
    from tests.factories import PASSWORD

    page = browser.new_context(base_url=url).new_page()
    page.goto(f"/accounts/login/?next=/messages/{talk.pk}/")
    page.locator("#main").get_by_label("E-mail").fill(address)
    page.locator("#main").get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("#main").get_by_role("button", name="Log in", exact=True).click()
    page.locator("meta[name=live][data-heard]").wait_for(state="attached")
    page.wait_for_timeout(1000)
    return page


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
