"""What the demo people say of each other: old orders, completed and reviewed through the actions."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

from django.db.models import F

import orders.actions
from admin_panel.demo import keys
from admin_panel.demo.people import People
from gigs.models import Gig, Tier
from gigstream.services import cloudinary
from messaging.models import Notification
from orders.actions import Opinion, StoredFile
from orders.models import Order

# How often the gigs were bought, the first one first; then it begins anew.
TIMES_BOUGHT = [5, 2, 1, 3, 0, 2, 1, 2]
OLDEST, YOUNGEST = 100, 6

# Stars overall, for communication, quality and as described; and the words.
OPINIONS = [
    (5, 5, 5, 5, "Exactly what I asked for, a day early. I have already ordered again."),
    (5, 5, 5, 5, "Asked three good questions before starting, and it showed in the result."),
    (4, 4, 5, 4, "Very good work. One small thing was missing in the first delivery and came within the hour."),
    (5, 5, 5, 4, "I had tried two others before. This is the first version that everybody in the office liked."),
    (5, 4, 5, 5, "Calm, precise and friendly. The files were named so that even I could find everything."),
    (3, 4, 3, 3, "Solid, but I had expected a little more variety between the drafts. The revision was much better."),
    (5, 5, 5, 5, "Worth every cent. Our customers noticed the difference in the first week."),
    (4, 3, 5, 5, "The result is great. Answers took a day now and then, so plan for that."),
    (5, 5, 5, 5, "Told me honestly that I did not need the larger package. That alone earns five stars."),
    (5, 5, 4, 5, "Second time that we work together, and surely not the last."),
    (2, 3, 2, 2, "The work was done, but not quite in the style of the samples. We parted as friends after one revision."),
    (5, 5, 5, 5, "Understood from half a page of notes what I could not put into words myself."),
    (4, 5, 4, 4, "Good value. A bit of polish was left to us at the end, nothing dramatic."),
    (5, 5, 5, 5, "Delivered on a Sunday because our printer had moved the date. Thank you!"),
]  # fmt: skip
SELLERS_OPINIONS = [
    (5, "Clear wishes, prompt answers, kind words. A pleasure."),
    (5, "Knew what was wanted and left me room to do it well."),
    (4, "A good brief. The files came a little late, the answers never did."),
    (5, "Every comment made the work better. Any time again."),
]
REPLIES = [
    "Thank you! It was a joy to work on, do send me a photo when it is up.",
    "Thanks for the patience with my questions, they paid off.",
    "Fair point. I have added a note about this to the description.",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbs:
    """How demo orders are placed and paid, as the other stories do it."""

    place: Callable[..., Order]
    pay: Callable[[Order, datetime], None]


def seed_reviews(
    people: People, gigs: list[Gig], verbs: Verbs, *, now: datetime
) -> int:
    """Let buyers look back on orders of the last months; return how many there are now more."""
    times = cycle(TIMES_BOUGHT)
    bought = [gig for gig in gigs for _ in range(next(times))]
    wanted = {keys.of_review(number): number for number in range(len(bought))}
    there = Order.objects.filter(checkout_key__in=wanted)
    for key in there.values_list("checkout_key", flat=True):
        del wanted[key]
    for key, number in wanted.items():
        gig = bought[number]
        days_ago = OLDEST - number * 37 % (OLDEST - YOUNGEST)
        buyer = people.buyers[number * 3 % len(people.buyers)]
        began = now - timedelta(days=days_ago, hours=number % 9)
        order = verbs.place(gig, _tier(gig, number), buyer, key, began)
        verbs.pay(order, began + timedelta(minutes=20))
        _work(order, began + timedelta(days=2))
        _look_back(order, number, began + timedelta(days=3), now=now)
    # What was news then has been read and mailed then.
    old = Notification.objects.filter(created_at__lt=now - timedelta(days=3))
    old.update(mailed_at=F("created_at"), read_at=F("created_at"))
    return len(wanted)


def _tier(gig: Gig, number: int) -> Tier:
    """Now this package of a gig, now that one."""
    tiers = gig.packages.order_by("price").values_list("tier", flat=True)
    return Tier(tiers[number % len(tiers)])


def _work(order: Order, now: datetime) -> None:
    order.refresh_from_db()
    orders.actions.deliver(
        order_id=order.pk,
        actor=order.seller,
        message="Here is the work, with the sources.",
        files=[_note(order)],
        now=now,
    )
    orders.actions.accept(
        order_id=order.pk, actor=order.buyer, now=now + timedelta(hours=6)
    )


def _note(order: Order) -> StoredFile:
    content = f"{order.title}\n\nEverything that was agreed, in its last version.\n"
    data = content.encode()
    upload = cloudinary.upload_private(io.BytesIO(data), folder="orders")
    return StoredFile(
        public_id=upload.public_id,
        name="read-me.txt",
        media_type="text/plain",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _look_back(order: Order, number: int, moment: datetime, *, now: datetime) -> None:
    """The buyer always writes; every other seller does, and every third replies."""
    rating, communication, quality, as_described, text = OPINIONS[
        number % len(OPINIONS)
    ]
    opinion = Opinion(
        rating=rating,
        communication=communication,
        quality=quality,
        as_described=as_described,
        text=text,
    )
    orders.actions.review(
        order_id=order.pk, actor=order.buyer, opinion=opinion, now=moment
    )
    if number % 2 == 0:
        stars, words = SELLERS_OPINIONS[number // 2 % len(SELLERS_OPINIONS)]
        orders.actions.review(
            order_id=order.pk,
            actor=order.seller,
            opinion=Opinion(rating=stars, text=words),
            now=moment + timedelta(hours=9),
        )
    shown_at = moment + timedelta(days=14)
    if shown_at <= now:
        orders.actions.publish_reviews(order_id=order.pk, now=shown_at)
    if number % 6 == 0 and shown_at <= now:
        orders.actions.reply(
            order_id=order.pk,
            actor=order.seller,
            text=REPLIES[number // 6 % len(REPLIES)],
            now=shown_at,
        )
