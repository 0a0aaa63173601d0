"""`manage.py dev` as its user has it: a real process, its address, its worker, its end."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.core.management import call_command
from django.db import connection

from gigstream.core.devserver import welcome
from gigstream.core.models import PeriodicJob
from tests.core.processes import database_url, wait_until

ROOT = Path(__file__).resolve().parents[2]
DEV = [sys.executable, str(ROOT / "manage.py"), "dev"]
RUN = [sys.executable, "-m", "gigstream.core.devserver"]  # what `make run` calls


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment(tmp_path):
    """A port and settings of its own; the settings are a file that a test may touch."""
    (tmp_path / "own_settings.py").write_text(
        "from gigstream.settings.local import *\n"
    )
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "own_settings",
        "PORT": str(_free_port()),
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
    }


@pytest.fixture
def start_dev(environment, tmp_path):
    """Start the command, wait until it says how to end it, and end it after the test."""
    log = tmp_path / "log"
    servers = []

    def start(command=DEV):
        with log.open("w") as output:
            server = subprocess.Popen(
                command,
                cwd=tmp_path,
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        servers.append(server)
        wait_until(lambda: "Ctrl-C ends it." in log.read_text())
        return server

    yield start
    for server in servers:
        server.terminate()
        server.wait(5)


def _process_ids(server):
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    return [server.pid, *map(int, children.split())]


def _megabytes(pid):
    [line] = [
        line
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmRSS")
    ]
    return int(line.split()[1]) / 1024


def _is_gone(pid):
    return not Path(f"/proc/{pid}").exists()


def _touch_until(file, condition):
    """Change a file; once more after a while, for it may not have been watched yet."""
    for _ in range(6):
        file.touch()
        with suppress(AssertionError):
            return wait_until(condition, patience=10)
    raise AssertionError("No change was noticed.")


@pytest.fixture
def a_database_behind(transactional_db):
    """A database that lacks the last thing that a migration makes."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE django_session")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    yield
    call_command("migrate", "sessions", verbosity=0)


def _migrates(pid):
    return "--migrate" in Path(f"/proc/{pid}/cmdline").read_text()


def test_dev_migrates_serves_works_reloads_and_ends(
    a_database_behind, environment, start_dev, tmp_path
):
    environment["DATABASE_URL"] = database_url()
    address = f"http://127.0.0.1:{environment['PORT']}"
    log = tmp_path / "log"

    server = start_dev([*RUN, "--migrate"])

    with urlopen(f"{address}/healthz") as answer:
        assert answer.status == 200
    assert f"GigStream is at {address}/" in log.read_text()
    assert sum(map(_megabytes, _process_ids(server))) < 250
    wait_until(lambda: PeriodicJob.objects.filter(runs=1).exists())
    assert "django_session" in connection.introspection.table_names()

    _supervisor, before = _process_ids(server)
    assert _migrates(before)
    _touch_until(tmp_path / "own_settings.py", lambda: _is_gone(before))
    with urlopen(f"{address}/healthz") as answer:  # It waits, and is not refused.
        assert answer.status == 200
    _supervisor, after = _process_ids(server)
    assert not _migrates(after)

    started = time.monotonic()
    os.killpg(server.pid, signal.SIGINT)  # What Ctrl-C does.

    assert server.wait(5) == 0
    assert time.monotonic() - started < 4
    assert "Traceback" not in log.read_text()


def test_dev_leaves_nothing_behind_when_it_is_killed(start_dev):
    server = start_dev()
    _supervisor, child = _process_ids(server)

    server.kill()
    server.wait()

    wait_until(lambda: _is_gone(child))


def test_starting_loads_nothing_that_only_some_processes_use():
    ask = (
        "import sys, django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "print({'fpdf', 'fontTools', 'redis'} & set(sys.modules))"
    )

    told = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "gigstream.settings.local"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "set()\n"


@pytest.mark.parametrize("command", [DEV, RUN], ids=["dev", "run"])
def test_a_taken_port_is_told_in_one_line(environment, command):
    with socket.create_server(("127.0.0.1", int(environment["PORT"]))):
        dev = subprocess.run(command, env=environment, capture_output=True, text=True)

    assert dev.returncode == 1
    assert dev.stderr.count("\n") == 1
    assert f"Port {environment['PORT']} is not free" in dev.stderr


def test_a_seed_that_fails_is_shown_and_leaves_the_site_up(monkeypatch, caplog):
    def fail(_command, **_options):
        raise ConnectionError("the sandbox is asleep")

    monkeypatch.setattr(welcome, "call_command", fail)

    welcome.seed_if_empty()

    assert "the sandbox is asleep" in caplog.text


def test_the_welcome_names_the_logins_and_the_outbox(settings, capsys):
    settings.SITE_URL = "http://127.0.0.1:8123"
    settings.SANDBOX_URL = "http://127.0.0.1:8123/sandbox"

    welcome.greet(with_logins=True)

    said = capsys.readouterr().out
    for part in [
        "http://127.0.0.1:8123/\n",
        "buyer@example.com, seller@example.com, admin@example.com",
        "gigstream-demo",
        "http://127.0.0.1:8123/sandbox/outbox/",
    ]:
        assert part in said
