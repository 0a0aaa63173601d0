"""The pages of a dispute: opening it, the desk of the two, and what the order's page says."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orders import actions
from orders.models import Dispute, Order, Statement
from orders.status import OrderStatus
from payments.models import Refund
from tests.accounts.codes import prove
from tests.factories import NOON, a_user, an_order, open_dispute

pytestmark = pytest.mark.django_db
S = OrderStatus
STORY = {"reason": "different", "want": "part", "amount": "40", "text": "Kept words."}


@pytest.fixture
def order():
    return an_order(status=OrderStatus.DISPUTED)


def page(order, verb="dispute"):
    return f"/orders/{order.pk}/{verb}/"


def test_the_buyer_reads_what_follows_then_opens_with_what_shows_it(as_user, sandbox):
    order = an_order(status=S.DELIVERED)
    buyer = as_user(order.buyer)

    before = buyer.get(page(order, "open-dispute")).text
    proof = SimpleUploadedFile("brief.txt", b"What we agreed.")
    answer = buyer.post(page(order, "open-dispute"), {**STORY, "evidence": [proof]})
    desk = as_user(order.seller).get(answer.url).text

    assert "has 72 hours to agree or to offer something else" in before
    assert "Each later offer waits 48 hours" in before
    assert "Silence decides nothing by itself" in before
    assert "There is a problem" not in before
    assert answer.url == page(order)
    assert "$40.00 of the price goes back" in desk
    assert "Kept words." in desk
    assert "brief.txt" in desk
    assert f"You get $60.00, {order.buyer.get_short_name()} gets $44.00 back." in desk
    assert "Answer by" in desk


def test_each_reads_the_reason_of_a_dispute_in_their_own_language(order, as_user):
    opened = as_user(order.seller).get(
        f"/orders/{order.pk}/", headers={"Accept-Language": "de"}
    )

    chosen = [entry.text for entry in opened.context["timeline"]]
    assert "Es ist nicht, was wir vereinbart haben" in chosen
    assert "It is not what we agreed" not in chosen


def test_evidence_is_for_the_two_and_nobody_else(as_user, sandbox):
    order = an_order(status=S.DELIVERED)
    proof = SimpleUploadedFile("brief.txt", b"What we agreed.")
    as_user(order.buyer).post(
        page(order, "open-dispute"), {**STORY, "evidence": [proof]}
    )
    path = Statement.objects.get().files.get().get_absolute_url()

    got = as_user(order.seller).get(path)

    assert b"".join(got.streaming_content) == b"What we agreed."
    assert as_user(a_user()).get(path).status_code == 404


@pytest.mark.parametrize(
    "amount", ["", "0", "-5", "100.01", "9" * 400, "10.005", "٣", "1e1", "x"]
)
def test_a_bad_amount_is_explained_and_the_words_are_kept(as_user, amount):
    order = an_order(status=S.DELIVERED)

    answer = as_user(order.buyer).post(
        page(order, "open-dispute"), {**STORY, "amount": amount}
    )

    assert (answer.status_code, "Kept words." in answer.text) == (422, True)
    assert list(answer.context["form"].errors) == ["amount"]
    assert not Dispute.objects.exists()


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"want": "revision", "days": "0"}, ["days"]),
        ({"want": "revision", "days": ""}, ["days"]),
        ({"want": "refund", "amount": "x", "days": "x"}, []),
        ({"want": "release"}, ["want"]),
        ({"want": ""}, ["want"]),
        ({"reason": "more"}, ["reason"]),
        ({"text": " "}, ["text"]),
        ({"text": "x" * 10_001}, ["text"]),
    ],
)
def test_only_what_the_wish_needs_must_be_right(as_user, said, wrong):
    order = an_order(status=S.DELIVERED)

    answer = as_user(order.buyer).post(page(order, "open-dispute"), {**STORY, **said})

    assert (answer.status_code == 302) is not bool(wrong)
    assert not wrong or list(answer.context["form"].errors) == wrong


def test_whoever_comes_second_is_told_and_keeps_the_words(as_user):
    order = an_order(status=S.DELIVERED)
    open_dispute(order, actor=order.seller)

    answer = as_user(order.buyer).post(page(order, "open-dispute"), STORY)

    assert answer.status_code == 409
    assert "It is now: In dispute." in answer.text
    assert "Kept words." in answer.text


def test_a_counter_offer_is_agreed_to_at_the_desk(order, as_user):
    buyer, seller = as_user(order.buyer), as_user(order.seller)
    old = Statement.objects.get()
    seller.post(
        page(order, "answer-dispute"),
        {"want": "part", "amount": "25.50", "text": "Half of it was used."},
    )
    offer = Statement.objects.latest("pk")

    asked = buyer.post(page(order, "settle-dispute"), {"offer": offer.pk})
    prove(buyer)
    stale = buyer.post(page(order, "settle-dispute"), {"offer": old.pk})
    done = buyer.post(page(order, "settle-dispute"), {"offer": offer.pk}, follow=True)

    assert asked.url.startswith("/accounts/reauthenticate/")
    assert (stale.status_code, "newer offer" in stale.text) == (409, True)
    assert "Settled: the money is divided" in done.text
    assert Refund.objects.get().amount == 28_05
    order_page = buyer.get(order.get_absolute_url()).text
    assert "How the dispute ended" in order_page
    assert "Offer: $25.50 of the price goes back" in order_page


def test_an_answer_that_comes_too_late_says_how_it_ended(order, as_user):
    actions.withdraw_dispute(order_id=order.pk, actor=order.buyer, now=NOON)
    seller = as_user(order.seller)

    for verb in ("answer", "settle", "escalate", "withdraw"):
        prove(seller)
        answer = seller.post(
            page(order, f"{verb}-dispute"),
            {"text": "Kept words.", "offer": Statement.objects.get().pk},
        )
        assert answer.status_code == 409
        assert "Withdrawn" in answer.text
        assert ("Kept words." in answer.text) is (verb == "answer")


def test_the_order_page_and_the_lists_say_whose_turn_it_is(order, as_user):
    buyer, seller = as_user(order.buyer), as_user(order.seller)
    other = order.buyer.get_short_name()

    turn = f"Your turn: answer {other} by"
    assert turn in seller.get(order.get_absolute_url()).text
    assert "Read it and answer" in seller.get(order.get_absolute_url()).text
    assert turn in seller.get("/orders/?side=selling&status=disputed").text
    assert "has until Thu 5 Mar" in buyer.get("/orders/").text
    assert order in [row["order"] for row in _needs(seller)]
    assert order not in [row["order"] for row in _needs(buyer)]


def _needs(browser):
    return browser.get("/dashboard/").context["needs_you"]


def test_an_order_that_was_never_disputed_has_no_desk(as_user):
    order = an_order(status=S.DELIVERED)

    assert as_user(order.buyer).get(page(order)).status_code == 404


def test_what_people_say_is_text(order, as_user):
    as_user(order.seller).post(
        page(order, "answer-dispute"), {"text": "<script>alert(1)</script>"}
    )

    assert "<script>alert(1)" not in as_user(order.buyer).get(page(order)).text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_the_database_as_often_whatever_was_said(
    order, as_user, django_assert_num_queries, rows
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
    browser = as_user(order.buyer)

    for path, queries in ((page(order), 8), (order.get_absolute_url(), 15)):
        with django_assert_num_queries(queries):
            browser.get(path)
    assert Order.objects.get().dispute is not None
