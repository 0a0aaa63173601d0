"""Demo orders, brought to their states by the people's own actions, cards charged at the sandbox."""

import hashlib
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import messaging.actions
import orders.actions
from accounts.models import User
from admin_panel.demo import covers, keys
from admin_panel.demo.cards import charge
from admin_panel.demo.more import grow, seed_offers, tip
from admin_panel.demo.payouts import seed_payouts
from admin_panel.demo.people import People
from admin_panel.demo.reviews import Verbs, seed_reviews
from gigs.models import Gig, Tier
from gigs.pricing import deal
from gigstream.core.models import PlatformSetting
from gigstream.services import cloudinary
from orders.actions import Answer, Ending, StoredFile
from orders.models import Order, Statement
from orders.status import OrderStatus
from payments.models import Payout

WORDS = [
    "It is for Sol, a bakery with twelve seats and a queue on Saturdays.",
    "Everything we have is in one folder; I will send you the link in a message.",
]


Step = Callable[[Order, datetime], None]


@dataclass(frozen=True, slots=True)
class Story:
    """Who bought from whom, how long ago, how far they have come, and what came between."""

    buyer: int
    gig: int
    days_ago: int
    status: OrderStatus
    tier: Tier = Tier.BASIC
    then: Step | None = None


REVIEWED_ONE_IN = 5
"""Of so many gigs one has buyers who look back."""


def is_wanted() -> bool:
    """Whether nothing was ever bought here, or the demo was interrupted while it was told."""
    if not Order.objects.exists():
        return True
    begun = Order.objects.filter(checkout_key=keys.of_review(0)).exists()
    return begun and not Payout.objects.filter(key=keys.PAYOUT).exists()


def seed_orders(people: People, gigs: list[Gig], *, now: datetime) -> int:
    """Tell every story once, and return how many were still untold.

    One that was interrupted stays where it stands: it is an order like others.
    """
    verbs = Verbs(place=_place, pay=_pay)
    reviewed = gigs[: len(gigs) // REVIEWED_ONE_IN]
    told = seed_reviews(people, reviewed, verbs, now=now)
    for number, story in sorted(enumerate(STORIES), key=lambda each: -each[1].days_ago):
        key = keys.of_story(number)
        if not Order.objects.filter(checkout_key=key).exists():
            _tell(story, key, people.buyers[story.buyer], gigs[story.gig], now)
            told += 1
    seed_offers(gigs[0], people.buyers[0], people.buyers[5], now=now)
    currency = PlatformSetting.objects.in_force().currency
    seed_payouts(people, currency=currency, now=now)
    return told


def _tell(story: Story, key: UUID, buyer: User, gig: Gig, now: datetime) -> None:
    began = now - timedelta(days=story.days_ago)
    order = _place(gig, story.tier, buyer, key, began)
    steps = [*STEPS[story.status], *([story.then] if story.then else [])]
    for number, step in enumerate(steps, start=1):
        step(order, min(began + timedelta(hours=5 * number), now))
        order.refresh_from_db()


def _place(gig: Gig, tier: Tier, buyer: User, key: UUID, now: datetime) -> Order:
    chosen = deal(gig.packages.get(tier=tier))
    cost = orders.actions.quote(chosen, PlatformSetting.objects.in_force())
    return orders.actions.place(
        gig_id=gig.pk,
        tier=tier,
        buyer=buyer,
        answers=list(_answers(gig)),
        quoted_total=cost.total,
        checkout_key=key,
        now=now,
    )


def _answers(gig: Gig) -> Iterable[Answer]:
    words = iter(WORDS)
    for question in gig.requirements.order_by("position"):
        if question.kind == "choice":
            yield Answer(question=question, text=question.options[0])
        elif question.kind == "text":
            yield Answer(question=question, text=next(words, "As you think best."))


def _pay(order: Order, now: datetime) -> None:
    charge(order.payments.get(), now)


def _talk(order: Order, now: datetime) -> None:
    thread = messaging.actions.open_conversation(
        between=(order.buyer, order.seller), now=now
    )
    words = [
        (order.buyer, "Hello! Is everything clear from my answers?"),
        (order.seller, "Very clear, thank you. First sketches are coming."),
    ]
    for minutes, (sender, body) in enumerate(words, start=1):
        messaging.actions.send(
            conversation_id=thread.pk,
            sender=sender,
            body=body,
            client_id=uuid4(),
            order_id=order.pk,
            now=now + timedelta(minutes=minutes),
        )


def _deliver(order: Order, now: datetime) -> None:
    orders.actions.deliver(
        order_id=order.pk,
        actor=order.seller,
        message="Here is the work, with the sources. Tell me if anything should change.",
        files=[_drawing(order)],
        now=now,
    )


def _drawing(order: Order) -> StoredFile:
    content = covers.draw("logo", seed=order.pk.int % 1000).read()
    upload = cloudinary.upload_private(io.BytesIO(content), folder="orders")
    return StoredFile(
        public_id=upload.public_id,
        name="final.png",
        media_type="image/png",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _revise(order: Order, now: datetime) -> None:
    orders.actions.request_revision(
        order_id=order.pk, actor=order.buyer, wishes="A little bolder, please.", now=now
    )


def _accept(order: Order, now: datetime) -> None:
    orders.actions.accept(order_id=order.pk, actor=order.buyer, now=now)


def _cancel(order: Order, now: datetime) -> None:
    orders.actions.cancel_unpaid(order_id=order.pk, actor=order.buyer, now=now)


def _expire(order: Order, _now: datetime) -> None:
    orders.actions.expire(order_id=order.pk, now=order.expires_at)


STEPS: dict[OrderStatus, list[Step]] = {
    OrderStatus.PENDING: [],
    OrderStatus.CANCELLED: [_cancel],
    OrderStatus.EXPIRED: [_expire],
    OrderStatus.IN_PROGRESS: [_pay, _talk],
    OrderStatus.DELIVERED: [_pay, _talk, _deliver],
    OrderStatus.REVISION: [_pay, _talk, _deliver, _revise],
    OrderStatus.COMPLETED: [_pay, _talk, _deliver, _accept],
}


def _ask_for_time(order: Order, now: datetime) -> None:
    orders.actions.ask_for_time(
        order_id=order.pk,
        actor=order.seller,
        days=3,
        reason="Two of the sources turned out to be larger than they looked.",
        now=now,
    )


def _ask_to_cancel(order: Order, now: datetime) -> None:
    orders.actions.ask_to_cancel(
        order_id=order.pk,
        actor=order.buyer,
        refund=order.price * 2 // 5,
        reason="We have changed our plans. Keep a fair part for what is done.",
        now=now,
    )


def _part(order: Order, now: datetime) -> None:
    """They agree to part: the buyer gets two fifths back."""
    _ask_to_cancel(order, now)
    orders.actions.agree(
        order_id=order.pk,
        proposal_id=order.proposals.get().pk,
        actor=order.seller,
        now=now + timedelta(hours=3),
    )


def _dispute(order: Order, now: datetime) -> None:
    """The buyer wants half of it back; the seller offers a quarter."""
    orders.actions.open_dispute(
        order_id=order.pk,
        actor=order.buyer,
        reason="different",
        offer=Ending(kind=Statement.Offer.SPLIT, refund=order.price // 2),
        text="We agreed on three versions, and there is one. I like it, but it is one.",
        files=[],
        now=now,
    )
    orders.actions.answer_dispute(
        order_id=order.pk,
        actor=order.seller,
        text="Two more were in the folder that I linked to, as sketches. Meet me there?",
        files=[],
        offer=Ending(kind=Statement.Offer.SPLIT, refund=order.price // 4),
        now=now + timedelta(hours=3),
    )


def _divide(order: Order, now: datetime) -> None:
    """They agree on what the seller offered."""
    _dispute(order, now)
    offer = Statement.objects.filter(dispute__order=order).latest("at")
    orders.actions.settle_dispute(
        order_id=order.pk,
        statement_id=offer.pk,
        actor=order.buyer,
        now=now + timedelta(hours=9),
    )


def _decline(order: Order, now: datetime) -> None:
    orders.actions.decline(
        order_id=order.pk,
        actor=order.seller,
        reason="My booth is flooded. I am sorry, you get everything back.",
        now=now,
    )


# The first buyer and the first seller are the ones that `make run` names.
STORIES = [
    Story(0, 0, 12, OrderStatus.COMPLETED, Tier.BASIC, tip),
    Story(1, 0, 4, OrderStatus.COMPLETED, Tier.STANDARD),
    Story(2, 0, 1, OrderStatus.IN_PROGRESS),
    Story(0, 7, 3, OrderStatus.IN_PROGRESS, Tier.STANDARD, grow),
    # So late that its buyer may cancel.
    Story(0, 8, 60, OrderStatus.IN_PROGRESS),
    Story(0, 0, 3, OrderStatus.DELIVERED, Tier.STANDARD),
    Story(3, 0, 2, OrderStatus.REVISION),
    Story(0, 1, 1, OrderStatus.IN_PROGRESS, Tier.PREMIUM, _ask_for_time),
    Story(0, 3, 0, OrderStatus.PENDING),
    Story(0, 4, 6, OrderStatus.CANCELLED),
    Story(6, 3, 5, OrderStatus.EXPIRED),
    Story(4, 5, 2, OrderStatus.DELIVERED),
    Story(0, 6, 2, OrderStatus.DELIVERED),
    Story(4, 0, 2, OrderStatus.DELIVERED, Tier.BASIC, _ask_to_cancel),
    Story(5, 2, 5, OrderStatus.IN_PROGRESS, Tier.BASIC, _decline),
    Story(6, 0, 9, OrderStatus.DELIVERED, Tier.BASIC, _part),
    Story(0, 7, 2, OrderStatus.DELIVERED, Tier.STANDARD, _dispute),
    Story(5, 0, 8, OrderStatus.DELIVERED, Tier.STANDARD, _divide),
]
