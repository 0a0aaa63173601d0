"""Reviewing each other: who may when, what stays hidden until when, and what it counts for."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.models import User
from gigs.models import Gig
from gigstream.core import clock
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry
from messaging.models import Notification
from orders import actions
from orders.models import Review
from orders.status import OrderStatus
from orders.tasks import publish_reviews
from tests.accounts.codes import prove
from tests.factories import (
    NOON,
    WALKS,
    a_gig,
    a_moderator,
    a_review,
    a_sellers_opinion,
    a_user,
    an_opinion,
    an_order,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def order():
    return an_order(status=OrderStatus.COMPLETED)


def say(order, actor, now=NOON, **opinion):
    form = an_opinion if actor == order.buyer else a_sellers_opinion
    return actions.review(
        order_id=order.pk, actor=actor, opinion=form(**opinion), now=now
    )


def ratings(order):
    gig = Gig.objects.get(pk=order.gig_id)
    seller = User.objects.get(pk=order.seller_id)
    return (gig.rating, gig.review_count), (seller.rating, seller.review_count)


def published(order):
    return Review.objects.published().filter(order=order).count()


def told(user):
    news = Notification.objects.filter(user=user, kind__startswith="review_")
    return list(news.order_by("created_at", "pk").values_list("kind", flat=True))


def test_nobody_reads_a_review_before_the_other_side_has_written(order):
    say(order, order.buyer, rating=2)

    assert (published(order), ratings(order)) == (0, ((None, 0), (None, 0)))
    assert told(order.seller) == ["review_written"]

    say(order, order.seller)

    assert published(order) == 2
    assert ratings(order) == ((Decimal("2.00"), 1), (Decimal("2.00"), 1))
    assert told(order.seller) == ["review_written", "review_published"]
    assert told(order.buyer) == ["review_published"]


def test_time_publishes_what_one_side_wrote(order):
    say(order, order.buyer, rating=4)
    ends = NOON + 14 * DAY

    with clock.frozen(ends - timedelta(seconds=1)):
        publish_reviews.func()
    assert published(order) == 0

    with clock.frozen(ends + 3 * DAY):
        publish_reviews.func()
        publish_reviews.func()
    assert published(order) == 1
    assert ratings(order)[0] == (Decimal("4.00"), 1)
    with pytest.raises(NotAllowed, match="time to review"):
        say(order, order.seller, now=ends)


def test_the_window_is_the_one_of_the_day_of_the_order(order):
    assert order.review_closes_at == order.completed_at + 14 * DAY
    assert order.terms["policy"]["review_days"] == 14


def test_a_rating_is_the_mean_to_a_hundredth_and_a_buyers_is_not_the_sellers():
    gig = a_gig()
    for stars in (5, 4, 4):
        order = an_order(status=OrderStatus.COMPLETED, gig=gig)
        a_review(order=order, rating=stars)
    other = an_order(status=OrderStatus.COMPLETED, gig=a_gig(seller=gig.seller))
    a_review(order=other, rating=1)

    assert ratings(order) == ((Decimal("4.33"), 3), (Decimal("3.50"), 4))
    assert User.objects.get(pk=order.buyer_id).review_count == 0


@pytest.mark.parametrize("status", sorted(set(WALKS) - {OrderStatus.COMPLETED}))
def test_only_completed_orders_are_reviewed(status):
    order = an_order(status=status)

    for person in (order.buyer, order.seller):
        with pytest.raises(NotAllowed, match="once it is completed"):
            say(order, person)


def test_each_side_reviews_once_and_strangers_never(order):
    say(order, order.buyer)

    with pytest.raises(Stale):
        say(order, order.buyer)
    with pytest.raises(NotAllowed):
        say(order, a_user())
    assert Review.objects.count() == 1


def test_a_review_can_be_changed_once_while_nobody_has_read_it(order):
    def change(**opinion):
        actions.edit_review(
            order_id=order.pk,
            actor=order.buyer,
            opinion=an_opinion(**opinion),
            now=NOON,
        )

    with pytest.raises(NotAllowed, match="not reviewed"):
        change()
    review = say(order, order.buyer, rating=1)

    change(rating=3, text="On second thoughts.")
    with pytest.raises(NotAllowed, match="once already"):
        change(rating=5)

    review.refresh_from_db()
    assert (review.rating, review.text) == (3, "On second thoughts.")


def test_a_published_review_is_not_changed(order):
    a_review(order=order)

    with pytest.raises(Stale, match="published"):
        actions.edit_review(
            order_id=order.pk, actor=order.buyer, opinion=an_opinion(), now=NOON
        )


def test_the_reviewed_replies_once_and_only_to_what_is_public(order):
    def answer(text="Thank you!"):
        actions.reply(order_id=order.pk, actor=order.seller, text=text, now=NOON)

    review = a_review(order=order, published=False)
    with pytest.raises(NotAllowed):
        answer()
    say(order, order.seller)

    answer()
    with pytest.raises(Stale):
        answer("And another thing.")

    review.refresh_from_db()
    assert (review.reply, review.replied_at) == ("Thank you!", NOON)
    assert told(order.buyer)[-1] == "review_replied"


def test_staff_remove_a_review_with_a_reason_and_it_counts_no_more(order):
    review = a_review(order=order, rating=1)
    staff = a_user(is_staff=True, is_superuser=True)

    for actor, reason in ((order.seller, "I do not like it."), (staff, "  ")):
        with pytest.raises(NotAllowed):
            actions.remove_review(
                review_id=review.pk, actor=actor, reason=reason, now=NOON
            )
    actions.remove_review(review_id=review.pk, actor=staff, reason="Insults.", now=NOON)
    with pytest.raises(Stale):
        actions.remove_review(
            review_id=review.pk, actor=staff, reason="Insults.", now=NOON
        )

    assert ratings(order) == ((None, 0), (None, 0))
    entry = AuditEntry.objects.get(verb="orders.remove_review")
    assert (entry.actor, entry.reason) == (staff, "Insults.")
    assert "Insults." in Notification.objects.get(kind="review_removed").text


def test_each_time_that_staff_remove_a_review_its_author_is_told_why(order):
    review, staff = a_review(order=order), a_moderator()

    for hours, verb in enumerate(
        [actions.remove_review, actions.restore_review, actions.remove_review]
    ):
        at = NOON + timedelta(hours=hours)
        verb(review_id=review.pk, actor=staff, reason=f"Look {hours}.", now=at)

    last = Notification.objects.filter(kind="review_removed").latest("pk")
    assert "Look 2." in last.text


def test_staff_remove_it_in_the_admin(order, as_user):
    review = a_review(order=order)
    browser = as_user(a_user(is_staff=True, is_superuser=True))
    prove(browser)
    path = f"/admin/orders/review/{review.pk}/remove/"

    empty = browser.post(path, {"reason": ""})
    browser.post(path, {"reason": "Somebody else's name."})

    assert empty.status_code == 422
    review.refresh_from_db()
    assert review.removal_reason == "Somebody else's name."


def test_who_leaves_takes_their_words_along_if_they_wish(order):
    review = a_review(order=order)
    actions.reply(order_id=order.pk, actor=order.seller, text="Thanks", now=NOON)

    actions.forget_texts(author=order.buyer)
    actions.forget_texts(author=order.seller)

    review.refresh_from_db()
    assert (review.text, review.reply, review.rating) == ("", "", 5)
    assert ratings(order)[0] == (Decimal("5.00"), 1)


@pytest.mark.breaks_the_books
def test_a_command_finds_and_repairs_ratings_that_drifted(order, capsys):
    a_review(order=order, rating=4)
    Gig.objects.filter(pk=order.gig_id).update(rating="5.00", review_count=9)
    User.objects.filter(pk=order.seller_id).update(rating=None, review_count=0)

    with pytest.raises(CommandError, match="2 ratings are wrong"):
        call_command("check_ratings")
    call_command("check_ratings", "--repair")

    assert ratings(order) == ((Decimal("4.00"), 1), (Decimal("4.00"), 1))
    assert f"gig {order.gig_id} shows 5.00 of 9" in capsys.readouterr().out
    call_command("check_ratings")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"rating": 6}, "review_rating_is_one_to_five"),
        ({"rating": 0}, "review_rating_is_one_to_five"),
        ({"quality": None}, "review_criteria_are_one_to_five_and_the_buyers"),
        ({"side": "seller"}, "review_criteria_are_one_to_five_and_the_buyers"),
        ({"replied_at": NOON}, "review_reply_follows_publication"),
        ({"removed_at": NOON}, "review_removed_has_a_person_and_a_reason"),
    ],
)
def test_the_database_refuses(order, change, rule):
    say(order, order.buyer)

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Review.objects.update(**change)
