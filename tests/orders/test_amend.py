"""Changing a running order by agreement: more time, parting for some of the price, more time to look."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction

import payments.actions
from gigstream.core import clock
from gigstream.core.errors import NotAllowed, Refusal, Stale
from messaging.models import Notification
from orders import actions
from orders.models import Proposal
from orders.options import WAYS, ways
from orders.status import OrderStatus
from orders.tasks import lapse_proposals
from payments.models import AccountKind, Earning, Refund
from tests.accounts.codes import prove
from tests.factories import (
    NOON,
    WALKS,
    a_stored_file,
    a_user,
    an_extra,
    an_order,
    open_dispute,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def order():
    return an_order(status=OrderStatus.IN_PROGRESS)


def ask_time(order, days=3, now=NOON, actor=None):
    return actions.ask_for_time(
        order_id=order.pk,
        actor=actor or order.seller,
        days=days,
        reason="The paper is late.",
        now=now,
    )


def ask_end(order, refund=40_00, actor=None, now=NOON):
    return actions.ask_to_cancel(
        order_id=order.pk,
        actor=actor or order.buyer,
        refund=refund,
        reason="It does not work out.",
        now=now,
    )


def answer(verb, proposal, actor, now=NOON):
    verb(order_id=proposal.order_id, proposal_id=proposal.pk, actor=actor, now=now)
    proposal.refresh_from_db()


def holds(kind, subject):
    return payments.actions.balance(kind, subject, "usd")


def told(user, kind):
    return Notification.objects.filter(user=user, kind=kind).count()


def test_the_buyer_agrees_to_more_time_and_the_date_moves(order):
    due = order.due_at
    proposal = ask_time(order)
    order.refresh_from_db()
    assert order.due_at == due

    answer(actions.agree, proposal, order.buyer)

    order.refresh_from_db()
    assert order.due_at == due + 3 * DAY
    assert proposal.status == Proposal.Status.AGREED
    assert (
        told(order.buyer, "proposal_made"),
        told(order.seller, "proposal_answered"),
    ) == (1, 1)


def test_who_is_late_already_asks_for_days_from_now_on(order):
    late = order.due_at + 5 * DAY

    assert ask_time(order, days=2, now=late).due_at == late + 2 * DAY


@pytest.mark.parametrize("days", [0, -1, 61])
def test_time_has_limits(order, days):
    with pytest.raises(NotAllowed):
        ask_time(order, days=days)


def test_only_the_seller_asks_for_time_and_strangers_for_nothing(order):
    with pytest.raises(NotAllowed):
        ask_time(order, actor=order.buyer)
    with pytest.raises(NotAllowed):
        ask_end(order, actor=a_user())


def test_parting_for_forty_percent_gives_each_side_its_part():
    order = an_order(status=OrderStatus.DELIVERED)
    proposal = ask_end(order, refund=40_00)

    answer(actions.agree, proposal, order.seller)

    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED
    assert Refund.objects.get().amount == 44_00
    assert holds(AccountKind.SELLER_PENDING, order.seller_id) == 60_00
    assert holds(AccountKind.SERVICE_FEE, None) == 6_00
    assert holds(AccountKind.ESCROW, order.pk) == 0
    assert Earning.objects.get().clears_at == NOON + 7 * DAY


def test_parting_for_everything_leaves_the_seller_nothing(order):
    answer(actions.agree, ask_end(order, refund=100_00), order.seller)

    assert Refund.objects.get().amount == 110_00
    assert not Earning.objects.exists()


@pytest.mark.parametrize("refund", [0, -1, 100_01])
def test_nobody_offers_more_than_there_is_or_nothing(order, refund):
    with pytest.raises(NotAllowed, match=r"at most \$100"):
        ask_end(order, refund=refund)


def test_one_proposal_waits_at_a_time_and_its_maker_does_not_answer_it(order):
    proposal = ask_end(order)

    with pytest.raises(Stale, match="one at a time"):
        ask_time(order)
    for verb in (actions.agree, actions.refuse):
        with pytest.raises(NotAllowed, match="other side"):
            answer(verb, proposal, order.buyer)
    with pytest.raises(NotAllowed):
        answer(actions.withdraw, proposal, order.seller)


@pytest.mark.parametrize(
    ("verb", "who", "status"),
    [
        (actions.refuse, "seller", Proposal.Status.REFUSED),
        (actions.withdraw, "buyer", Proposal.Status.WITHDRAWN),
    ],
)
def test_refused_or_withdrawn_everything_stays(order, verb, who, status):
    proposal = ask_end(order)

    answer(verb, proposal, getattr(order, who))
    with pytest.raises(Stale):
        answer(actions.agree, proposal, order.seller)

    order.refresh_from_db()
    assert (proposal.status, order.status) == (status, OrderStatus.IN_PROGRESS)
    assert ask_end(order).status == Proposal.Status.OPEN


def test_after_two_days_without_an_answer_a_proposal_lapses(order):
    proposal = ask_time(order)
    over = NOON + 48 * HOUR

    with clock.frozen(over - HOUR):
        lapse_proposals.func()
    proposal.refresh_from_db()
    assert proposal.status == Proposal.Status.OPEN
    with pytest.raises(Stale, match="time to answer"):
        answer(actions.agree, proposal, order.buyer, now=over)

    with clock.frozen(over + 3 * DAY):
        lapse_proposals.func()
        lapse_proposals.func()
    proposal.refresh_from_db()
    assert proposal.status == Proposal.Status.LAPSED
    assert told(order.seller, "proposal_answered") == 1


def test_a_delivery_overtakes_a_wish_for_time_and_no_offer_to_part(order):
    other = an_order(status=OrderStatus.IN_PROGRESS)
    time, end = ask_time(order), ask_end(other)

    for each in (order, other):
        actions.deliver(
            order_id=each.pk,
            actor=each.seller,
            message="Here.",
            files=[a_stored_file()],
            now=NOON,
        )

    time.refresh_from_db()
    end.refresh_from_db()
    assert (time.status, end.status) == ("overtaken", "open")


def test_a_refund_meanwhile_makes_an_agreement_stale(order):
    proposal = ask_end(order, refund=100_00)
    payments.actions.refund(order_id=order.pk, price=30_00, now=NOON)

    with pytest.raises(Stale, match="meanwhile"):
        answer(actions.agree, proposal, order.seller)

    order.refresh_from_db()
    assert order.status == OrderStatus.IN_PROGRESS


def test_the_buyer_takes_four_more_days_to_look_once():
    order = an_order(status=OrderStatus.DELIVERED)
    ends = order.review_ends_at

    with pytest.raises(NotAllowed):
        actions.extend_review(order_id=order.pk, actor=order.seller, now=NOON)
    actions.extend_review(order_id=order.pk, actor=order.buyer, now=NOON)
    with pytest.raises(NotAllowed, match="once already"):
        actions.extend_review(order_id=order.pk, actor=order.buyer, now=NOON)

    order.refresh_from_db()
    assert order.review_ends_at == ends + 4 * DAY
    assert told(order.seller, "review_extended") == 1


GO = {
    "ask_for_time": lambda order, actor, now: ask_time(order, actor=actor, now=now),
    "ask_to_cancel": lambda order, actor, now: ask_end(order, actor=actor, now=now),
    "extend_review": lambda order, actor, now: actions.extend_review(
        order_id=order.pk, actor=actor, now=now
    ),
    "cancel_late": lambda order, actor, now: actions.cancel_late(
        order_id=order.pk, actor=actor, reason="x", now=now
    ),
    "decline": lambda order, actor, now: actions.decline(
        order_id=order.pk, actor=actor, reason="x", now=now
    ),
    "offer_extra": lambda order, actor, now: actions.offer_extra(
        order_id=order.pk,
        actor=actor,
        title="A sign",
        price=30_00,
        days=0,
        revisions=1,
        reason="x",
        now=now,
    ),
    "buy_extra": lambda order, actor, now: actions.buy_extra(
        order_id=order.pk,
        actor=actor,
        extra=an_extra(gig=order.gig, kind="revision", revisions=1).pk,
        now=now,
    ),
    "open_dispute": lambda order, actor, now: open_dispute(order, now, actor=actor),
}


@pytest.mark.parametrize("status", sorted(WALKS))
def test_a_way_is_offered_exactly_where_it_is_not_refused(status):
    order = an_order(status=status)
    assert set(GO) == set(WAYS)

    for actor, now in product((order.buyer, order.seller), (NOON, NOON + 30 * DAY)):
        offered = ways(order, actor, at=now, proposal=None)
        assert {name for name in GO if _goes(name, order, actor, now)} == offered


def _goes(name, order, actor, now):
    point = transaction.savepoint()
    try:
        GO[name](order, actor, now)
    except Refusal:
        return False
    finally:
        transaction.savepoint_rollback(point)
    return True


def test_both_read_the_offer_and_answer_it_on_the_page(order, as_user):
    buyer, seller = as_user(order.buyer), as_user(order.seller)
    path, ask = order.get_absolute_url(), f"/orders/{order.pk}/ask-to-cancel/"

    much = buyer.post(ask, {"refund": "100.01", "reason": "No fit."})
    buyer.post(ask, {"refund": "25.50", "reason": "No fit."})
    page = seller.get(path)
    own = buyer.get(path).text
    number = page.context["proposal"].pk
    stale = seller.post(f"/orders/{order.pk}/agree/", {"proposal": number})
    still = seller.get(path)
    prove(seller)
    seller.post(f"/orders/{order.pk}/agree/", {"proposal": number})
    again = seller.post(f"/orders/{order.pk}/agree/", {"proposal": number})

    assert much.status_code == 422
    assert "No fit." in much.text
    assert "$25.50 of $100.00 goes back to the buyer" in page.text
    assert "Withdraw" in own
    assert stale.url == f"/accounts/reauthenticate/?next={path}"
    assert still.context["proposal"].pk == number
    assert again.status_code == 409
    done = buyer.get(path).text
    assert "Cancelled. What is yours goes back" in done
    assert "Cancelling: Agreed" in done
    assert "$28.05" in done
    assert "$74.50" in seller.get(path).text


def test_the_deal_is_told_in_words_with_every_change_that_both_agreed_on(
    order, as_user
):
    refused = ask_time(order, days=9)
    answer(actions.refuse, refused, order.buyer)
    answer(actions.agree, ask_time(order, days=3), order.buyer)

    page = as_user(order.buyer).get(order.get_absolute_url()).text

    assert "24 hours after that, if nothing came, the buyer may cancel" in page
    assert page.count("Changed on 2 Mar 2026: More time asked for") == 1
    assert order.terms_hash in page


@pytest.mark.parametrize("days", ["", "0", "61", "1.5", "٣", "x", "9" * 400])
def test_what_is_no_number_of_days_is_asked_again(order, as_user, days):
    answer = as_user(order.seller).post(
        f"/orders/{order.pk}/ask-for-time/", {"days": days, "reason": "Kept."}
    )

    expected = 302 if days == "٣" else 422
    assert answer.status_code == expected
    assert expected == 302 or "Kept." in answer.text


def test_a_way_that_is_closed_says_why(as_user):
    order = an_order(status=OrderStatus.COMPLETED)

    for verb in ("ask-for-time", "decline"):
        page = as_user(order.seller).get(f"/orders/{order.pk}/{verb}/")
        assert page.status_code == 409
        assert "It is now: Completed." in page.text


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"refund": 0}, "proposal_says_what_its_kind_needs"),
        ({"kind": "time"}, "proposal_says_what_its_kind_needs"),
        ({"status": "agreed"}, "proposal_"),
        ({"answered_at": NOON}, "proposal_is_open_or_has_an_answer"),
    ],
)
def test_the_database_refuses(order, change, rule):
    ask_end(order)

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Proposal.objects.update(**change)
