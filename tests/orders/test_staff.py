"""What finance decides about an order: through the admin, with a reason, and on record."""

import re

import pytest

import payments.actions
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry
from gigstream.core.policy import LABELS
from orders import actions, wording
from orders.actions import Answer
from orders.models import Order
from orders.status import OrderStatus
from payments.models import AccountKind as Kind
from payments.models import Refund
from tests.accounts.codes import prove
from tests.factories import NOON, a_finance, a_gig, a_question, a_user, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(as_user):
    browser = as_user(a_finance())
    prove(browser)
    return browser


def page(order, verb):
    return f"/admin/orders/order/{order.pk}/{verb}/"


def test_finance_sends_a_part_back(finance):
    order = an_order(status=OrderStatus.DELIVERED)
    form = finance.get(page(order, "refund")).context["form"]

    answer = finance.post(
        page(order, "refund"),
        {"price": "25.50", "most": form.initial["most"], "reason": "Half was missing."},
        follow=True,
    )

    refund = Refund.objects.get()
    assert (refund.price, refund.fee, refund.reason) == (
        25_50,
        2_55,
        "Half was missing.",
    )
    assert refund.requested_by is not None
    assert "$28.05 goes back to the buyer." in answer.content.decode()
    entry = AuditEntry.objects.get(verb="orders.refund")
    assert (entry.reason, entry.after["returned"]) == ("Half was missing.", "$28.05")
    assert entry.before == {"refundable": "$100.00"}
    order.refresh_from_db()
    assert order.status == OrderStatus.DELIVERED


def test_the_same_form_twice_is_one_refund(finance):
    order = an_order(status=OrderStatus.DELIVERED)
    said = {"price": "25", "most": "10000", "reason": "Half was missing."}

    codes = [finance.post(page(order, "refund"), said).status_code for _ in range(2)]

    assert codes == [302, 409]
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"price": "100.01"}, "The most is"),
        ({"price": "0"}, "The least is"),
        ({"price": "ten"}, "Enter a number"),
        ({"reason": ""}, "required"),
    ],
)
def test_what_cannot_go_back_is_explained(finance, changed, words):
    order = an_order(status=OrderStatus.DELIVERED)
    said = {"price": "25", "most": "10000", "reason": "Why not.", **changed}

    answer = finance.post(page(order, "refund"), said)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Refund.objects.exists()


def test_finance_calls_an_order_off_and_the_buyer_gets_everything(finance):
    order = an_order(status=OrderStatus.IN_PROGRESS)

    finance.post(page(order, "cancel"), {"reason": "The seller vanished."})

    order.refresh_from_db()
    event = order.events.last()
    assert (order.status, event.role) == (OrderStatus.CANCELLED, "staff")
    assert event.reason == "The seller vanished."
    assert Refund.objects.get().amount == 110_00
    assert payments.actions.balance(Kind.ESCROW, order.pk, "usd") == 0
    assert AuditEntry.objects.filter(verb="orders.cancel").count() == 1


def test_both_sides_hear_of_it(finance, run_tasks, mailoutbox, sandbox):
    order = an_order(status=OrderStatus.IN_PROGRESS)

    finance.post(page(order, "cancel"), {"reason": "The seller vanished."})

    heard = order.buyer.notifications.all() | order.seller.notifications.all()
    assert heard.filter(kind="order_cancelled").count() == 2


def test_the_amounts_of_an_order_are_written_as_people_do(finance):
    order = an_order()

    shown = finance.get(f"/admin/orders/order/{order.pk}/change/").content.decode()

    for amount in ("$100.00", "$10.00", "$110.00"):
        assert f'<div class="readonly">{amount}</div>' in shown


def test_a_buttons_page_is_offered_only_where_it_applies(finance):
    going, over = an_order(status=OrderStatus.REVISION), an_order()

    offered = [
        finance.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
        for order in (going, over)
    ]

    assert [page(going, "refund") in offered[0], page(going, "cancel") in offered[0]]
    assert not any(page(over, verb) in offered[1] for verb in ("refund", "cancel"))


def test_a_login_of_yesterday_is_not_enough(as_user):
    order = an_order(status=OrderStatus.DELIVERED)

    answer = as_user(a_finance()).post(page(order, "cancel"), {"reason": "Because."})

    assert answer.url.startswith("/accounts/reauthenticate/")
    assert Order.objects.get(pk=order.pk).status == OrderStatus.DELIVERED


def test_staff_without_the_permission_may_look_only(as_user):
    order = an_order(status=OrderStatus.DELIVERED)
    support = a_user(is_staff=True)
    browser = as_user(support)
    prove(browser)

    assert browser.post(page(order, "cancel"), {"reason": "No."}).status_code == 403
    with pytest.raises(NotAllowed):
        actions.refund_as_staff(
            order_id=order.pk,
            actor=support,
            price=1,
            most=100_00,
            reason="No.",
            now=NOON,
        )


def test_nobody_decides_about_an_order_of_their_own(as_user):
    order = an_order(status=OrderStatus.DELIVERED, buyer=a_finance())

    for act in (
        lambda: actions.cancel_as_staff(
            order_id=order.pk, actor=order.buyer, reason="Mine.", now=NOON
        ),
        lambda: actions.refund_as_staff(
            order_id=order.pk,
            actor=order.buyer,
            price=1,
            most=100_00,
            reason="Mine.",
            now=NOON,
        ),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_order_that_is_not_there_leads_back_to_the_list(finance):
    path = "/admin/orders/order/0190a0a0-0000-7000-8000-000000000000/cancel/"

    assert finance.get(path).status_code == 302


def test_the_terms_of_an_order_are_read_in_words(finance):
    gig = a_gig()
    said = Answer(question=a_question(gig=gig), text="Blue, like the sea.")
    order = an_order(gig=gig, answers=[said])

    page = finance.get(f"/admin/orders/order/{order.pk}/change/").text

    rows = dict(re.findall(r'<th scope="row">([^<]+)</th><td>([^<]*)</td>', page))
    assert rows["Gig"] == gig.title
    assert rows["Package"] == "Basic: Mark only"
    assert rows["Total"] == "$110.00"
    assert rows["Days until earnings clear"] == "7"
    assert rows["Fingerprint (SHA-256)"] == order.terms_hash
    assert "&quot;package&quot;" not in page
    assert "Blue, like the sea." not in page


def test_each_rule_on_an_order_is_said_in_words():
    order = an_order()

    named = {str(label) for label, _value in wording.terms(order)}

    assert named & set(order.terms["policy"]) == set()
    assert {str(LABELS[name]) for name in ("review_days", "currency")} <= named


@pytest.mark.django_db
def test_terms_from_before_there_were_extras_are_read_too():
    order = an_order()
    del order.terms["extras"]

    assert "extra" not in dict(wording.terms(order))
