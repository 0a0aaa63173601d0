import socket
import time
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Standing
from gigstream.core import clock, jobs
from gigstream.core.errors import NotAllowed
from gigstream.services import pusher, resend
from messaging import actions
from messaging.models import Message, Participant
from messaging.moments import to_moment
from orders.status import OrderStatus
from tests.factories import NOON, a_user, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    return an_order(status=OrderStatus.IN_PROGRESS)


@pytest.fixture
def conversation(order):
    return actions.open_conversation(between=(order.buyer, order.seller), now=NOON)


def say(conversation, sender, body="Hello", *, client_id=None, **fields):
    return actions.send(
        conversation_id=conversation.pk,
        sender=sender,
        body=body,
        client_id=client_id or uuid4(),
        now=NOON,
        **fields,
    )


def unread(user):
    return Participant.objects.get(user=user).unread_count


def test_a_message_is_kept_and_counted_for_the_other(conversation, order):
    message = say(conversation, order.buyer, "  Hello  ", order_id=order.pk)

    conversation.refresh_from_db()
    assert (message.body, message.order, message.sent_at) == ("Hello", order, NOON)
    assert conversation.last_message_at == NOON
    assert (unread(order.buyer), unread(order.seller)) == (0, 1)


def test_the_same_message_sent_twice_is_one(conversation, order):
    key = uuid4()

    first = say(conversation, order.buyer, client_id=key)
    second = say(conversation, order.buyer, client_id=key)

    assert first == second
    assert unread(order.seller) == 1


def test_the_same_key_with_other_words_is_refused(conversation, order):
    key = uuid4()
    say(conversation, order.buyer, client_id=key)

    with pytest.raises(NotAllowed):
        say(conversation, order.buyer, "Something else", client_id=key)

    assert [message.body for message in Message.objects.all()] == ["Hello"]


def test_keys_belong_to_their_sender(conversation, order):
    key = uuid4()

    say(conversation, order.buyer, "From me", client_id=key)
    say(conversation, order.seller, "From you", client_id=key)

    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    "body",
    ["", " \n\t ", "\u200b\u2060", "\ufeff \u202e", "\u3164", "\u0301", "x" * 10_001],
)
def test_nothing_and_too_much_are_refused(conversation, order, body):
    with pytest.raises(NotAllowed):
        say(conversation, order.buyer, body)

    assert not Message.objects.exists()


def test_strangers_cannot_write(conversation):
    with pytest.raises(NotAllowed):
        say(conversation, a_user())

    assert not Message.objects.exists()


@pytest.mark.parametrize("who", ["buyer", "seller"])
def test_nobody_writes_while_one_of_them_is_suspended(conversation, order, who):
    person = getattr(order, who)
    person.standing = Standing.SUSPENDED
    person.save()

    with pytest.raises(NotAllowed):
        say(conversation, order.buyer)

    assert not Message.objects.exists()


def test_an_order_of_other_people_is_refused(conversation, order):
    with pytest.raises(NotAllowed):
        say(conversation, order.buyer, order_id=an_order().pk)

    assert not Message.objects.exists()


def test_two_people_have_one_conversation(order):
    first = actions.open_conversation(between=(order.buyer, order.seller), now=NOON)
    second = actions.open_conversation(between=(order.seller, order.buyer), now=NOON)

    assert first == second
    assert first.participants.count() == 2


def test_nobody_talks_to_themselves():
    user = a_user()

    with pytest.raises(NotAllowed):
        actions.open_conversation(between=(user, user), now=NOON)


def test_reading_clears_only_ones_own_count(conversation, order):
    say(conversation, order.buyer)
    say(conversation, order.seller)

    actions.mark_read(conversation_id=conversation.pk, user=order.buyer, now=NOON)

    assert (unread(order.buyer), unread(order.seller)) == (0, 1)


def post(browser, conversation, body="Hello", **fields):
    htmx = fields.pop("htmx", None)
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if htmx else {}
    return browser.post(
        f"/messages/{conversation.pk}/send/",
        {"body": body, "client_id": uuid4(), **fields},
        headers=headers,
    )


def test_the_form_on_an_order_leads_back_to_it(as_user, conversation, order):
    with clock.frozen(NOON):
        response = post(as_user(order.buyer), conversation, order=order.pk)

    message = Message.objects.get()
    assert response.url == f"/orders/{order.pk}/#conversation"
    assert (message.body, message.sender, message.order, message.sent_at) == (
        "Hello",
        order.buyer,
        order,
        NOON,
    )


def test_a_script_is_led_to_what_is_new_alone(as_user, conversation, order):
    browser = as_user(order.buyer)
    before = to_moment(say(conversation, order.seller, "Long known").sent_at)

    response = post(browser, conversation, order=order.pk, after=before, htmx=True)
    fragment = browser.get(
        response.url, headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    ).text

    assert response.url == f"/messages/{conversation.pk}/?after={before}&plain=1"
    assert "<html" not in fragment
    assert "Hello" in fragment
    assert "Long known" not in fragment


def test_a_refusal_keeps_the_words(as_user, conversation, order):
    order.seller.standing = Standing.SUSPENDED
    order.seller.save()

    page = post(as_user(order.buyer), conversation, "Are you <there>?")

    assert page.status_code == 422
    assert "Are you &lt;there&gt;?</textarea>" in page.text
    assert "cannot receive messages" in page.text
    assert not Message.objects.exists()


def test_a_page_whose_message_went_out_before_can_send_another(
    as_user, conversation, order
):
    browser, key = as_user(order.buyer), uuid4()
    post(browser, conversation, "One", client_id=key)

    page = post(browser, conversation, "Two", client_id=key)
    form = page.context["form"]
    post(
        browser, conversation, form["body"].value(), client_id=form["client_id"].value()
    )

    said = Message.objects.order_by("sent_at").values_list("body", flat=True)
    assert (page.status_code, list(said)) == (422, ["One", "Two"])


@pytest.mark.parametrize(
    "fields",
    [{"body": " "}, {"client_id": "1"}, {"order": "no"}, {"body": "x" * 10_001}],
)
def test_a_bad_form_is_refused(as_user, conversation, order, fields):
    page = post(as_user(order.buyer), conversation, **fields)

    assert page.status_code == 422
    assert not Message.objects.exists()


def test_the_conversation_of_others_is_not_found(as_user, conversation):
    stranger = as_user(a_user())

    answers = [
        stranger.get(f"/messages/{conversation.pk}/"),
        post(stranger, conversation),
        stranger.post(f"/messages/{conversation.pk}/read/"),
    ]

    assert [response.status_code for response in answers] == [404, 404, 404]
    assert not Message.objects.exists()


def test_ten_thousand_characters_are_a_message_and_a_line_end_is_one(
    as_user, conversation, order
):
    response = post(as_user(order.buyer), conversation, "x\r\n" * 4_999 + "xy")

    assert response.status_code == 302
    assert len(Message.objects.get().body) == 10_000


def test_one_more_is_refused_and_kept(as_user, conversation, order):
    page = post(as_user(order.buyer), conversation, "x" * 10_001)

    assert page.status_code == 422
    assert "x" * 10_001 in page.text
    assert not Message.objects.exists()


@pytest.mark.parametrize("said", [0, 3])
def test_a_message_takes_as_few_queries_however_much_was_said(
    as_user, conversation, order, django_assert_num_queries, said
):
    for _ in range(said):
        say(conversation, order.seller)
    browser = as_user(order.buyer)

    with django_assert_num_queries(12):  # with the session, the user and a savepoint
        post(browser, conversation)


def post_three(browser, conversation):
    """Say three things; how they were answered, and after how many seconds each.

    The quickest tells whether an answer waits for somebody: a busy machine slows one
    answer down, hardly all three.
    """
    statuses, waits = [], []
    for _ in range(3):
        began = time.monotonic()
        statuses.append(post(browser, conversation).status_code)
        waits.append(time.monotonic() - began)
    return statuses, waits


@pytest.mark.django_db(transaction=True)
def test_a_message_does_not_wait_for_a_pusher_that_never_answers(
    as_user, conversation, order, settings
):
    settings.PUSHER_TLS = False
    browser = as_user(order.buyer)
    with socket.create_server(("127.0.0.1", 0)) as black_hole:
        settings.PUSHER_HOST, settings.PUSHER_PORT = black_hole.getsockname()
        statuses, waits = post_three(browser, conversation)
        pusher.wait_until_sent()

    assert statuses == [302] * 3
    assert min(waits) < pusher.TIMEOUT
    assert unread(order.seller) == 3


def test_a_message_does_not_wait_for_a_mail_company_that_never_answers(
    as_user, conversation, order, settings, sandbox, monkeypatch
):
    settings.EMAIL_BACKEND = "gigstream.services.resend.EmailBackend"
    works = settings.RESEND_API_URL
    browser, to = as_user(order.buyer), order.seller.email
    with socket.create_server(("127.0.0.1", 0)) as black_hole:
        settings.RESEND_API_URL = "http://{}:{}".format(*black_hole.getsockname())
        with clock.frozen(NOON):
            statuses, waits = post_three(browser, conversation)
        monkeypatch.setattr(resend, "TIMEOUT", 0.1)
        with clock.frozen(NOON + timedelta(minutes=15)):
            failures = [outcome.name for outcome in jobs.drain()]
    still_nothing = sandbox.outbox(to)

    settings.RESEND_API_URL = works
    with clock.frozen(NOON + timedelta(minutes=30)):
        assert not jobs.drain()

    assert statuses == [302] * 3
    assert min(waits) < 1
    assert "messaging.tasks.mail_messages" in failures
    assert still_nothing == []
    subjects = [mail["subject"] for mail in sandbox.outbox(to)]
    assert subjects.count(f"3 messages from {order.buyer.full_name}") == 1
