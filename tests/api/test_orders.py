"""From the checkout to the review, by two programs."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Scope
from gigstream.core import clock
from orders.models import Order
from orders.status import OrderStatus
from tests.factories import (
    a_gig,
    a_question,
    a_user,
    an_extra,
    an_order,
)

pytestmark = pytest.mark.django_db


def test_a_buyer_checks_out_and_gets_what_stripe_needs(program, sandbox):
    gig, buyer = a_gig(), a_user()
    extra = an_extra(gig=gig, price=30_00)
    question = a_question(gig=gig)
    wanted = {
        "gigId": str(gig.pk),
        "packageType": "standard",
        "extras": [str(extra.pk)],
        "requirements": [{"questionId": str(question.pk), "text": "Sol"}],
    }
    phone = program(buyer)

    placed = phone.post("/api/checkout", wanted, key="a")
    again = phone.post("/api/checkout", wanted, key="a")

    order = Order.objects.get()
    assert placed.status_code == 201
    assert again.json() == placed.json()
    assert (order.buyer, order.status, order.total) == (buyer, "pending", 253_00)
    told = placed.json()
    assert told["payment"]["amount"] == 253_00
    assert told["payment"]["clientSecret"].startswith("pi_")
    assert told["order"]["answers"][0]["text"] == "Sol"
    paying = phone.post(f"/api/orders/{order.pk}/pay").json()
    assert paying["clientSecret"] == told["payment"]["clientSecret"]
    assert phone.post(f"/api/orders/{order.pk}/cancel").json()["status"] == "cancelled"


def test_the_price_is_ours_and_questions_are_answered_first(program):
    gig = a_gig()
    wanted = {"gigId": str(gig.pk), "packageType": "basic", "total": 1, "price": 1}
    phone = program(a_user())

    stale = phone.post("/api/orders", {**wanted, "quotedTotal": 1})
    a_question(gig=gig)
    silent = phone.post("/api/orders", wanted)
    own = program(gig.seller).post("/api/orders", wanted)

    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert (silent.status_code, silent.json()["code"]) == (422, "unanswered")
    assert own.status_code == 422
    assert not Order.objects.exists()


def test_work_is_delivered_with_files_sent_back_and_accepted(program, sandbox):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    seller, buyer = program(order.seller), program(order.buyer)
    file = seller.upload(SimpleUploadedFile("mark.txt", b"A mark"), purpose="order")
    wanted = {"message": "Here it is.", "files": [file.json()["file"]]}

    def verb(side, name, body=""):
        return side.post(f"/api/orders/{order.pk}/{name}", body)

    stolen = verb(program(a_user()), "deliver", wanted)
    delivered = verb(seller, "deliver", wanted)
    told = delivered.json()["deliveries"][0]["files"][0]
    taken = buyer.get(told["path"])
    back = verb(buyer, "request-revision", {"message": "Bolder."})
    used_twice = verb(seller, "deliver", wanted)

    assert (file.status_code, stolen.status_code) == (201, 404)
    assert delivered.json()["status"] == "delivered"
    assert b"".join(taken.streaming_content) == b"A mark"
    assert taken.headers["Content-Disposition"].startswith("attachment")
    assert back.json()["status"] == "revision"
    assert used_twice.status_code == 422
    assert seller.get(told["path"]).status_code == 200
    assert program(a_user()).get(told["path"]).status_code == 404


def test_money_is_released_by_a_token_for_money_or_a_login_of_just_now(
    program, as_user
):
    order = an_order(status=OrderStatus.DELIVERED)
    address = f"/api/orders/{order.pk}/status"
    done = {"status": "completed"}
    careful = program(order.buyer, scopes=[Scope.READ, Scope.ORDERS])

    refused = careful.patch(address, done)
    stale = as_user(order.buyer).patch(address, done, content_type="application/json")
    seller = program(order.seller).patch(address, done)
    accepted = program(order.buyer).patch(address, done)

    assert (refused.status_code, refused.json()["code"]) == (403, "scope")
    assert (stale.status_code, stale.json()["code"]) == (403, "fresh_login")
    assert seller.status_code == 422
    assert accepted.json()["status"] == "completed"


@pytest.mark.parametrize("number", [1, 3])
def test_orders_are_listed_in_two_queries(program, django_assert_num_queries, number):
    buyer = a_user()
    for _ in range(number):
        an_order(buyer=buyer)
    phone = program(buyer)
    phone.get("/api/orders")

    with django_assert_num_queries(2):  # the token, and the list
        items = phone.get("/api/orders").json()["items"]

    assert len(items) == number
    assert items[0]["total"] == 110_00
    assert program(a_user()).get("/api/orders").json()["items"] == []


def test_pages_of_orders_follow_each_other(program):
    buyer = a_user()
    placed = [str(an_order(buyer=buyer).pk) for _ in range(3)]
    phone = program(buyer)

    first = phone.get("/api/orders", limit=2).json()
    second = phone.get("/api/orders", limit=2, cursor=first["next"]).json()

    found = [each["id"] for each in first["items"] + second["items"]]
    assert (sorted(found), second["next"]) == (sorted(placed), None)
    assert phone.get("/api/orders", cursor="?").status_code == 422


def test_both_say_how_it_was_and_everybody_reads_it(program, client):
    order = an_order(status=OrderStatus.COMPLETED)
    said = {"orderId": str(order.pk), "rating": 5, "comment": "Quick and kind."}
    # The time to review runs from March on.
    Order.objects.update(completed_at=clock.now())

    written = program(order.buyer).post("/api/reviews", said)
    program(order.seller).post("/api/reviews", said)
    read = client.get("/api/reviews", {"gig": order.gig.slug}).json()["items"]

    assert written.status_code == 201
    assert [(each["side"], each["rating"]) for each in read] == [("buyer", 5)]
    assert client.get("/api/reviews").status_code == 422


def test_a_dispute_is_opened_answered_and_settled(program):
    order = an_order(status=OrderStatus.DELIVERED)
    buyer, seller = program(order.buyer), program(order.seller)

    opened = buyer.post(
        "/api/disputes",
        {
            "orderId": str(order.pk),
            "reason": "different",
            "description": "It is not what we agreed.",
            "want": "part",
            "amount": 40_00,
        },
    )
    dispute = opened.json()
    offer = dispute["statements"][0]["id"]
    address = f"/api/disputes/{dispute['id']}"
    wrong = seller.post(f"{address}/settle", {"statementId": str(uuid4())})
    settled = seller.post(f"{address}/settle", {"statementId": offer})

    assert (opened.status_code, dispute["turn"]) == (201, "seller")
    assert wrong.status_code == 409
    assert (settled.json()["status"], settled.json()["refund"]) == ("split", 40_00)
    assert program(a_user()).get(address).status_code == 404


def test_what_does_not_fit_a_dispute_is_refused(program):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    wanted = {"orderId": str(order.pk), "description": "No.", "reason": "late"}

    def opened(**said):
        answer = program(order.buyer).post("/api/disputes", {**wanted, **said})
        return answer.status_code

    assert opened() == 422
    assert opened(want="revision", days=3) == 422
    assert opened(want="part", amount=10**9) == 422
    assert opened(want="refund", reason="missing") == 422
