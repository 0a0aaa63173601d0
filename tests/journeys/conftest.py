"""A whole site for the browser: `manage.py dev` in a process of its own, with its own data."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import urllib3

from tests import database
from tests.browser import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
COLLECTED = "var/static/.collected"


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.journey)


class Site:
    """The running site, its commands and its mail."""

    def __init__(self, directory):
        self.directory = directory
        self.url = f"http://127.0.0.1:{_free_port()}"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "gigstream.settings.local",
            "VAR_DIR": str(directory),
            "PORT": self.url.rpartition(":")[2],
            "RATE_LIMIT_PER_MINUTE": "0",
            "DEMO_GIGS": "24",
            "DATABASE_URL": f"sqlite:///{directory / 'db.sqlite3'}",
        }
        database.put_at(directory / "db.sqlite3")
        self.log = (directory / "dev.log").open("w")

    def command(self, *arguments):
        """Run a command of `manage.py`; return its output, fail if it fails."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def start(self):
        # The files of `make run`, collected anew only where they have changed.
        make = {**self.environment, "VAR_DIR": str(ROOT / "var")}
        subprocess.run(["make", "-s", COLLECTED], cwd=ROOT, env=make, check=True)
        (self.directory / "static").symlink_to((ROOT / COLLECTED).parent)
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "dev", "--seed", "--noreload"],
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        try:
            self._wait_for("GigStream is at")
        except AssertionError:
            self.stop()
            raise

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.log.close()

    def said(self):
        return Path(self.log.name).read_text()

    def mail_link(self, to, pattern):
        """The newest link of a kind in the mail to somebody, once it has come."""
        for _ in range(60):
            found = urllib3.request(
                "GET", f"{self.url}/sandbox/outbox.json", fields={"to": to}
            )
            links = re.findall(pattern, found.data.decode())
            if links:
                return links[0]
            time.sleep(0.25)
        raise AssertionError(f"No mail to {to} with {pattern}")

    def _wait_for(self, words):
        for _ in range(480):
            if words in self.said():
                return
            assert self.process.poll() is None, self.said()
            time.sleep(0.25)
        raise AssertionError(self.said())


class RunningSite(Site):
    """A site that others have started, such as the production stack of `make prod-smoke`."""

    def __init__(self, url):
        self.url = url
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "gigstream.settings.production",
        }

    def start(self):
        pass

    def stop(self):
        pass


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def site(tmp_path_factory, django_db_blocker):
    if url := os.environ.get("SITE_UNDER_TEST"):
        yield RunningSite(url)
        return
    with django_db_blocker.unblock():
        running = Site(tmp_path_factory.mktemp("site"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def person(chromium, site):
    """A browser of somebody's own, on this site; whatever the console complains of is kept."""
    contexts = []

    def open_browser(**options):
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        # A stack under test has a certificate of its own.
        own = {
            "base_url": site.url,
            "ignore_https_errors": site.url.startswith("https"),
        }
        context = chromium.new_context(**own | options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda line: _note(page, line))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    yield open_browser
    for context in contexts:
        context.close()


def _note(page, line):
    # A refused form is a 422 (a declined card a 402), and Chromium reports each as an error.
    expected = re.search(r"status of (402|409|422)", line.text)
    if line.type == "error" and not expected:
        page.complaints.append(f"{page.url}: {line.text}")


@pytest.fixture
def picture(tmp_path):
    """A picture that may stand for a gig."""
    from PIL import Image

    path = tmp_path / "cover.png"
    Image.linear_gradient("L").resize((1200, 800)).convert("RGB").save(path)
    return path
