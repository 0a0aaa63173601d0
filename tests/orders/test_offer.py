"""A custom offer: made in a conversation, taken up as an order, or ended."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, transaction

from accounts.models import Amounts, Block
from accounts.reader import read_by
from gigs.status import GigStatus
from gigstream.core import clock, jobs
from gigstream.core.errors import NotAllowed, Refusal, Stale
from messaging import exports
from messaging.models import Message, Notification
from orders import actions
from orders.models import CustomOffer, Order
from orders.tasks import expire_offers
from tests.factories import (
    NOON,
    a_custom_offer,
    a_gig,
    a_paid_intent,
    a_question,
    a_user,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SAID = {
    "title": "A mark and a sign",
    "scope": "Both, in two colours.",
    "price": "80",
    "delivery_days": "2",
    "revisions": "1",
    "open_days": "7",
}


def take_up(offer, buyer=None, total=88_00, now=NOON):
    return actions.take_up(
        offer_id=offer.pk, buyer=buyer or offer.buyer, quoted_total=total, now=now
    )


def told(kind):
    return list(Notification.objects.filter(kind=kind).values_list("user", flat=True))


def test_an_offer_comes_into_the_conversation_and_is_told_once():
    gig, buyer, key = a_gig(), a_user(), uuid4()

    offers = [a_custom_offer(gig=gig, buyer=buyer, client_id=key) for _ in range(2)]

    assert offers[0] == offers[1]
    message = Message.objects.get()
    assert (message.offer, message.sender) == (offers[0], gig.seller)
    assert message.words == "Offer: A mark for Sol, and its sign, $80.00"
    assert told("offer_made") == [buyer.pk]


def test_the_line_of_an_offer_is_written_for_whoever_reads_it(as_user, mailoutbox):
    reader = a_user(amounts=Amounts.CODE)
    with clock.frozen(NOON):
        a_custom_offer(buyer=reader)
    # What was made before keeps the words of its seller, and nobody reads them.
    Message.objects.update(body="Angebot: ein Zeichen, 80 $")
    line = "Offer: A mark for Sol, and its sign, USD\u00a080.00"

    list_of_talks = as_user(reader).get("/messages/").text
    with clock.frozen(NOON + timedelta(minutes=15)):
        jobs.drain()

    assert line in list_of_talks
    assert any(line in mail.body for mail in mailoutbox)
    with read_by(reader):
        (thread,) = exports.messages(reader).data
    assert thread["messages"][0]["text"] == line


def test_an_offer_that_moderators_removed_is_not_shown(as_user):
    offer = a_custom_offer()
    Message.objects.update(body="", removed_at=NOON)
    browser = as_user(offer.buyer)

    pages = [
        browser.get(at).text
        for at in ("/messages/", offer.message.conversation.get_absolute_url())
    ]

    assert [offer.title in page for page in pages] == [False, False]


def test_taken_up_it_is_the_whole_deal_of_one_order():
    offer = a_custom_offer()
    a_question(gig=offer.gig)

    order = take_up(offer)

    assert take_up(offer) == order
    assert (order.price, order.fee, order.tier) == (80_00, 8_00, "custom")
    assert (order.title, order.delivery_days, order.max_revisions) == (
        offer.title,
        2,
        1,
    )
    assert order.terms["package"]["description"] == offer.scope
    assert order.terms_hash == actions.fingerprint(order.terms)
    actions.settle(order_id=order.pk, intent=a_paid_intent(order), now=NOON)
    order.refresh_from_db()
    assert (order.status, order.due_at) == ("in_progress", NOON + 2 * DAY)


def test_an_order_that_is_not_paid_leaves_its_offer_open():
    offer = a_custom_offer()
    first = take_up(offer)
    actions.cancel_unpaid(order_id=first.pk, actor=offer.buyer, now=NOON)

    second = take_up(offer)
    actions.expire(order_id=second.pk, now=NOON + 8 * DAY)

    assert first != second
    with pytest.raises(Stale):
        take_up(offer, now=NOON + 8 * DAY)


def test_only_its_buyer_takes_it_up_and_at_the_price_that_was_shown():
    offer = a_custom_offer()

    for buyer in (offer.seller, a_user()):
        with pytest.raises(NotAllowed):
            take_up(offer, buyer=buyer)
    with pytest.raises(Stale):
        take_up(offer, total=80_00)
    assert not Order.objects.exists()


def _suspend_seller(offer):
    offer.seller.standing = "suspended"
    offer.seller.save(update_fields=["standing"])


def _go_on_vacation(offer):
    offer.seller.vacation_from = NOON.date()
    offer.seller.vacation_until = NOON.date() + 5 * DAY
    offer.seller.save(update_fields=["vacation_from", "vacation_until"])


def _block(offer):
    Block.objects.create(blocker=offer.buyer, blocked=offer.seller)


def _pause(offer):
    offer.gig.status = GigStatus.PAUSED
    offer.gig.save(update_fields=["status"])


@pytest.mark.parametrize("happens", [_suspend_seller, _go_on_vacation, _block, _pause])
def test_people_who_do_no_business_make_and_take_up_no_offer(happens):
    offer = a_custom_offer()

    happens(offer)

    with pytest.raises(Refusal):
        take_up(offer)
    with pytest.raises(NotAllowed):
        a_custom_offer(gig=offer.gig, buyer=offer.buyer)


def test_an_offer_has_the_limits_of_a_gig():
    gig, buyer = a_gig(), a_user()
    wrong = [
        {"price": 4_99},
        {"price": 1_000_000_01},
        {"delivery_days": 0},
        {"delivery_days": 366},
        {"revisions": 51},
        {"open_days": 2},
        {"buyer": gig.seller},
    ]

    for fields in wrong:
        with pytest.raises(NotAllowed):
            a_custom_offer(**{"gig": gig, "buyer": buyer, **fields})
    assert not CustomOffer.objects.exists()


def test_what_was_offered_is_never_edited():
    offer = a_custom_offer()

    with pytest.raises(IntegrityError), transaction.atomic():
        CustomOffer.objects.filter(pk=offer.pk).update(price=1_00_00)


def test_each_side_ends_an_offer_in_its_own_way_and_once():
    withdrawn, declined = a_custom_offer(), a_custom_offer()
    for verb, wrong in (
        (actions.withdraw_offer, withdrawn.buyer),
        (actions.decline_offer, withdrawn.seller),
    ):
        with pytest.raises(NotAllowed):
            verb(offer_id=withdrawn.pk, actor=wrong, now=NOON)

    actions.withdraw_offer(offer_id=withdrawn.pk, actor=withdrawn.seller, now=NOON)
    actions.decline_offer(offer_id=declined.pk, actor=declined.buyer, now=NOON)

    assert told("offer_ended") == [withdrawn.buyer_id, declined.seller_id]
    for offer in (withdrawn, declined):
        with pytest.raises(Stale):
            take_up(offer)
    with pytest.raises(Stale):
        actions.withdraw_offer(offer_id=withdrawn.pk, actor=withdrawn.seller, now=NOON)


def test_what_was_accepted_is_not_withdrawn():
    offer = a_custom_offer()
    take_up(offer)

    with pytest.raises(Stale):
        actions.withdraw_offer(offer_id=offer.pk, actor=offer.seller, now=NOON)


def test_an_offer_expires_once_also_after_days_without_a_worker():
    offer = a_custom_offer()

    with clock.frozen(offer.expires_at - timedelta(seconds=1)):
        expire_offers.func()
    assert told("offer_ended") == []
    with clock.frozen(offer.expires_at + 3 * DAY):
        expire_offers.func()
        expire_offers.func()

    offer.refresh_from_db()
    assert offer.status == "expired"
    assert told("offer_ended") == [offer.seller_id]


def test_an_offer_that_cannot_be_closed_keeps_no_other_open(monkeypatch):
    bad, good = a_custom_offer(), a_custom_offer(open_days=14)
    close = actions.expire_offer

    def breaks(*, offer_id, now):
        if offer_id == bad.pk:
            raise OperationalError("held by somebody else")
        close(offer_id=offer_id, now=now)

    monkeypatch.setattr(actions, "expire_offer", breaks)
    with clock.frozen(good.expires_at), pytest.raises(OperationalError):
        expire_offers.func()

    assert CustomOffer.objects.get(status="expired") == good


# --- Pages ----------------------------------------------------------------------------


def test_a_seller_makes_an_offer_and_the_buyer_pays_it(as_user, sandbox):
    gig = a_gig()
    thread = _thread(gig.seller, a_user())
    buyer = thread.other_than(gig.seller_id)
    page = f"{thread.get_absolute_url()}offer/"
    form = as_user(gig.seller).get(page).context["form"]
    key = form["client_id"].value()

    sent = as_user(gig.seller).post(page, {**SAID, "gig": gig.pk, "client_id": key})

    assert sent.headers["Location"] == thread.get_absolute_url()
    offer = CustomOffer.objects.get()
    checkout = f"/offers/{offer.pk}/checkout/"
    assert checkout in as_user(buyer).get(thread.get_absolute_url()).content.decode()
    assert (
        "Withdraw" in as_user(gig.seller).get(sent.headers["Location"]).content.decode()
    )
    assert "$88.00" in as_user(buyer).get(checkout).content.decode()
    assert as_user(gig.seller).get(checkout).status_code == 404

    placed = as_user(buyer).post(checkout, {"quoted_total": 88_00})

    order = Order.objects.get()
    assert placed.headers["Location"] == f"/orders/{order.pk}/pay/"
    assert as_user(buyer).get(checkout).headers["Location"] == order.get_absolute_url()


def test_a_price_is_in_the_currency_of_the_gig_that_is_chosen(as_user):
    dollars = a_gig(title="A mark")
    yen = a_gig(title="A sign", seller=dollars.seller, currency="jpy")
    thread = _thread(dollars.seller, a_user())
    page = f"{thread.get_absolute_url()}offer/"
    browser = as_user(dollars.seller)

    shown = browser.get(page).text
    browser.post(
        page, {**SAID, "gig": yen.pk, "price": "8000", "client_id": str(uuid4())}
    )

    assert "A sign (yen)" in shown
    assert "Price, in the currency of the gig" in shown
    offer = CustomOffer.objects.get()
    assert (offer.price, offer.currency) == (8000, "jpy")


def test_a_german_reads_for_how_many_days_an_offer_is_open(as_user):
    thread = _thread(a_gig().seller, a_user())
    seller = thread.first if thread.first.is_seller else thread.second

    page = as_user(seller).get(
        f"{thread.get_absolute_url()}offer/", headers={"Accept-Language": "de"}
    )

    assert ">7 Tage</option>" in page.content.decode()


def test_what_is_wrong_with_an_offer_is_said_and_the_words_are_kept(as_user):
    thread = _thread(a_gig().seller, a_user())
    page = f"{thread.get_absolute_url()}offer/"
    seller = thread.first if thread.first.is_seller else thread.second
    others = a_gig()
    said = {**SAID, "price": "-5", "gig": others.pk, "delivery_days": "٣٠٠٠"}

    answer = as_user(seller).post(page, said)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {
        "gig",
        "price",
        "delivery_days",
        "client_id",
    }
    assert "Both, in two colours." in answer.content.decode()


def test_an_offer_that_has_ended_sells_nothing(as_user):
    offer = a_custom_offer()
    browser = as_user(offer.buyer)

    browser.post(f"/offers/{offer.pk}/decline/")
    answer = browser.post(f"/offers/{offer.pk}/checkout/", {"quoted_total": 88_00})

    assert answer.status_code == 422
    assert "has ended" in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_a_conversation_asks_as_often_whatever_is_offered_in_it(
    as_user, django_assert_num_queries, rows
):
    gig, buyer = a_gig(), a_user()
    for _ in range(rows):
        offer = a_custom_offer(gig=gig, buyer=buyer, now=clock.now())
    browser = as_user(buyer)

    with django_assert_num_queries(11):
        browser.get(offer.message.conversation.get_absolute_url())


def _thread(seller, buyer):
    from messaging.actions import open_conversation

    return open_conversation(between=(seller, buyer), now=NOON)


def test_a_form_that_was_sent_already_makes_no_other_offer_in_silence():
    gig, buyer, key = a_gig(), a_user(), uuid4()
    asked = {"gig": gig, "buyer": buyer, "client_id": key}
    offer = a_custom_offer(**asked)

    with pytest.raises(Stale, match="sent already"):
        a_custom_offer(**asked, price=90_00)
    actions.withdraw_offer(offer_id=offer.pk, actor=gig.seller, now=NOON)
    with pytest.raises(Stale, match="sent already"):
        a_custom_offer(**asked)

    assert CustomOffer.objects.count() == 1
