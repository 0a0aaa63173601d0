import re
from datetime import timedelta
from uuid import uuid4

import brotli
import pytest
from django.conf import settings
from django.template import RequestContext, Template

from messaging import actions
from messaging.models import Notification, NotificationKind, Participant
from orders.status import OrderStatus
from tests.factories import NOON, a_seller, a_user, an_order

pytestmark = pytest.mark.django_db


def a_conversation(user, *, said=1):
    other = a_seller()
    conversation = actions.open_conversation(between=(user, other), now=NOON)
    for number in range(said):
        actions.send(
            conversation_id=conversation.pk,
            sender=other,
            body=f"Line {number}.",
            client_id=uuid4(),
            now=NOON + timedelta(minutes=number),
        )
    return conversation


def notified(user, number):
    for count in range(number):
        actions.notify(
            user=user,
            kind=NotificationKind.MESSAGE,
            key=f"message:{count}",
            case="told",
            about={"title": f"News {count}", "text": ""},
            path="/messages/",
            now=NOON + timedelta(minutes=count),
            mail=False,
        )


def drawn(rf, source, user, **context):
    request = rf.get("/")
    request.user = user
    template = Template("{% load messaging %}" + source)
    return template.render(RequestContext(request, {"user": user, **context}))


@pytest.mark.parametrize("rows", [1, 3, 24])
def test_the_inbox_takes_the_same_queries(as_user, django_assert_num_queries, rows):
    user = a_user()
    for _ in range(rows):
        a_conversation(user)
    browser = as_user(user)

    with django_assert_num_queries(QUERIES_OF_A_PAGE + 1):
        page = browser.get("/messages/").text

    assert page.count('class="row-link') == rows


@pytest.mark.parametrize("said", [1, 3, 24])
def test_a_conversation_takes_the_same_queries(
    as_user, django_assert_num_queries, said
):
    user = a_user()
    conversation = a_conversation(user, said=said)
    browser = as_user(user)

    with django_assert_num_queries(QUERIES_OF_A_PAGE + 8):
        page = browser.get(f"/messages/{conversation.pk}/").text

    assert page.count('class="bubble"') == said


@pytest.mark.parametrize("rows", [1, 3, 24])
def test_the_notifications_take_the_same_queries(
    as_user, django_assert_num_queries, rows
):
    user = a_user()
    notified(user, rows)
    browser = as_user(user)

    with django_assert_num_queries(QUERIES_OF_A_PAGE + 1):
        page = browser.get("/notifications/").text

    assert page.count('class="cursor-pointer text-start') == rows


@pytest.mark.parametrize(("said", "queries"), [(0, 4), (1, 5), (3, 5)])
def test_the_conversation_of_an_order_takes_five_queries(
    rf, django_assert_num_queries, said, queries
):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    conversation = actions.open_conversation(
        between=(order.buyer, order.seller), now=NOON
    )
    for _ in range(said):
        actions.send(
            conversation_id=conversation.pk,
            sender=order.seller,
            body="Hello",
            client_id=uuid4(),
            now=NOON,
        )

    with django_assert_num_queries(queries):
        html = drawn(rf, "{% order_conversation order %}", order.buyer, order=order)

    assert html.count('class="bubble"') == said
    assert f'action="/messages/{conversation.pk}/send/"' in html
    assert f'name="order" value="{order.pk}"' in html


def test_the_page_of_an_order_has_room_to_write(as_user):
    order = an_order(status=OrderStatus.IN_PROGRESS)

    page = as_user(order.buyer).get(f"/orders/{order.pk}/").text

    assert page.count('id="messaging-conversation"') == 1
    assert 'id="conversation"' in page
    assert f'name="order" value="{order.pk}"' in page


def test_before_payment_an_order_has_no_conversation(rf):
    order = an_order()

    html = drawn(rf, "{% order_conversation order %}", order.buyer, order=order)

    assert "Once the order is paid" in html
    assert "<form" not in html


def test_strangers_see_nothing_of_the_conversation_of_an_order(rf):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    conversation = actions.open_conversation(
        between=(order.buyer, order.seller), now=NOON
    )

    html = drawn(rf, "{% order_conversation order %}", a_user(), order=order)

    assert str(conversation.pk) not in html


def test_messages_stand_in_order_with_mine_apart(as_user):
    user = a_user()
    conversation = a_conversation(user, said=2)
    actions.send(
        conversation_id=conversation.pk,
        sender=user,
        body="<b>Mine</b>",
        client_id=uuid4(),
        now=NOON + timedelta(hours=1),
    )

    page = as_user(user).get(f"/messages/{conversation.pk}/").text
    page = page[page.index('role="log"') :]

    assert page.index("Line 0.") < page.index("Line 1.") < page.index("Mine")
    assert page.count('class="bubble bubble-mine"') == 2  # and one to be filled in
    assert "&lt;b&gt;Mine" in page


def test_the_last_fifty_are_shown_with_a_way_to_the_older_ones(as_user):
    user = a_user()
    conversation = a_conversation(user, said=52)
    browser = as_user(user)

    page = browser.get(f"/messages/{conversation.pk}/").text
    older = browser.get(re.search(r"/messages/[^\"]+before=[0-9]+", page).group()).text

    assert page.count('class="bubble"') == 50
    assert older.count('class="bubble"') == 2
    assert "Line 1." in older
    assert "Line 1." not in page


def test_the_inbox_shows_the_newest_first_and_what_is_unread(as_user):
    user = a_user()
    a_conversation(user, said=3)
    newest = a_conversation(user, said=5)
    partner = Participant.objects.filter(user=user).with_people().last().partner()

    page = as_user(user).get("/messages/").text

    assert page.index(str(newest.pk)) < page.index("Line 2.")
    assert partner.full_name in page
    assert "Line 4." in page


def test_looking_changes_nothing(as_user):
    user = a_user()
    conversation = a_conversation(user)
    notified(user, 1)
    browser = as_user(user)

    for path in ("/messages/", f"/messages/{conversation.pk}/", "/notifications/"):
        browser.get(path)
    refused = [
        browser.get(path).status_code
        for path in (
            f"/messages/{conversation.pk}/send/",
            f"/messages/{conversation.pk}/read/",
            "/notifications/read/",
        )
    ]

    assert refused == [405, 405, 405]
    assert Participant.objects.get(user=user).unread_count == 1
    assert Notification.objects.unread().count() == 1


def test_reading_is_said_by_a_form(as_user):
    user = a_user()
    conversation = a_conversation(user)

    response = as_user(user).post(f"/messages/{conversation.pk}/read/")

    assert response.url == f"/messages/{conversation.pk}/"
    assert Participant.objects.get(user=user).unread_count == 0


def test_empty_lists_say_so(as_user):
    browser = as_user(a_user())

    assert "No conversations yet" in browser.get("/messages/").text
    assert "Nothing new" in browser.get("/notifications/").text


@pytest.mark.parametrize(
    ("waiting", "label"),
    [
        (0, 'aria-label="Notifications"'),
        (3, 'aria-label="Notifications, 3 unread"'),
        (120, 'aria-label="Notifications, 99+ unread"'),
    ],
)
def test_the_bell_counts_up_to_ninety_nine_in_one_query(
    rf, django_assert_num_queries, waiting, label
):
    user = a_user()
    notified(user, waiting)

    with django_assert_num_queries(1):
        html = drawn(rf, "{% bell %}", user)

    assert label in html


def test_operators_see_how_much_was_written_but_not_what(as_user):
    user = a_user(full_name="Nora")
    conversation = a_conversation(user, said=3)
    admin = as_user(a_user(is_staff=True, is_superuser=True))

    pages = [
        admin.get("/admin/messaging/conversation/").text,
        admin.get(f"/admin/messaging/conversation/{conversation.pk}/change/").text,
    ]

    assert all("Nora" in page and "Line 0." not in page for page in pages)
    assert admin.get("/admin/messaging/message/").status_code == 404
    assert admin.get("/admin/messaging/notification/").status_code == 200


# The session, the user, and the bell's count.
QUERIES_OF_A_PAGE = 3


def scripts_of(page):
    """The files that a page loads, with the modules that they import."""
    waiting = set(re.findall(r'<script src="/static/([^"]+)"', page))
    found = {}
    while waiting:
        name = waiting.pop()
        found[name] = text = (settings.BASE_DIR / "build" / name).read_text()
        imported = re.findall(r'(?:from|import) ?\(?"\./([^"]+)"', text)
        waiting |= {f"js/{each}" for each in imported} - set(found)
    return found


def test_the_scripts_of_a_conversation_fit_into_forty_kilobytes(as_user):
    user = a_user()
    conversation = a_conversation(user)

    scripts = scripts_of(as_user(user).get(f"/messages/{conversation.pk}/").text)

    assert {"js/chat.js", "js/live.js", "vendor/pusher.min.js"} <= set(scripts)
    assert any(name.startswith("js/shared-") for name in scripts)
    assert (
        sum(len(brotli.compress(each.encode())) for each in scripts.values()) < 40_000
    )


def test_strangers_load_nothing_of_it(client):
    page = client.get("/gigs/").text

    assert "pusher" not in page
    assert "live.js" not in page
