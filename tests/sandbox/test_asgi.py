"""One process serves the site and the sandbox, as `gigstream.asgi` puts them together."""

import importlib.util
import io
import os
import threading
import time

import pytest
import urllib3
import uvicorn

import gigstream
from gigstream.services import cloudinary


async def the_site(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the site"})


def load_asgi():
    """Load the module anew, under the settings of this test."""
    path = os.path.join(os.path.dirname(gigstream.__file__), "asgi.py")
    spec = importlib.util.spec_from_file_location("asgi_under_test", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def asgi(settings, tmp_path):
    settings.SANDBOX = True
    settings.SANDBOX_DIR = tmp_path
    settings.CLOUDINARY_URL = "cloudinary://sandbox-key:sandbox-secret@gigstream"
    settings.MIDDLEWARE = []
    module = load_asgi()
    module.site = the_site
    return module


@pytest.fixture
def served(asgi):
    config = uvicorn.Config(
        asgi.application, port=0, lifespan="off", ws="none", log_config=None
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def get(url):
    with urllib3.PoolManager(retries=False, timeout=10) as http:
        return http.request("GET", url).data


def test_the_sandbox_has_its_own_part_of_the_site(served):
    assert b"<strong>Sandbox</strong>" in get(f"{served}/sandbox/")
    assert get(f"{served}/") == get(f"{served}/sandboxes/") == b"the site"


def test_a_large_file_goes_through_and_comes_back(served, settings):
    settings.CLOUDINARY_UPLOAD_PREFIX = f"{served}/sandbox/cloudinary"
    settings.CLOUDINARY_DELIVERY_PREFIX = f"{served}/sandbox/cloudinary"
    content = os.urandom(11 << 20)

    upload = cloudinary.upload_private(io.BytesIO(content), folder="deliveries")

    assert b"".join(cloudinary.open_private(upload.public_id, "raw")) == content


def test_an_answer_that_breaks_off_on_purpose_is_no_mistake_in_the_log(
    served, settings, caplog
):
    stripe = f"{served}/sandbox/stripe"
    key = {"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"}
    with urllib3.PoolManager(retries=False, timeout=10) as http:
        http.request("POST", f"{stripe}/faults/call", body="fault=drop")
        with pytest.raises(urllib3.exceptions.ProtocolError):
            http.request("GET", f"{stripe}/v1/balance_transactions", headers=key)

    assert "Exception in ASGI application" not in caplog.text


def test_where_the_sandbox_is_off_its_addresses_belong_to_the_site(settings):
    settings.SANDBOX = False
    settings.MIDDLEWARE = []

    assert load_asgi().sandbox is None
