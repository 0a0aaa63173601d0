"""Many write and read in one conversation at once: nothing is lost, and the count is exact."""

from datetime import timedelta
from uuid import uuid4

import pytest

from messaging import actions
from messaging.models import Conversation, Message, Participant
from tests.factories import NOON, a_conversation, a_message, a_seller, a_user
from tests.races.together import meet_at, take_locks_out, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def talk():
    return a_conversation(a_user(), a_seller())


def say(talk, sender, number):
    def job():
        return a_message(talk, sender, str(number), now=NOON - timedelta(number))

    return job


def read(talk, reader, number):
    def job():
        last = talk.messages.exclude(sender=reader).order_by("-sent_at").first()
        actions.mark_read(
            conversation_id=talk.pk,
            user=reader,
            up_to=last.sent_at if last else None,
            now=NOON,
        )

    return job


def truly_unread(side):
    theirs = Message.objects.exclude(sender=side.user)
    return theirs.filter(sent_at__gt=side.last_read_at or NOON - timedelta(999)).count()


def test_fifty_sends_and_reads_at_once_leave_an_exact_count(talk):
    writer, reader = talk.first, talk.second
    jobs = [
        read(talk, reader, number) if number % 5 == 4 else say(talk, writer, number)
        for number in range(50)
    ]
    results = []
    for start in range(0, 50, 10):
        results += together(*jobs[start : start + 10])

    side = Participant.objects.get(user=reader)
    moments = list(
        Message.objects.order_by("sent_at").values_list("sent_at", flat=True)
    )
    assert [each for each in results if isinstance(each, Exception)] == []
    assert (len(moments), len(set(moments))) == (40, 40)
    assert side.unread_count == truly_unread(side)
    assert Conversation.objects.get().last_message_at == moments[-1]


def test_without_the_lock_two_at_once_have_one_moment(talk, monkeypatch):
    meet_at(monkeypatch, "messaging.actions.talk._next_moment")
    take_locks_out(monkeypatch)
    a_message(talk, talk.second)

    together(say(talk, talk.first, 1), say(talk, talk.first, 2))

    moments = Message.objects.values_list("sent_at", flat=True)
    assert len(set(moments)) < len(moments)


def test_the_same_message_twice_at_once_is_one(talk):
    key = uuid4()

    results = together(
        *[lambda: a_message(talk, talk.first, "Once", client_id=key) for _ in range(4)]
    )

    assert {type(each) for each in results} == {Message}
    assert Message.objects.count() == 1
    assert Participant.objects.get(user=talk.second).unread_count == 1
