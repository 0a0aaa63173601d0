"""The desk of disputes: everything on one page, and one decision on what was read."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile

from messaging.models import Notification
from orders import actions
from orders.models import Dispute, Order, Statement
from orders.status import OrderStatus
from payments.models import Refund
from tests.accounts.codes import prove
from tests.factories import NOON, a_finance, a_user, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(as_user):
    browser = as_user(a_finance())
    prove(browser)
    return browser


@pytest.fixture
def order():
    order = an_order(status=OrderStatus.DISPUTED)
    actions.escalate_dispute(order_id=order.pk, actor=order.seller, now=NOON)
    return order


def page(tail="change/"):
    return f"/admin/orders/dispute/{Dispute.objects.get().pk}/{tail}"


def said(**changes):
    return {
        "outcome": "split",
        "price": "34.50",
        "ruling": "Half of what was agreed is there.",
        "most": "10000",
        "seen": Statement.objects.latest("pk").pk,
        **changes,
    }


def test_everything_is_on_one_page(order, finance):
    text = finance.get(page()).text

    for words in (
        order.title,
        "It is not what we agreed.",
        "$40.00 of the price goes back",
        "logo.pdf",
        "Here it is.",
        "Handed to our staff",
        "Price $100.00, paid $110.00.",
        'name="ruling"',
    ):
        assert words in text


def test_staff_divide_the_money_and_both_read_the_reasons(order, finance, as_user):
    answer = finance.post(page("decide/"), said(), follow=True)
    again = finance.post(page("decide/"), said())

    assert "Decided. $34.50 of the price goes back" in answer.text
    assert again.status_code == 409
    assert "Half of what was agreed is there." in again.text
    assert (Refund.objects.get().price, Refund.objects.get().fee) == (34_50, 3_45)
    assert Notification.objects.filter(kind="dispute_ended").count() == 2
    for person in (order.buyer, order.seller):
        desk = as_user(person).get(f"/orders/{order.pk}/dispute/").text
        assert "Half of what was agreed is there." in desk
        assert "Decided by our staff" in desk


@pytest.mark.parametrize(
    ("outcome", "status", "refunds"),
    [("release", OrderStatus.COMPLETED, 0), ("refund", OrderStatus.CANCELLED, 1)],
)
def test_staff_release_or_refund(order, finance, outcome, status, refunds):
    finance.post(page("decide/"), said(outcome=outcome, price="nonsense"))

    assert Order.objects.get().status == status
    assert Refund.objects.count() == refunds


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"price": "100"}, "The most is"),
        ({"price": "0"}, "The least is"),
        ({"price": "٣"}, "Enter a number"),
        ({"price": ""}, "required"),
        ({"ruling": " "}, "required"),
        ({"outcome": ""}, "required"),
        ({"seen": "x"}, "valid UUID"),
    ],
)
def test_what_cannot_be_decided_is_explained(order, finance, changed, words):
    answer = finance.post(page("decide/"), said(**changed))

    assert (answer.status_code, words in answer.text) == (422, True)
    assert Order.objects.get().status == OrderStatus.DISPUTED


def test_a_page_that_is_out_of_date_decides_nothing_and_keeps_the_words(order, finance):
    old = said()
    actions.answer_dispute(
        order_id=order.pk,
        actor=order.buyer,
        text="One more thing.",
        files=[],
        offer=None,
        now=NOON,
    )

    answer = finance.post(page("decide/"), old)

    assert answer.status_code == 409
    assert "said something meanwhile" in answer.text
    assert "Half of what was agreed is there." in answer.text


def test_staff_take_over_what_is_still_open(finance):
    an_order(status=OrderStatus.DISPUTED)

    early = finance.post(page("decide/"), said())
    finance.post(page("take_over/"))

    assert (early.status_code, "Take the dispute over" in early.text) == (422, True)
    assert Dispute.objects.get().status == "with_staff"


def test_support_reads_and_does_not_decide(order, as_user):
    support = a_user(is_staff=True)
    support.groups.add(Group.objects.get(name="support"))
    browser = as_user(support)
    prove(browser)

    assert 'name="ruling"' not in browser.get(page()).text
    assert browser.post(page("decide/"), said()).status_code == 403
    assert as_user(a_user(is_staff=True)).get(page()).status_code == 403


def test_the_files_of_a_dispute_are_for_those_who_look_at_disputes(
    finance, as_user, sandbox
):
    order, other = an_order(status=OrderStatus.DELIVERED), an_order()
    proof = SimpleUploadedFile("brief.txt", b"What we agreed.")
    as_user(order.buyer).post(
        f"/orders/{order.pk}/open-dispute/",
        {
            "reason": "different",
            "want": "refund",
            "text": "Look at the brief.",
            "evidence": [proof],
        },
    )
    file = Statement.objects.get().files.get()

    got = finance.get(page(f"files/{file.pk}/"))

    assert b"".join(got.streaming_content) == b"What we agreed."
    assert got.headers["Content-Disposition"].startswith("attachment")
    moderator = as_user(a_user(is_staff=True))
    assert moderator.get(page(f"files/{file.pk}/")).status_code == 403
    assert finance.get(page(f"files/{other.pk}/")).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_asks_as_often_whatever_was_said(
    order, finance, django_assert_num_queries, rows
):
    for _ in range(rows - 1):
        actions.answer_dispute(
            order_id=order.pk,
            actor=order.seller,
            text="And another thing.",
            files=[],
            offer=None,
            now=NOON,
        )

    finance.get(page())  # which kinds of rows there are is remembered

    with django_assert_num_queries(24):
        finance.get(page())
