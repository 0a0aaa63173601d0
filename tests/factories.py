"""One plain function per model: what is not named gets a sensible value."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from allauth.account.models import EmailAddress

from accounts.models import User
from gigs.models import Category, Gig, GigImage, GigPackage, GigRequirement
from gigs.status import GigStatus
from orders.models import Order
from orders.status import OrderStatus, Role

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PASSWORD = "correct-horse-battery"

_numbers = count(1)


def a_user(**fields) -> User:
    number = next(_numbers)
    fields = {
        "email": f"person{number}@example.com",
        "full_name": f"Person {number}",
        "password": PASSWORD,
        "joined_at": NOON,
        **fields,
    }
    user = User.objects.create_user(**fields)
    EmailAddress.objects.create(
        user=user, email=user.email, primary=True, verified=True
    )
    return user


def a_seller(**fields) -> User:
    return a_user(selling_since=NOON, **fields)


def a_category(**fields) -> Category:
    number = next(_numbers)
    fields = {
        "name": f"Craft {number}",
        "slug": f"craft-{number}",
        "icon": "palette",
        **fields,
    }
    return Category.objects.create(**fields)


def a_gig(*, packages=("basic", "standard", "premium"), **fields) -> Gig:
    """A gig on offer, with packages at $100, $200 and $300, unless told otherwise."""
    number = next(_numbers)
    fields = {
        "seller": fields.get("seller") or a_seller(),
        "category": fields.get("category") or a_category(),
        "title": f"I will draw logo {number}",
        "slug": f"i-will-draw-logo-{number}",
        "description": "Three concepts, one final mark.",
        "status": GigStatus.ACTIVE,
        "starting_price": 100_00 if packages else None,
        "published_at": NOON,
        "created_at": NOON,
        **fields,
    }
    gig = Gig.objects.create(**fields)
    for place, tier in enumerate(packages, start=1):
        a_package(gig=gig, tier=tier, price=place * 100_00)
    return gig


def a_package(**fields) -> GigPackage:
    fields = {
        "tier": "basic",
        "name": "Mark only",
        "description": "One final mark, ready for print and screen.",
        "price": 100_00,
        "delivery_days": 4,
        "revisions": 2,
        "features": ["Vector files", "Commercial use"],
        **fields,
    }
    return GigPackage.objects.create(**fields)


def a_picture(**fields) -> GigImage:
    number = next(_numbers)
    fields = {
        "public_id": f"gigs/picture-{number}",
        "version": 1,
        "width": 1200,
        "height": 800,
        "alt": "A geometric mark",
        **fields,
    }
    return GigImage.objects.create(**fields)


def a_question(**fields) -> GigRequirement:
    return GigRequirement.objects.create(
        **{
            "question": "What is the business called?",
            "position": next(_numbers),
            **fields,
        }
    )


def an_order(*, status=OrderStatus.PENDING, **fields) -> Order:
    """An order in any state, written straight to the table: no money has moved.

    For orders whose money matters, walk the actions instead (`tests.stories`).
    """
    gig = fields.pop("gig", None) or a_gig()
    moments = {
        "placed_at": NOON,
        "expires_at": NOON + timedelta(hours=1),
    }
    if status not in {OrderStatus.PENDING, OrderStatus.EXPIRED}:
        moments |= {"paid_at": NOON, "due_at": NOON + timedelta(days=4)}
    if status == OrderStatus.DELIVERED:
        moments |= {"delivered_at": NOON, "review_ends_at": NOON + timedelta(days=3)}
    if status == OrderStatus.COMPLETED:
        moments |= {"delivered_at": NOON, "completed_at": NOON}
    fields = {
        "gig": gig,
        "buyer": fields.get("buyer") or a_user(),
        "seller": gig.seller,
        "checkout_key": uuid4(),
        "tier": "basic",
        "title": gig.title,
        "status": status,
        "price": 100_00,
        "fee": 10_00,
        "total": 110_00,
        "currency": "usd",
        "terms": {},
        "terms_hash": "0" * 64,
        "delivery_days": 4,
        "max_revisions": 2,
        **moments,
        **fields,
    }
    order = Order.objects.create(**fields)
    order.events.create(to_status=status, role=Role.SYSTEM, at=NOON)
    return order
