"""The sandbox's Pusher, spoken to by python's `pusher` and by plain sockets."""

import json

import pusher as sdk
import pytest
import urllib3
from websockets.exceptions import ConnectionClosed

from gigstream.sandbox.pusher.hub import MOST_WAITING
from tests.sandbox.sockets import APP_ID, KEY, SECRET


@pytest.fixture
def api(pusher):
    return sdk.Pusher(
        APP_ID, KEY, SECRET, ssl=False, host="127.0.0.1", port=pusher.port
    )


def join(api, client, channel, member=None):
    about = {"user_id": member, "user_info": {"name": member}} if member else None
    client.subscribe(channel, **api.authenticate(channel, client.id, about))
    return json.loads(client.heard("pusher_internal:subscription_succeeded")["data"])


def test_an_event_reaches_all_who_listen_but_its_own_socket(api, pusher):
    with pusher.client() as one, pusher.client() as two:
        for client in (one, two):
            join(api, client, "news")

        api.trigger("news", "hello", {"id": 1}, socket_id=one.id)
        api.trigger_batch([{"channel": "news", "name": "bye", "data": {"id": 2}}])

        assert json.loads(two.heard("hello")["data"]) == {"id": 1}
        assert one.next() == {"event": "bye", "channel": "news", "data": '{"id": 2}'}


@pytest.mark.parametrize(
    ("channel", "signed"),
    [
        ("private-a", {}),
        ("private-a", {"auth": "sandbox-key:0"}),
        ("private-a", {"auth": None}),
        ("private-a", {"auth": "ключ"}),
        ("presence-a", {"channel_data": '{"user_id": "1"}', "auth": "sandbox-key:0"}),
        ("a b", {}),
        ("", {}),
        (7, {}),
        ("a" * 201, {}),
    ],
)
def test_nobody_joins_without_the_signature_for_it(pusher, channel, signed):
    with pusher.client() as client:
        client.subscribe(channel, **signed)

        assert client.heard("pusher:error")["data"]["code"] == 4009


def test_the_signature_of_another_socket_opens_nothing(api, pusher):
    with pusher.client() as mine, pusher.client() as other:
        mine.subscribe("private-a", **api.authenticate("private-a", other.id))

        assert mine.heard("pusher:error")["data"]["code"] == 4009


def test_the_present_know_of_each_other_once_each(api, pusher):
    with pusher.client() as ann, pusher.client() as again, pusher.client() as ben:
        join(api, ann, "presence-a", "ann")
        join(api, again, "presence-a", "ann")
        here = join(api, ben, "presence-a", "ben")["presence"]

        assert (here["count"], sorted(here["ids"])) == (2, ["ann", "ben"])
        added = json.loads(ann.heard("pusher_internal:member_added")["data"])
        assert added == {"user_id": "ben", "user_info": {"name": "ben"}}
        assert {u["id"] for u in api.users_info("presence-a")["users"]} == set(
            here["ids"]
        )
        ben.say("pusher:unsubscribe", {"channel": "presence-a"})
        removed = json.loads(ann.heard("pusher_internal:member_removed")["data"])
        assert removed == {"user_id": "ben"}


def test_clients_speak_to_each_other_where_they_said_who_they_are(api, pusher):
    with pusher.client() as ann, pusher.client() as ben:
        join(api, ann, "presence-a", "ann")
        join(api, ben, "presence-a", "ben")
        join(api, ann, "public")

        ann.say("client-typing", {"user_id": "ben"}, channel="presence-a")
        ann.say("client-typing", {}, channel="public")

        heard = ben.heard("client-typing")
        assert (heard["user_id"], heard["data"]) == ("ann", {"user_id": "ben"})
        assert "private or presence" in ann.heard("pusher:error")["data"]["message"]


def test_a_client_that_talks_too_much_is_told_so(api, pusher):
    with pusher.client() as ann:
        join(api, ann, "private-a")

        for _ in range(12):
            ann.say("client-typing", {}, channel="private-a")

        assert ann.heard("pusher:error")["data"]["code"] == 4301


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"event": 7}', "null"])
def test_nonsense_is_answered_and_the_line_stays(pusher, text):
    with pusher.client() as client:
        client.socket.send(text)
        client.say("pusher:ping")

        assert client.heard("pusher:error")["data"]["code"] == 4200
        assert client.heard("pusher:pong")


def test_another_key_is_told_that_there_is_no_such_app(pusher):
    with pusher.client(key="other") as client:
        assert client.refusal == 4001
        with pytest.raises(ConnectionClosed):
            client.next()


def test_the_api_answers_about_channels(api, pusher):
    with pusher.client() as ann:
        join(api, ann, "presence-b", "ann")

        assert api.channels_info("presence-")["channels"] == {
            "presence-b": {"user_count": 1}
        }
        assert api.channel_info("presence-b") == {
            "occupied": True,
            "subscription_count": 1,
            "user_count": 1,
        }
        assert not api.channel_info("empty")["occupied"]


@pytest.mark.parametrize(
    ("spoilt", "error"),
    [
        ({"secret": "other"}, sdk.errors.PusherBadAuth),
        ({"key": "other"}, sdk.errors.PusherBadAuth),
        ({"app_id": "2"}, sdk.errors.PusherBadStatus),
    ],
)
def test_the_api_listens_to_its_own_app_alone(pusher, spoilt, error):
    account = {"app_id": APP_ID, "key": KEY, "secret": SECRET, **spoilt}
    api = sdk.Pusher(**account, ssl=False, host="127.0.0.1", port=pusher.port)

    with pytest.raises(error):
        api.trigger("news", "hello", {})


def test_more_than_ten_kilobytes_are_refused(api):
    with pytest.raises(sdk.errors.PusherBadStatus, match="413"):
        api.trigger("news", "hello", "x" * 10_241)


def test_an_unsigned_call_is_refused(pusher):
    with urllib3.PoolManager(retries=False) as http:
        url = f"http://127.0.0.1:{pusher.port}/apps/1/events"

        assert http.request("POST", url, body=b"{}").status == 401


def test_whoever_reads_too_slowly_is_cut_and_others_are_not(api, pusher):
    with pusher.client() as quick, pusher.client() as slow:
        for client in (quick, slow):
            join(api, client, "flood")
        connection = pusher.app.hub.channels["flood"].listeners[slow.id]
        pusher.soon(lambda: [connection.write("{}") for _ in range(MOST_WAITING + 1)])

        with pytest.raises(ConnectionClosed):
            slow.heard("what never comes")
        api.trigger("flood", "hello", {})
        assert quick.heard("hello")
        assert api.channel_info("flood")["subscription_count"] == 1
