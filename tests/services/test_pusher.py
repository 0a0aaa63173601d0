"""Pushes are hints: sent after the commit, never waited for."""

import json
import socket
import time

import pytest
from django.db import transaction

from gigstream.services import pusher as service


def listen(client, channel):
    client.subscribe(channel, **service.allow(channel, client.id))
    client.heard("pusher_internal:subscription_succeeded")


@pytest.mark.django_db(transaction=True)
def test_a_hint_leaves_after_the_commit_and_not_without_one(pusher):
    with pusher.client() as client:
        listen(client, "private-user-1")

        with transaction.atomic():
            service.push(["private-user-1"], "lost", {})
            transaction.set_rollback(True)
        with transaction.atomic():
            service.push(["private-user-1"], "news", {"id": 7})
            assert service._senders.waiting.empty()

        heard = client.next()
        assert (heard["event"], json.loads(heard["data"])) == ("news", {"id": "7"})


@pytest.mark.django_db(transaction=True)
def test_a_pusher_that_never_answers_holds_nobody_up(settings, caplog):
    settings.PUSHER_TLS = False
    with socket.create_server(("127.0.0.1", 0)) as black_hole:
        settings.PUSHER_HOST = "127.0.0.1"
        settings.PUSHER_PORT = black_hole.getsockname()[1]
        began = time.monotonic()

        for _ in range(2):
            service.push(["news"], "hello", {})
        waited = time.monotonic() - began
        service.wait_until_sent()

    assert waited < 1.5  # each would be waited for for two seconds
    assert time.monotonic() - began < 4
    assert [r.getMessage() for r in caplog.records if "hint" in r.message] == [
        "Pusher did not take a hint: ReadTimeout"
    ] * (2 * service.TRIES)


@pytest.mark.parametrize(
    ("channel", "socket_id"),
    [
        ("private-a b", "1.2"),
        ("private-" + "a" * 200, "1.2"),
        ("private-a\n", "1.2"),
        ("", "1.2"),
        ("private-a", ""),
        ("private-a", "1"),
        ("private-a", "1.2:private-b"),
        ("private-a", "1.2\n"),
        ("private-a", "١.٢"),
    ],
)
def test_nothing_malformed_is_signed(channel, socket_id):
    with pytest.raises(service.Malformed):
        service.allow(channel, socket_id)
