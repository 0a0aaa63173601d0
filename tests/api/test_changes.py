"""Changing an order under way, tipping, and offers to one buyer, by two programs."""

import pytest

from accounts.models import Scope
from gigstream.core import clock
from messaging.models import Conversation
from orders.models import CustomOffer, Order, Proposal
from orders.status import OrderStatus
from payments.models import Payment, Purpose
from tests.accounts.codes import prove
from tests.factories import (
    NOON,
    a_conversation,
    a_custom_offer,
    a_gig,
    a_user,
    an_extra,
    an_order,
)

pytestmark = pytest.mark.django_db
IN_PROGRESS = OrderStatus.IN_PROGRESS


@pytest.fixture(autouse=True)
def _in_march():
    """The orders of the factories live then; tokens made now work then, too."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def order():
    return an_order(status=IN_PROGRESS)


def test_more_time_is_asked_for_and_agreed_to(order, program):
    seller, buyer = program(order.seller), program(order.buyer)
    path, due = f"/api/orders/{order.pk}", order.due_at
    wanted = {"days": 3, "reason": "The bakery closed."}

    wrong = buyer.post(f"{path}/ask-for-time", wanted)
    asked = seller.post(f"{path}/ask-for-time", wanted)
    second = seller.post(f"{path}/ask-for-time", wanted)
    listed = buyer.get(f"{path}/proposals").json()["items"]
    own = seller.post(f"{path}/proposals/{listed[0]['id']}/agree")
    agreed = buyer.post(f"{path}/proposals/{listed[0]['id']}/agree")

    assert (wrong.status_code, asked.status_code, second.status_code) == (422, 201, 409)
    assert listed == [asked.json()]
    assert (own.status_code, agreed.status_code) == (422, 200)
    order.refresh_from_db()
    assert (order.due_at - due).days == 3
    assert program(a_user()).get(f"{path}/proposals").status_code == 404


def test_parting_moves_money_and_needs_the_right_to_that(order, program, as_user):
    path = f"/api/orders/{order.pk}"
    asked = program(order.buyer).post(
        f"{path}/ask-to-cancel", {"refund": 40_00, "reason": "No fit."}
    )
    agree = f"{path}/proposals/{asked.json()['id']}/agree"
    careful = program(order.seller, scopes=[Scope.READ, Scope.ORDERS])
    browser = as_user(order.seller)

    refused = careful.post(agree)
    stale = browser.post(agree, content_type="application/json")
    prove(browser)
    agreed = browser.post(agree, content_type="application/json")

    assert (refused.status_code, refused.json()["code"]) == (403, "scope")
    assert (stale.status_code, stale.json()["code"]) == (403, "fresh_login")
    assert agreed.json()["status"] == "cancelled"
    assert Proposal.objects.get().status == "agreed"


@pytest.mark.parametrize(
    ("verb", "side", "becomes"),
    [("refuse", "buyer", "refused"), ("withdraw", "seller", "withdrawn")],
)
def test_a_proposal_is_refused_or_withdrawn(order, program, verb, side, becomes):
    path = f"/api/orders/{order.pk}"
    wanted = {"title": "A sign", "price": 30_00, "days": 2, "reason": "For the door."}
    made = program(order.seller).post(f"{path}/offer-extra", wanted).json()
    answer = f"{path}/proposals/{made['id']}/{verb}"
    other = {"buyer": order.seller, "seller": order.buyer}[side]

    wrong = program(other).post(answer)
    right = program(getattr(order, side)).post(answer)
    again = program(getattr(order, side)).post(answer)

    assert (made["price"], made["currency"], made["days"]) == (30_00, "usd", 2)
    assert (wrong.status_code, right.status_code, again.status_code) == (422, 200, 409)
    assert Proposal.objects.get().status == becomes


def test_extras_are_bought_and_what_waits_for_its_money_is_the_buyers_alone(
    order, program, sandbox
):
    extra = an_extra(gig=order.gig, price=30_00)
    buyer, path = program(order.buyer), f"/api/orders/{order.pk}"

    listed = buyer.get(f"{path}/extras").json()["items"]
    unknown = buyer.post(f"{path}/buy-extra", {"extra": str(order.pk)})
    begun = buyer.post(f"{path}/buy-extra", {"extra": listed[0]["id"]})
    waiting = buyer.get(f"{path}/proposals").json()["items"][0]["id"]
    onwards = buyer.post(f"{path}/proposals/{waiting}/pay")

    assert [each["id"] for each in listed] == [str(extra.pk)]
    assert (unknown.status_code, begun.status_code) == (409, 201)
    assert begun.json()["amount"] == 33_00
    assert begun.json()["clientSecret"].startswith("pi_")
    assert onwards.json()["id"] == begun.json()["id"]
    assert program(order.seller).get(f"{path}/proposals").json()["items"] == []


def test_a_tip_sent_twice_with_one_key_is_one(program, sandbox):
    order = an_order(status=OrderStatus.COMPLETED)
    buyer, path = program(order.buyer), f"/api/orders/{order.pk}/tip"

    told = [buyer.post(path, {"amount": 5_00}, key="one") for _ in range(2)]
    another = buyer.post(path, {"amount": 5_00}, key="two")
    wrong = program(order.seller).post(path, {"amount": 5_00})

    assert [answer.status_code for answer in told] == [201, 201]
    assert told[0].json()["id"] == told[1].json()["id"] != another.json()["id"]
    assert Payment.objects.filter(purpose=Purpose.TIP).count() == 2
    assert (wrong.status_code, buyer.post(path, {"amount": 1}).status_code) == (
        422,
    ) * 2


def test_an_offer_is_made_in_a_conversation_and_taken_up(program, sandbox):
    gig, nora = a_gig(), a_user()
    talk = a_conversation(gig.seller, nora)
    seller, buyer = program(gig.seller), program(nora)
    path = f"/api/conversations/{talk.pk}/offers"
    wanted = {
        "gigId": str(gig.pk),
        "title": "Ten logos",
        "scope": "Ten of them, in a week.",
        "price": 500_00,
        "deliveryDays": 7,
    }

    made = [seller.post(path, wanted, key="one") for _ in range(2)]
    not_theirs = buyer.post(path, wanted)
    offer = f"/api/offers/{made[0].json()['id']}"
    dearer = buyer.post(f"{offer}/take-up", {"quotedTotal": 1_00})
    own = seller.post(f"{offer}/take-up", {})
    taken = buyer.post(f"{offer}/take-up", {"quotedTotal": 550_00})
    again = buyer.post(f"{offer}/take-up", {})

    assert [answer.status_code for answer in made] == [201, 201]
    assert CustomOffer.objects.count() == 1
    assert not_theirs.status_code == 404
    assert (dearer.status_code, own.status_code) == (409, 422)
    assert taken.json()["order"]["packageType"] == "custom"
    assert taken.json()["payment"]["amount"] == 550_00
    assert again.json()["order"]["id"] == str(Order.objects.get().pk)
    assert seller.get(offer).json()["status"] == "taken"
    assert Conversation.objects.get() == talk


@pytest.mark.parametrize(
    ("verb", "side"), [("decline", "buyer"), ("withdraw", "seller")]
)
def test_an_offer_ends_by_the_side_whose_it_is(program, verb, side):
    offer = a_custom_offer()
    path = f"/api/offers/{offer.pk}"
    other = {"buyer": offer.seller, "seller": offer.buyer}[side]

    wrong = program(other).post(f"{path}/{verb}")
    ended = program(getattr(offer, side)).post(f"{path}/{verb}")

    assert (wrong.status_code, ended.status_code) == (422, 200)
    assert ended.json()["status"] in {"declined", "withdrawn"}
    assert program(a_user()).get(path).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_proposals_and_offers_are_listed_in_as_many_queries_whatever_there_is(
    order, program, django_assert_num_queries, number
):
    for _ in range(number):
        a_custom_offer(gig=order.gig, buyer=order.buyer)
    for days in range(1, number + 1):
        Proposal.objects.update(status="withdrawn", answered_at=NOON)
        program(order.seller).post(
            f"/api/orders/{order.pk}/ask-for-time", {"days": days, "reason": "More."}
        )
    phone = program(order.buyer)
    phone.get("/api/offers")

    with django_assert_num_queries(2):  # the token, and the list
        offers = phone.get("/api/offers", side="buyer", status="open").json()["items"]
    with django_assert_num_queries(3):  # the order, too
        proposals = phone.get(f"/api/orders/{order.pk}/proposals").json()["items"]

    assert (len(offers), len(proposals)) == (number, number)
    assert phone.get("/api/offers", side="seller").json()["items"] == []


def test_a_review_is_changed_once_and_answered_in_public(program):
    order = an_order(status=OrderStatus.COMPLETED)
    buyer, seller = program(order.buyer), program(order.seller)
    said = {"rating": 4, "comment": "Fine."}
    written = buyer.post("/api/reviews", {"orderId": str(order.pk), **said}).json()
    path = f"/api/reviews/{written['id']}"

    early = seller.post(f"{path}/reply", {"text": "Thank you."})
    changed = buyer.patch(path, {"rating": 5, "comment": "Very fine."})
    twice = buyer.patch(path, {"rating": 1, "comment": "No."})
    seller.post("/api/reviews", {"orderId": str(order.pk), **said})
    own = buyer.post(f"{path}/reply", {"text": "I agree with myself."})
    replied = seller.post(f"{path}/reply", {"text": "Thank you."})
    again = seller.post(f"{path}/reply", {"text": "Really."})

    assert (early.status_code, own.status_code) == (404, 404)
    assert (changed.json()["rating"], changed.json()["quality"]) == (5, 5)
    assert twice.status_code == 422
    assert replied.json()["reply"] == "Thank you."
    assert again.status_code == 409
