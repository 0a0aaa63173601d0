"""Who may listen to which channel: exactly who may read the page, at the moment of subscribing."""

import json
from uuid import uuid4

import pytest

from messaging import channels
from messaging.models import Conversation
from tests.factories import a_conversation, a_seller, a_user
from tests.sandbox.sockets import KEY, SECRET

pytestmark = pytest.mark.django_db

SOCKET = "12.34"


@pytest.fixture
def world(settings):
    settings.PUSHER_KEY, settings.PUSHER_SECRET = KEY, SECRET
    buyer, seller = a_user(), a_seller()
    conversation = a_conversation(buyer, seller)
    return {
        "buyer": buyer,
        "seller": seller,
        "stranger": a_user(),
        "operator": a_user(is_staff=True, is_superuser=True),
        "conversation": conversation,
    }


def ask(browser, channel, socket_id=SOCKET, **more):
    fields = {"channel_name": channel, "socket_id": socket_id, **more}
    return browser.post("/messages/listen/", fields)


@pytest.mark.parametrize(
    ("channel", "who"),
    [
        (lambda world: channels.of_user(world["buyer"].pk), {"buyer"}),
        (lambda world: channels.of_user(world["seller"].pk), {"seller"}),
        (
            lambda world: channels.of_conversation(world["conversation"].pk),
            {"buyer", "seller"},
        ),
        (
            lambda world: channels.presence_in(world["conversation"].pk),
            {"buyer", "seller"},
        ),
    ],
    ids=["user", "other_user", "conversation", "presence"],
)
def test_whoever_may_read_the_page_may_listen(world, as_user, channel, who):
    listening = {
        role
        for role in ("buyer", "seller", "stranger", "operator")
        if ask(as_user(world[role]), channel(world)).status_code == 200
    }

    assert listening == who


def test_the_page_and_the_channel_have_the_same_readers(world, as_user):
    pk = world["conversation"].pk
    for role in ("buyer", "seller", "stranger", "operator"):
        browser = as_user(world[role])

        reads = browser.get(f"/messages/{pk}/").status_code == 200
        listens = ask(browser, channels.of_conversation(pk)).status_code == 200

        assert reads == listens


def test_one_is_present_as_oneself_whatever_one_says(world, as_user):
    channel = channels.presence_in(world["conversation"].pk)
    forged = {"user_id": str(world["seller"].pk)}

    answer = ask(
        as_user(world["buyer"]),
        channel,
        channel_data=json.dumps(forged),
        user_data=json.dumps(forged),
        **forged,
    )

    assert json.loads(answer.json()["channel_data"]) == {
        "user_id": str(world["buyer"].pk)
    }


@pytest.mark.parametrize(
    "socket_id", ["", "1", "1.2.3", "a.b", "1.2\n", "١.٢", "1.2:x"]
)
def test_a_malformed_socket_gets_no_signature(world, as_user, socket_id):
    channel = channels.of_user(world["buyer"].pk)

    assert ask(as_user(world["buyer"]), channel, socket_id).status_code == 400


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("", 400),
        ("private-user-{buyer}\n", 400),
        ("private-user-{buyer} ", 400),
        ("private-user-{buyer}:1", 400),
        ("private-ü", 400),
        ("private-" + "a" * 200, 400),
        ("private-user-", 403),
        ("private-user-{BUYER}", 403),
        ("private-user-{buyer},private-user-{seller}", 403),
        ("private-conversation-{nobody}", 403),
        ("presence-user-{buyer}", 403),
        ("private-encrypted-{buyer}", 400),
        ("private-anything", 403),
        ("public", 403),
    ],
)
def test_a_name_that_is_none_of_ours_is_refused(world, as_user, name, status):
    values = {
        "buyer": world["buyer"].pk,
        "BUYER": str(world["buyer"].pk).upper() + "A",
        "seller": world["seller"].pk,
        "nobody": uuid4(),
    }

    answer = ask(as_user(world["buyer"]), name.format(**values))

    assert (answer.status_code, answer.content) == (status, b"")


def test_nobody_listens_without_a_login(client, world):
    answer = ask(client, channels.of_user(world["buyer"].pk))

    assert answer.status_code == 302
    assert Conversation.objects.count() == 1
