"""Extras on the way: offered or bought, agreed by paying, and what they add to the deal."""

from datetime import timedelta

import pytest

import payments.actions
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed, Refusal, Stale
from messaging.models import Notification
from orders import actions
from orders.models import Proposal
from orders.status import OrderStatus
from payments.models import AccountKind as Kind
from payments.models import Payment, UnappliedPayment
from tests.factories import (
    NOON,
    a_gig,
    a_paid_intent,
    a_stored_file,
    a_user,
    an_extra,
    an_order,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def offer(order, actor=None, now=NOON, **fields):
    fields = {
        "title": "A drawing for the sign",
        "price": 30_00,
        "days": 2,
        "revisions": 1,
        "reason": "As you asked, for the painter.",
        **fields,
    }
    return actions.offer_extra(
        order_id=order.pk, actor=actor or order.seller, now=now, **fields
    )


def take(order, proposal, now=NOON):
    return actions.pay_for_extra(
        order_id=order.pk, proposal_id=proposal.pk, actor=order.buyer, now=now
    )


def settle(order, payment, now=NOON):
    payment.refresh_from_db()
    opened = {"id": payment.intent_id} if payment.intent_id else {}
    intent = a_paid_intent(order, payment=payment, **opened)
    actions.settle(order_id=order.pk, intent=intent, now=now)
    order.refresh_from_db()


def told(kind):
    return list(Notification.objects.filter(kind=kind).values_list("user", flat=True))


def test_an_extra_that_was_offered_is_agreed_by_paying_it_and_the_deal_grows():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    due_at, terms_hash = order.due_at, order.terms_hash
    extra = offer(order)
    payment = take(order, extra)
    assert (payment.price, payment.fee) == (30_00, 3_00)

    for _ in range(2):
        settle(order, payment)

    extra.refresh_from_db()
    assert (extra.status, extra.answered_by) == ("agreed", order.buyer)
    assert (order.due_at, order.revisions_agreed) == (due_at + 2 * DAY, 3)
    assert (order.whole_price, order.whole_total, order.seller_share) == (
        130_00,
        143_00,
        130_00,
    )
    assert (order.price, order.terms_hash) == (100_00, terms_hash)
    assert told("proposal_made") == [order.buyer_id]
    assert told("extra_paid") == [order.seller_id]


def test_agreeing_is_not_enough_and_twice_asks_for_one_payment():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    extra = offer(order)

    with pytest.raises(NotAllowed):
        actions.agree(
            order_id=order.pk, proposal_id=extra.pk, actor=order.buyer, now=NOON
        )

    assert take(order, extra) == take(order, extra)
    extra.refresh_from_db()
    assert extra.status == "open"


@pytest.mark.parametrize("end", ["withdraw", "refuse", "lapse"])
def test_money_for_an_extra_that_nobody_offers_any_more_goes_back(end):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    extra = offer(order)
    payment = take(order, extra)
    asked = {"proposal_id": extra.pk, "now": NOON}
    if end == "withdraw":
        actions.withdraw(order_id=order.pk, actor=order.seller, **asked)
    elif end == "refuse":
        actions.refuse(order_id=order.pk, actor=order.buyer, **asked)
    else:
        actions.lapse(order_id=order.pk, now=NOON + 48 * HOUR)

    settle(order, payment, now=NOON + 49 * HOUR)

    assert UnappliedPayment.objects.get().reason == "late"
    assert (order.added_price, order.revisions_agreed) == (0, 2)
    with pytest.raises(Stale):
        take(order, extra)


def test_a_revision_can_be_bought_when_all_are_used():
    gig = a_gig()
    more = an_extra(gig=gig, kind="revision", revisions=1, price=20_00)
    order = an_order(gig=gig, status=OrderStatus.DELIVERED)
    revise = {"order_id": order.pk, "actor": order.buyer, "wishes": "Bolder."}
    for _ in range(2):
        actions.request_revision(**revise, now=NOON)
        _deliver(order)
    with pytest.raises(NotAllowed):
        actions.request_revision(**revise, now=NOON)

    for _ in range(2):
        payment = actions.buy_extra(
            order_id=order.pk, actor=order.buyer, extra=more.pk, now=NOON
        )
        settle(order, payment)

    actions.request_revision(**revise, now=NOON)
    order.refresh_from_db()
    assert (order.status, order.revisions_left) == ("revision", 1)
    assert told("proposal_made") == []


def _deliver(order):
    actions.deliver(
        order_id=order.pk,
        actor=order.seller,
        message="Again.",
        files=[a_stored_file()],
        now=NOON,
    )


def test_what_can_be_bought_is_what_still_goes_with_the_order():
    gig = a_gig()
    sources = an_extra(gig=gig, title="Source files")
    revision = an_extra(gig=gig, kind="revision", revisions=1)
    an_extra(gig=gig, kind="faster", days=-1)
    at_work = an_order(gig=gig, status=OrderStatus.IN_PROGRESS)
    delivered = an_order(gig=gig, status=OrderStatus.DELIVERED)

    assert actions.extras_for(at_work) == [sources, revision]
    assert actions.extras_for(delivered) == [revision]
    settle(
        at_work,
        actions.buy_extra(
            order_id=at_work.pk, actor=at_work.buyer, extra=sources.pk, now=NOON
        ),
    )
    assert actions.extras_for(at_work) == [revision]


def test_who_may_not_offers_or_buys_nothing():
    gig = a_gig()
    extra = an_extra(gig=gig)
    order = an_order(gig=gig, status=OrderStatus.IN_PROGRESS)

    for actor in (order.buyer, a_user()):
        with pytest.raises(NotAllowed):
            offer(order, actor=actor)
    for actor in (order.seller, a_user()):
        with pytest.raises(NotAllowed):
            actions.buy_extra(order_id=order.pk, actor=actor, extra=extra.pk, now=NOON)
    with pytest.raises(Stale):
        actions.buy_extra(
            order_id=order.pk,
            actor=order.buyer,
            extra=an_extra(gig=a_gig()).pk,
            now=NOON,
        )
    assert not Proposal.objects.exists()


def test_an_extra_has_limits_and_after_the_delivery_brings_a_revision():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    wrong = [{"price": 99}, {"price": 10_000_01}, {"days": 91}, {"revisions": 21}]
    for fields in wrong:
        with pytest.raises(NotAllowed):
            offer(order, **fields)
    _deliver(order)

    with pytest.raises(NotAllowed):
        offer(order, revisions=0)

    assert offer(order, revisions=1).status == "open"


def test_what_can_not_be_delivered_any_more_can_not_be_paid_any_more():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    extra = offer(order, revisions=0)
    payment = take(order, extra)

    _deliver(order)

    with pytest.raises(Stale):
        take(order, extra)
    settle(order, payment)
    assert UnappliedPayment.objects.get().reason == "late"
    extra.refresh_from_db()
    assert (extra.status, order.added_price) == ("overtaken", 0)


def test_an_extra_with_a_revision_outlives_the_delivery():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    extra = offer(order, revisions=1)

    _deliver(order)
    settle(order, take(order, extra))

    assert (order.added_price, order.revisions_left) == (30_00, 3)


@pytest.mark.parametrize("status", [OrderStatus.PENDING, OrderStatus.COMPLETED])
def test_only_an_order_under_way_grows(status):
    order = an_order(status=status)

    with pytest.raises(Refusal):
        offer(order)


def test_one_proposal_at_a_time_and_an_unpaid_purchase_ends_within_the_hour():
    gig = a_gig()
    extra = an_extra(gig=gig)
    order = an_order(gig=gig, status=OrderStatus.IN_PROGRESS)
    actions.buy_extra(order_id=order.pk, actor=order.buyer, extra=extra.pk, now=NOON)
    with pytest.raises(Stale):
        offer(order)

    actions.lapse(order_id=order.pk, now=NOON + HOUR)

    assert offer(order, now=NOON + HOUR).status == "open"


def test_what_goes_back_and_what_is_earned_counts_the_extras():
    order = an_order(status=OrderStatus.IN_PROGRESS)
    settle(order, take(order, offer(order)))

    parting = actions.ask_to_cancel(
        order_id=order.pk, actor=order.buyer, refund=52_00, reason="So.", now=NOON
    )
    actions.agree(
        order_id=order.pk, proposal_id=parting.pk, actor=order.seller, now=NOON
    )

    assert (
        payments.actions.balance(Kind.SELLER_PENDING, order.seller_id, "usd") == 78_00
    )


# --- Pages ----------------------------------------------------------------------------


def test_seller_and_buyer_agree_on_an_extra_by_their_pages(as_user, sandbox):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    page = order.get_absolute_url()
    said = {"title": "A sign", "price": "30", "days": "2", "revisions": "0"}

    refused = as_user(order.seller).post(f"{page}offer-extra/", {**said, "price": "-1"})
    sent = as_user(order.seller).post(
        f"{page}offer-extra/", {**said, "reason": "For the painter."}
    )

    assert (refused.status_code, sent.status_code) == (422, 302)
    assert set(refused.context["form"].errors) == {"price", "reason"}
    proposal = order.proposals.get()
    buyer = as_user(order.buyer)
    assert "Extra “A sign” for $30.00, 2 more days" in buyer.get(page).content.decode()
    asked = buyer.post(f"{page}pay-for-extra/", {"proposal": proposal.pk})
    payment = Payment.objects.get(purpose="amendment")
    assert asked.headers["Location"] == f"{page}payments/{payment.pk}/"
    assert "$33.00" in buyer.get(asked.headers["Location"]).content.decode()
    assert as_user(order.seller).get(asked.headers["Location"]).status_code == 404
    settle(order, payment)
    assert buyer.get(asked.headers["Location"]).headers["Location"] == page
    shown = buyer.get(page).content.decode()
    assert "Changed on 2 Mar 2026: Extra “A sign”" in shown
    assert "$143.00" in shown


def test_a_buyer_adds_an_extra_of_the_gig_by_its_page(as_user, sandbox):
    gig = a_gig()
    extra = an_extra(gig=gig, title="Source files")
    order = an_order(gig=gig, status=OrderStatus.IN_PROGRESS)
    page, buyer = order.get_absolute_url(), as_user(order.buyer)

    assert "Source files: $30.00" in buyer.get(f"{page}buy-extra/").content.decode()
    refused = buyer.post(f"{page}buy-extra/", {"extra": "٣"})
    answer = buyer.post(f"{page}buy-extra/", {"extra": extra.pk})

    assert refused.status_code == 422
    assert "/payments/" in answer.headers["Location"]
    assert "Continue to payment" in buyer.get(page).content.decode()
    buyer.post(f"{page}withdraw/", {"proposal": order.proposals.get().pk})
    closed = buyer.get(answer.headers["Location"]).content.decode()
    assert "This payment is closed" in closed


def test_a_buyer_tips_by_the_page_and_both_see_it(as_user, sandbox):
    order = an_order(status=OrderStatus.COMPLETED)
    page, buyer = order.get_absolute_url(), as_user(order.buyer)
    form = buyer.get(f"{page}tip/").context["form"]
    key = form["tip_key"].value()
    assert [value for value, _label in form.fields["preset"].choices] == [
        5_00,
        10_00,
        20_00,
        "own",
    ]

    wrong = [
        *(
            {"preset": "own", "amount": amount}
            for amount in ("0", "1001", "x", "", "٣")
        ),
        {"preset": "1"},
        {},
    ]
    for said in wrong:
        assert buyer.post(f"{page}tip/", {"tip_key": key, **said}).status_code == 422
    answers = [
        buyer.post(f"{page}tip/", {"tip_key": key, "preset": "own", "amount": "15"})
        for _ in range(2)
    ]

    payment = Payment.objects.get(purpose="tip")
    paying = f"{page}payments/{payment.pk}/"
    assert [answer.headers["Location"] for answer in answers] == [paying, paying]
    settle(order, payment)
    for person in (order.buyer, order.seller):
        assert "Tip of $15.00" in as_user(person).get(page).content.decode()
    assert told("tip_received") == [order.seller_id]
    assert as_user(order.seller).get(f"{page}tip/").status_code == 422


def test_the_page_that_waits_for_a_tip_goes_on_when_the_money_has_come(
    as_user, sandbox
):
    order = an_order(status=OrderStatus.COMPLETED)
    buyer = as_user(order.buyer)
    answer = buyer.post(
        f"{order.get_absolute_url()}tip/",
        {"tip_key": "0190f7a0-0000-7000-8000-000000000001", "preset": "1000"},
    )
    paying = answer.headers["Location"]
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}

    assert buyer.get(paying, **htmx).status_code == 204
    settle(order, Payment.objects.get(purpose="tip"))
    assert buyer.get(paying, **htmx).headers["HX-Refresh"] == "true"


def test_the_same_extra_pressed_twice_is_one_purchase():
    gig = a_gig()
    one, other = an_extra(gig=gig), an_extra(gig=gig)
    order = an_order(gig=gig, status=OrderStatus.IN_PROGRESS)
    asked = {"order_id": order.pk, "actor": order.buyer, "now": NOON}

    first, second = (actions.buy_extra(**asked, extra=one.pk) for _ in range(2))

    assert first == second
    with pytest.raises(Stale):
        actions.buy_extra(**asked, extra=other.pk)


@pytest.mark.parametrize("gone", ["gig", "seller"])
def test_nothing_more_is_sold_of_what_is_off_the_shelf(gone):
    gig = a_gig()
    an_extra(gig=gig)
    order = an_order(gig=gig, status=OrderStatus.IN_PROGRESS)
    if gone == "gig":
        order.gig.status = GigStatus.PAUSED
    else:
        order.seller.standing = "suspended"

    assert actions.extras_for(order) == []


def test_a_buyer_hears_that_the_seller_refused_what_they_were_about_to_buy():
    gig = a_gig()
    extra = an_extra(gig=gig)
    order = an_order(gig=gig, status=OrderStatus.IN_PROGRESS)
    actions.buy_extra(order_id=order.pk, actor=order.buyer, extra=extra.pk, now=NOON)

    actions.refuse(
        order_id=order.pk,
        proposal_id=order.proposals.get().pk,
        actor=order.seller,
        now=NOON,
    )

    assert told("proposal_answered") == [order.buyer_id]
