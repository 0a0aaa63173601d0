"""The sandbox for tests: served over real HTTP on a free port, empty at the start of each test.

Events are recorded but not delivered, so that a test can post them itself, in
the order and as often as it likes: `body, signature = sandbox.signed(event)`.
"""

import base64
import json
import threading
from socketserver import ThreadingMixIn
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
import urllib3

from gigstream.sandbox.app import build_sandbox
from tests.sandbox.sockets import APP_ID, KEY, SECRET, PusherServer

STRIPE_KEY = "sk_test_sandbox"
STRIPE_PUBLISHABLE_KEY = "pk_test_sandbox"
WEBHOOK_SECRET = "whsec_sandbox"
CLOUDINARY_URL = "cloudinary://sandbox-key:sandbox-secret@gigstream"
RESEND_KEY = "re_sandbox"
RESEND_SECRET = "whsec_c2FuZGJveA=="


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


class SandboxServer:
    """What a test can do with the sandbox beside calling it through the services."""

    def __init__(self, app, url):
        self.app = app
        self.url = url

    @property
    def webhooks(self):
        return self.app.stripe.webhooks

    @property
    def faults(self):
        return self.app.stripe.faults

    def events(self, kind=None):
        """What Stripe has told, or would have told, oldest first."""
        events = reversed(self.webhooks.events(limit=-1))
        return [event for event in events if kind in (None, event["type"])]

    def signed(self, event):
        """The body and the `Stripe-Signature` header with which an event arrives."""
        return self.webhooks.signed(event)

    def outbox(self, to=""):
        """The mails that Resend took, oldest first."""
        return self.app.resend.mails(to)[::-1]

    def confirm(self, intent_id, card="pm_card_visa"):
        """Pay as the buyer would, by a test card's number or the name of a test method."""
        return self.stripe(
            "POST", f"/payment_intents/{intent_id}/confirm", _payment_method(card)
        )

    def authenticate(self, intent_id, *, passed=True):
        """End the 3-D Secure challenge of a payment that asks for one."""
        params = {"success": str(passed).lower()}
        return self.stripe("POST", f"/payment_intents/{intent_id}/authenticate", params)

    def stripe(self, method, path, params=None, **headers):
        """Call Stripe's API as its SDK does, and return the JSON of the answer."""
        credentials = base64.b64encode(f"{STRIPE_KEY}:".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", **headers}
        return json.loads(
            self.http(method, f"/sandbox/stripe/v1{path}", params, **headers).data
        )

    def http(self, method, path, params=None, **headers):
        """Speak to the sandbox as a browser that does not follow redirects."""
        fields = urlencode(params or {})
        if method == "GET":
            path, body = (f"{path}?{fields}" if fields else path), None
        else:
            body = fields
            headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        with urllib3.PoolManager(retries=False, timeout=10) as http:
            return http.request(
                method, f"{self.url}{path}", body=body, headers=headers, redirect=False
            )


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory):
    """One sandbox for the whole run."""
    server = make_server("127.0.0.1", 0, _not_yet, Server, QuietHandler)
    url = f"http://127.0.0.1:{server.server_port}"
    app = build_sandbox(
        directory=tmp_path_factory.mktemp("sandbox"),
        public_url=f"{url}/sandbox",
        stripe_webhook_url="",
        stripe_webhook_secret=WEBHOOK_SECRET,
        stripe_secret_key=STRIPE_KEY,
        stripe_publishable_key=STRIPE_PUBLISHABLE_KEY,
        cloudinary_url=CLOUDINARY_URL,
        resend_key=RESEND_KEY,
        resend_webhook_url="",
        resend_webhook_secret=RESEND_SECRET,
    )
    server.set_app(app)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield SandboxServer(app, url)
    server.shutdown()
    server.server_close()


@pytest.fixture
def sandbox(sandbox_server, settings):
    """An empty sandbox, to which this test's services speak."""
    url = f"{sandbox_server.url}/sandbox"
    settings.STRIPE_SECRET_KEY = STRIPE_KEY
    settings.STRIPE_PUBLISHABLE_KEY = STRIPE_PUBLISHABLE_KEY
    settings.STRIPE_WEBHOOK_SECRETS = [WEBHOOK_SECRET]
    settings.STRIPE_API_BASE = f"{url}/stripe"
    settings.CLOUDINARY_URL = CLOUDINARY_URL
    settings.CLOUDINARY_UPLOAD_PREFIX = f"{url}/cloudinary"
    settings.CLOUDINARY_DELIVERY_PREFIX = f"{url}/cloudinary"
    settings.RESEND_API_KEY = RESEND_KEY
    settings.RESEND_API_URL = f"{url}/resend"
    sandbox_server.app.reset()
    yield sandbox_server
    sandbox_server.webhooks.url = ""
    sandbox_server.app.reset()


@pytest.fixture(scope="session")
def pusher_server():
    server = PusherServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def pusher(pusher_server, settings):
    """The sandbox's Pusher, to which this test's pushes go."""
    settings.PUSHER_APP_ID, settings.PUSHER_KEY = APP_ID, KEY
    settings.PUSHER_SECRET = SECRET
    settings.PUSHER_HOST, settings.PUSHER_PORT = "127.0.0.1", pusher_server.port
    settings.PUSHER_TLS = False
    return pusher_server


def _payment_method(card):
    if not card.isdigit():
        return {"payment_method": card}
    typed = {"number": card, "exp_month": "12", "exp_year": "2040", "cvc": "123"}
    return {
        f"payment_method_data[card][{name}]": value for name, value in typed.items()
    }


def _not_yet(environ, start):
    start("503 Service Unavailable", [])
    return []
