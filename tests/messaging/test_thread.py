"""What a thread shows: days, what is new, orders between the words, and no more than asked for."""

from datetime import timedelta

import pytest

from gigstream.core import clock
from messaging.models import Conversation
from messaging.moments import to_moment
from orders.status import OrderStatus
from tests.factories import (
    NOON,
    a_conversation,
    a_message,
    a_seller,
    a_user,
    an_order,
)

pytestmark = pytest.mark.django_db

SCRIPT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def me():
    return a_user(full_name="Nora Reader")


@pytest.fixture
def talk(me):
    return a_conversation(me, a_seller(full_name="Paul Writer"))


def other(talk, me):
    return talk.other_than(me.pk)


def look(as_user, me, talk, query="", **headers):
    with clock.frozen(NOON + timedelta(days=1)):
        return as_user(me).get(f"/messages/{talk.pk}/{query}", headers=headers).text


def test_days_part_the_messages(as_user, me, talk):
    for days in (3, 1, 1, 0):
        a_message(talk, me, now=NOON + timedelta(days=1 - days))

    page = look(as_user, me, talk)

    days = [part.partition("<")[0] for part in page.split('<p class="day" data-day="')]
    assert [day.partition(">")[2] for day in days[1:]] == [
        "Saturday, 28 February 2026",
        "Yesterday",
        "Today",
    ]


def test_a_line_stands_above_the_first_that_is_unread(as_user, me, talk):
    a_message(talk, other(talk, me), "Old")
    as_user(me).post(f"/messages/{talk.pk}/read/")
    a_message(talk, me, "Mine")
    a_message(talk, other(talk, me), "Fresh")

    page = look(as_user, me, talk)

    assert page.count("day-new") == 1
    assert page.index("Mine\n") < page.index("day-new") < page.index("Fresh\n")


def test_the_sender_is_named_to_whoever_does_not_see_the_sides(as_user, me, talk):
    a_message(talk, me)
    a_message(talk, other(talk, me))

    page = look(as_user, me, talk)

    assert '<span class="sr-only">You: </span>' in page
    assert '<span class="sr-only">Paul Writer: </span>' in page
    assert 'role="log"' in page


def test_what_happens_to_an_order_stands_among_the_words(as_user):
    order = an_order(status=OrderStatus.DELIVERED)
    talk = Conversation.objects.get()

    page = as_user(order.buyer).get(f"/messages/{talk.pk}/").text
    on_order = as_user(order.buyer).get(order.get_absolute_url()).text

    assert page.count('class="happened"') == 2  # begun and delivered
    assert f'href="{order.get_absolute_url()}"' in page
    assert 'class="happened"' not in on_order


def test_a_script_gets_only_what_came_after(as_user, me, talk):
    first = a_message(talk, me, "First")
    a_message(talk, me, "Second")

    fragment = look(as_user, me, talk, f"?after={to_moment(first.sent_at)}", **SCRIPT)

    assert "<html" not in fragment
    assert "Second" in fragment
    assert "First" not in fragment
    assert "data-day" not in fragment


@pytest.mark.parametrize("text", ["x", "-1", "1" * 40, "1e9", ""])
def test_a_moment_that_is_none_shows_the_end(as_user, me, talk, text):
    a_message(talk, me, "Here")

    assert "Here" in look(as_user, me, talk, f"?after={text}&before={text}", **SCRIPT)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (
            "see https://example.com/a?b=1&c=2",
            'see <a href="https://example.com/a?b=1&amp;c=2" '
            'rel="nofollow noopener noreferrer ugc" target="_blank">'
            "https://example.com/a?b=1&amp;c=2</a>",
        ),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("<a href=x onclick=y>z</a>", "&lt;a href=x onclick=y&gt;z&lt;/a&gt;"),
        ("one\ntwo", "one<br>two"),
        ("\u202eabc 🎉", "\u202eabc 🎉"),
    ],
)
def test_what_is_typed_is_text_and_links_are_safe(as_user, me, talk, typed, shown):
    a_message(talk, me, typed)

    assert shown in look(as_user, me, talk)
