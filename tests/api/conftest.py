"""Programs that ask the API, each with a token of its own."""

import pytest
from django.test import Client

from gigstream.core import clock
from tests.factories import an_api_token


class Program:
    """Sends JSON and a token; `key` makes a POST one that may come twice."""

    def __init__(self, user=None, **token):
        self.client = Client()
        self.headers = {}
        if user:
            secret = an_api_token(user, **token)[1]
            self.headers["Authorization"] = f"Bearer {secret}"

    def get(self, path, **query):
        return self.client.get(path, query, headers=self.headers)

    def _send(self, method, path, body, key):
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        send = getattr(self.client, method)
        return send(path, body, content_type="application/json", headers=headers)

    def post(self, path, body="", *, key=""):
        return self._send("post", path, body, key)

    def patch(self, path, body):
        return self._send("patch", path, body, "")

    def delete(self, path):
        return self._send("delete", path, "", "")

    def upload(self, file, **fields):
        sent = {**fields, "file": file}
        return self.client.post("/api/upload", sent, headers=self.headers)


@pytest.fixture
def program():
    return Program


@pytest.fixture
def at():
    """Orders of the factories live in March; tokens are made now."""
    return clock.frozen


@pytest.fixture
def limits_on(settings):
    in_database = {"BACKEND": "gigstream.core.cache.DatabaseCache"}
    settings.CACHES = {**settings.CACHES, "default": in_database}
    settings.RATELIMIT_ENABLE = True
    return settings
