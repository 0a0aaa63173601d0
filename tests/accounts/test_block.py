from uuid import uuid4

import pytest

from accounts import actions
from accounts.models import Block
from gigstream.core.errors import NotAllowed
from messaging import actions as talk
from orders.status import OrderStatus
from tests.factories import NOON, a_gig, a_seller, a_user, an_order
from tests.factories import _deliver as deliver

pytestmark = pytest.mark.django_db


def block(one, other):
    actions.block(blocker=one, blocked_id=other.pk, now=NOON)


def say(conversation, sender):
    return talk.send(
        conversation_id=conversation.pk,
        sender=sender,
        body="Hello",
        client_id=uuid4(),
        now=NOON,
    )


def test_blocking_twice_is_blocking_once():
    one, other = a_user(), a_user()

    block(one, other)
    block(one, other)

    assert Block.objects.get().blocked == other


def test_nobody_blocks_themselves():
    user = a_user()

    with pytest.raises(NotAllowed):
        block(user, user)


@pytest.mark.parametrize("writer", ["blocker", "blocked"])
def test_no_messages_go_either_way(writer):
    people = {"blocker": a_user(), "blocked": a_user()}
    thread = talk.open_conversation(between=tuple(people.values()), now=NOON)
    block(people["blocker"], people["blocked"])

    with pytest.raises(NotAllowed, match="cannot receive messages"):
        say(thread, people[writer])

    assert thread.messages.count() == 0


def test_after_unblocking_they_write_again():
    one, other = a_user(), a_user()
    thread = talk.open_conversation(between=(one, other), now=NOON)
    block(one, other)

    actions.unblock(blocker=one, blocked_id=other.pk)

    assert say(thread, other).body == "Hello"


def test_nobody_lifts_the_block_of_somebody_else():
    one, other = a_user(), a_user()
    block(one, other)

    actions.unblock(blocker=other, blocked_id=one.pk)

    assert Block.objects.count() == 1


@pytest.mark.parametrize("by_seller", [True, False])
def test_no_new_orders_are_placed_between_them(by_seller):
    seller, buyer = a_seller(), a_user()
    block(*((seller, buyer) if by_seller else (buyer, seller)))

    with pytest.raises(NotAllowed, match="do not do business"):
        an_order(gig=a_gig(seller=seller), buyer=buyer)


def test_an_order_that_runs_is_finished():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    block(order.buyer, order.seller)

    deliver(order, NOON)

    order.refresh_from_db()
    assert order.status == OrderStatus.DELIVERED


def test_no_conversation_is_begun_with_who_blocked_me(as_user):
    person, visitor = a_seller(username="maya"), a_user()
    block(person, visitor)

    answer = as_user(visitor).post(f"/messages/with/{person.pk}/", follow=True)

    assert answer.redirect_chain == [("/u/maya/", 302)]
    assert "cannot receive messages" in answer.text


def test_the_button_of_the_profile_blocks_and_unblocks(as_user):
    a_seller(username="maya")
    user = a_user()
    browser = as_user(user)

    page = browser.post("/u/maya/block/", follow=True)

    assert "You have blocked" in page.text
    assert Block.objects.get().blocker == user
    browser.post("/u/maya/unblock/")
    assert not Block.objects.exists()


def test_the_list_shows_my_blocks_and_nobody_elses(as_user):
    mine, theirs = a_user(full_name="Mine", username="m"), a_user(full_name="Theirs")
    user = a_user()
    block(user, mine)
    block(a_user(), theirs)
    browser = as_user(user)

    page = browser.get("/settings/blocked/").text

    assert "Mine" in page
    assert "Theirs" not in page
    answer = browser.post("/u/m/unblock/", {"from": "list"})
    assert answer.url == "/settings/blocked/"


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_takes_the_same_queries(as_user, django_assert_num_queries, people):
    user = a_user()
    for _ in range(people):
        block(user, a_user())
    browser = as_user(user)

    with django_assert_num_queries(4):
        browser.get("/settings/blocked/")
