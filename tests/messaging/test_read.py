"""How far somebody has read: it goes forward only, and what came later stays counted."""

import json
from datetime import timedelta

import pytest

from messaging import actions
from messaging.models import Participant
from messaging.moments import to_moment
from tests.factories import NOON, a_conversation, a_message, a_seller, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk():
    return a_conversation(a_user(), a_seller())


@pytest.fixture
def people(talk):
    return talk.first, talk.second


def side_of(user):
    return Participant.objects.get(user=user)


def read(talk, user, up_to=None):
    actions.mark_read(conversation_id=talk.pk, user=user, up_to=up_to, now=NOON)


def test_what_came_after_the_last_one_seen_stays_unread(talk, people):
    reader, writer = people
    seen = a_message(talk, writer)
    a_message(talk, writer)
    a_message(talk, reader)

    read(talk, reader, seen.sent_at)

    side = side_of(reader)
    assert (side.unread_count, side.last_read_at) == (1, seen.sent_at)


def test_reading_never_goes_back(talk, people):
    reader, writer = people
    early, late = a_message(talk, writer), a_message(talk, writer)

    read(talk, reader, late.sent_at)
    read(talk, reader, early.sent_at)

    side = side_of(reader)
    assert (side.unread_count, side.last_read_at) == (0, late.sent_at)


def test_nobody_reads_ahead(talk, people):
    reader, writer = people
    said = a_message(talk, writer)

    read(talk, reader, said.sent_at + timedelta(days=1))
    a_message(talk, writer)

    assert side_of(reader).unread_count == 1


def test_messages_have_an_order_whatever_the_clocks_say(talk, people):
    moments = [
        a_message(talk, people[0], now=NOON - timedelta(hours=hour)).sent_at
        for hour in range(3)
    ]

    assert moments == sorted(set(moments))


def test_what_reached_a_page_is_delivered_and_what_was_looked_at_is_read(
    talk, people, as_user
):
    reader, writer = people
    said = a_message(talk, writer)
    page = f"/messages/{talk.pk}/"
    states = []
    for verb in (None, "receive/", "read/"):
        if verb:
            as_user(reader).post(page + verb, {"seen": to_moment(said.sent_at)})
        shown = as_user(writer).get(page).text
        states.append(shown.partition('data-state="')[2].partition('"')[0])

    assert states == ["sent", "received", "read"]


@pytest.mark.parametrize("seen", ["", "x", "-1", "1" * 30, "١٢٣", "9" * 17])
def test_a_moment_that_is_none_is_no_error(talk, people, as_user, seen):
    a_message(talk, people[1])

    answer = as_user(people[0]).post(f"/messages/{talk.pk}/read/", {"seen": seen})

    assert answer.status_code == 302


@pytest.mark.django_db(transaction=True)
def test_both_hear_of_a_message_and_of_its_reading(talk, people, pusher, as_user):
    from gigstream.services import pusher as service
    from messaging import channels

    reader, writer = people
    name = channels.of_conversation(talk.pk)
    with pusher.client() as client:
        client.subscribe(name, **service.allow(name, client.id))
        client.heard("pusher_internal:subscription_succeeded")

        said = a_message(talk, writer, "secret words")
        message = json.loads(client.heard("message")["data"])
        read(talk, reader, said.sent_at)
        receipt = json.loads(client.heard("receipt")["data"])

    assert message == {
        "conversation": str(talk.pk),
        "id": str(said.pk),
        "sender": str(writer.pk),
    }
    moment = str(to_moment(said.sent_at))
    assert receipt == {"reader": str(reader.pk), "read": moment, "received": moment}
