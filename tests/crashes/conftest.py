"""A site that dies on command, and what a person or Stripe does when it does not answer."""

import json
import os
import re
import signal
import socket
import subprocess
import sys

import pytest
import urllib3
from django.test import Client

from tests.core.processes import database_url
from tests.factories import PASSWORD

TOLD = [
    "STRIPE_SECRET_KEY",
    "STRIPE_PUBLISHABLE_KEY",
    "STRIPE_WEBHOOK_SECRETS",
    "STRIPE_API_BASE",
    "CLOUDINARY_URL",
    "CLOUDINARY_UPLOAD_PREFIX",
    "CLOUDINARY_DELIVERY_PREFIX",
    "RESEND_API_KEY",
    "RESEND_API_URL",
    "CACHES",
    "EMAIL_BACKEND",
]
TOKEN = "t" * 32


class MortalSite:
    """What can be asked of the site, by whom, and when it shall die."""

    def __init__(self, url):
        self.url = url
        self.told = set()
        self.http = urllib3.PoolManager(retries=False, timeout=30)

    def die_at(self, step):
        """Count from here, and die right before this step; 0 is never."""
        self._ask("GET", f"/mortal/die-at/{step}")

    def steps(self):
        """The steps since `die_at`, once all work is done; 0 after a death."""
        return int(self._ask("GET", "/mortal/steps").data)

    def keep_warm(self):
        """Let all further lives begin with what this one has compiled and read."""
        self._ask("GET", "/mortal/keep-warm")

    def send(self, path, fields, *, by=None):
        """Send a form, and again if nothing comes back, as people do."""
        headers = {"X-CSRFToken": TOKEN, "Cookie": f"csrftoken={TOKEN}; {by}"}
        return self._insist(
            path, fields=fields, encode_multipart=False, headers=headers
        )

    def tell(self, body, signature):
        """Deliver an event of Stripe's, and again if nothing comes back."""
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        return self._insist("/api/webhooks/stripe", body=body, headers=headers)

    def _insist(self, path, **request):
        try:
            return self._ask("POST", path, **request)
        except urllib3.exceptions.ProtocolError:
            return self._ask("POST", path, **request)

    def _ask(self, method, path, **request):
        return self.http.request(method, self.url + path, redirect=False, **request)


@pytest.fixture
def start_site(sandbox, transactional_db, settings):
    """Start mortal sites on the database and the sandbox of this test; none outlives it."""
    settings.EMAIL_BACKEND = "gigstream.services.resend.EmailBackend"
    started = []

    def start(**environment):
        listener = socket.create_server(("127.0.0.1", 0), backlog=8)
        values = json.dumps({name: getattr(settings, name) for name in TOLD})
        started.append(
            subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.crashes.mortal_site",
                    str(listener.fileno()),
                    values,
                ],
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "gigstream.settings.test",
                    "TEST_DATABASE_URL": database_url(),
                    **environment,
                },
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )
        )
        port = listener.getsockname()[1]
        listener.close()
        return MortalSite(f"http://127.0.0.1:{port}")

    yield start
    for site in started:
        os.killpg(site.pid, signal.SIGKILL)
        site.wait()


def logged_in(user):
    """The cookie of somebody who has just typed their password."""
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return f"sessionid={browser.cookies['sessionid'].value}"


def masked(text):
    """A text without its numbers, which differ from one run to the next."""
    return re.sub(r"\d+", "0", text)
