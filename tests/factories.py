"""One plain function per model: what is not named gets a sensible value."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

import messaging.actions
import payments.actions
from accounts.actions.tokens import create_token
from accounts.models import ApiToken, Scope, User, Work
from accounts.security import Client
from gigs.models import (
    Category,
    Gig,
    GigExtra,
    GigImage,
    GigPackage,
    GigRequirement,
)
from gigs.status import GigStatus
from gigstream.core import clock
from gigstream.services import stripe
from gigstream.services.stripe import Intent
from messaging.models import Attachment, Conversation, Message
from orders import actions
from orders.actions import Ending, Opinion, StoredFile
from orders.models import CustomOffer, Order, Review
from orders.status import OrderStatus
from payments.models import (
    CardSetup,
    Chargeback,
    Customer,
    KeptCard,
    Payment,
    PayoutMethod,
)

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
    if fields.get("avatar_id"):
        fields.setdefault("avatar_bytes", 20_000)
    if fields.get("standing") == "closed":
        fields.setdefault("closed_at", NOON)
    user = User.objects.create_user(**fields)
    EmailAddress.objects.create(
        user=user, email=user.email, primary=True, verified=True
    )
    return user


def a_seller(**fields) -> User:
    return a_user(selling_since=NOON, **fields)


def a_finance(**fields) -> User:
    """One of our own people, who decides about money."""
    user = a_user(is_staff=True, **fields)
    user.groups.add(Group.objects.get(name="finance"))
    return user


def a_moderator(**fields) -> User:
    """One of our own people, who decides about what people write."""
    user = a_user(is_staff=True, **fields)
    user.groups.add(Group.objects.get(name="moderator"))
    return user


def a_work(**fields) -> Work:
    number = next(_numbers)
    fields = {
        "position": number,
        "title": f"Work {number}",
        "public_id": f"portfolio/work-{number}",
        "version": 1,
        "width": 1200,
        "height": 800,
        "bytes": 150_000,
        "sha256": f"{number:064x}",
        "created_at": NOON,
        **fields,
    }
    return Work.objects.create(**fields)


def an_api_token(user, *, scopes=tuple(Scope), **fields) -> tuple[ApiToken, str]:
    """A token that may do everything, unless told otherwise; and its secret."""
    return create_token(
        **{
            "token_id": uuid4(),
            "actor": user,
            "name": "My phone",
            "scopes": [each for each in scopes if user.is_staff or each != "admin"],
            "days": 30,
            "client": Client(address=None, browser=""),
            "now": clock.now(),
            **fields,
        }
    )


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
    if fields["status"] == GigStatus.REJECTED:
        fields.setdefault("rejection_reason", "Not a service.")
    gig = Gig.objects.create(**fields)
    GigPackage.objects.bulk_create(
        _package(gig=gig, tier=tier, price=place * 100_00)
        for place, tier in enumerate(packages, start=1)
    )
    return gig


def a_package(**fields) -> GigPackage:
    package = _package(**fields)
    package.save(force_insert=True)
    return package


def _package(**fields) -> GigPackage:
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
    return GigPackage(**fields)


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


def an_extra(**fields) -> GigExtra:
    """Something of the seller's own for $30, unless told otherwise."""
    number = next(_numbers)
    fields = {"kind": "custom", "price": 30_00, "position": number, **fields}
    if fields["kind"] == "custom":
        fields.setdefault("title", f"Source files {number}")
    return GigExtra.objects.create(**fields)


def a_contested(payment, **fields) -> stripe.Dispute:
    """What Stripe says when a bank has taken a payment back, unless told otherwise."""
    fields = {
        "id": f"du_{payment.pk.hex}",
        "status": "needs_response",
        "amount": payment.amount,
        "currency": payment.currency,
        "reason": "fraudulent",
        "intent_id": payment.intent_id,
        "opened_at": NOON,
        "answer_by": None,
        "withdrawn": True,
        "reinstated": False,
        "stripe_fee": 15_00,
        **fields,
    }
    return stripe.Dispute(**fields)


def a_late_return(order: Order, *, payment=None, now=NOON, **fields) -> Chargeback:
    """A chargeback whose money came back after it was booked as lost."""
    payment = payment or order.payments.get()
    for news in ({}, {"status": "lost"}, {"status": "lost", "reinstated": True}):
        dispute = a_contested(payment, **{**fields, **news})
        actions.note_chargeback(order_id=order.pk, dispute=dispute, now=now)
    return Chargeback.objects.get(stripe_id=dispute.id)


def a_paid_intent(order: Order, *, payment=None, **fields) -> Intent:
    """What Stripe says when an order's payment has succeeded, unless told otherwise."""
    payment = (
        payment or order.payments.filter(purpose="order").order_by("-attempt").first()
    )
    fields = {
        "id": f"pi_{payment.purpose_id.hex}_{payment.attempt}",
        "client_secret": "",
        "status": "succeeded",
        "amount": payment.amount,
        "amount_received": payment.amount,
        "currency": payment.currency,
        "livemode": False,
        "metadata": {"order": str(order.pk), "payment": str(payment.pk)},
        "charge_id": "ch_1",
        "fee_id": "",
        "fee": 0,
        "card_brand": "",
        "card_last4": "",
        "failure_code": "",
        "failure_message": "",
        **fields,
    }
    return Intent(**fields)


def a_paid_extra(order: Order, *, price=30_00, now=NOON) -> Payment:
    """More work on an order under way, agreed and paid."""
    payment = actions.request_extra_payment(
        order, extra_id=uuid4(), price=price, now=now
    )
    intent = a_paid_intent(order, payment=payment)
    actions.settle(order_id=order.pk, intent=intent, now=now)
    payment.refresh_from_db()
    return payment


def a_stored_file(**fields) -> StoredFile:
    number = next(_numbers)
    fields = {
        "public_id": f"orders/file-{number}",
        "name": "logo.pdf",
        "media_type": "application/pdf",
        "size": 1234,
        "sha256": f"{number:064x}",
        **fields,
    }
    return StoredFile(**fields)


def an_order(
    *,
    status=OrderStatus.PENDING,
    gig=None,
    buyer=None,
    tier="basic",
    now=NOON,
    answers=(),
) -> Order:
    """An order that has walked to its state through the actions, money and all."""
    gig = gig or a_gig()
    buyer = buyer or a_user()
    total = gig.packages.get(tier=tier).price * 110 // 100
    order = actions.place(
        gig_id=gig.pk,
        tier=tier,
        buyer=buyer,
        answers=list(answers),
        quoted_total=total,
        checkout_key=uuid4(),
        now=now,
    )
    for step in WALKS[status]:
        step(order, now)
    order.refresh_from_db()
    return order


def a_custom_offer(*, gig=None, buyer=None, now=NOON, **fields) -> CustomOffer:
    """An offer of two days' work for $80, open for a week, unless told otherwise."""
    gig = gig or a_gig()
    fields = {
        "title": "A mark for Sol, and its sign",
        "scope": "The mark in two colours,\nand a drawing for the sign painter.",
        "price": 80_00,
        "delivery_days": 2,
        "revisions": 1,
        "open_days": 7,
        "client_id": uuid4(),
        **fields,
    }
    return actions.make_offer(
        gig_id=gig.pk, actor=gig.seller, buyer=buyer or a_user(), now=now, **fields
    )


def an_opinion(**fields) -> Opinion:
    """A buyer's, unless told otherwise."""
    return Opinion(
        **{
            "rating": 5,
            "text": "Quick, kind, and better than I had hoped.",
            "communication": 5,
            "quality": 5,
            "as_described": 5,
            **fields,
        }
    )


def a_card_setup(user) -> CardSetup:
    """A card that is about to be kept; the sandbox does not know it."""
    number = next(_numbers)
    customer, _ = Customer.objects.get_or_create(
        user=user, defaults={"stripe_id": f"cus_{number}"}
    )
    return CardSetup.objects.create(customer=customer, stripe_id=f"seti_{number}")


def a_kept_card(user, **fields) -> KeptCard:
    """A card that a buyer keeps; the sandbox does not know it."""
    number = next(_numbers)
    customer, _ = Customer.objects.get_or_create(
        user=user, defaults={"stripe_id": f"cus_{number}"}
    )
    return KeptCard.objects.create(
        **{
            "customer": customer,
            "stripe_id": f"pm_{number}",
            "fingerprint": f"print {number}",
            "brand": "visa",
            "last4": "4242",
            "exp_year": 2040,
            "exp_month": 12,
            "kept_at": NOON,
            **fields,
        }
    )


def a_payout_method(user, **fields) -> PayoutMethod:
    """A bank account of a seller's, unless told otherwise; in use for long."""
    return PayoutMethod.objects.create(
        **{
            "user": user,
            "kind": "bank",
            "standing": "verified",
            "holder": user.full_name,
            "country": "DE",
            "bank_name": "Sparkasse",
            "account_number": "DE89370400440532013000",
            "last4": "3000",
            "added_at": NOON,
            "usable_at": NOON,
            **fields,
        }
    )


def a_sellers_opinion(**fields) -> Opinion:
    nothing = {"communication": None, "quality": None, "as_described": None}
    return an_opinion(**{"text": "Clear wishes, prompt answers.", **nothing, **fields})


def a_review(*, order=None, published=True, now=NOON, **opinion) -> Review:
    """A buyer's word on a completed order; published, because the seller wrote too."""
    order = order or an_order(status=OrderStatus.COMPLETED, now=now)
    review = actions.review(
        order_id=order.pk, actor=order.buyer, opinion=an_opinion(**opinion), now=now
    )
    if published:
        actions.review(
            order_id=order.pk, actor=order.seller, opinion=a_sellers_opinion(), now=now
        )
    review.refresh_from_db()
    return review


def a_seller_with(available: int, **fields) -> User:
    """A seller who has earned this much, cleared and all, and has a bank account."""
    gig = a_gig(seller=a_seller(**fields), packages=("basic",))
    gig.packages.update(price=available)
    order = an_order(status=OrderStatus.COMPLETED, gig=gig)
    payments.actions.clear(
        earning_id=order.earnings.get().pk, now=NOON + timedelta(days=7)
    )
    a_payout_method(gig.seller)
    return gig.seller


def a_conversation(one: User, other: User) -> Conversation:
    return messaging.actions.open_conversation(between=(one, other), now=NOON)


def a_message(conversation, sender, body="Hello", **fields) -> Message:
    return messaging.actions.send(
        conversation_id=conversation.pk,
        sender=sender,
        body=body,
        **{"client_id": uuid4(), "now": NOON, **fields},
    )


def an_attachment(conversation, by, **fields) -> Attachment:
    """A small picture that waits for its message, unless there is one."""
    number = next(_numbers)
    return conversation.attachments.create(
        uploaded_by=by,
        **{
            "public_id": f"messages/{number}",
            "thumbnail_id": f"messages/{number}-small",
            "width": 64,
            "height": 48,
            "name": "sketch.png",
            "media_type": "image/png",
            "size": 2048,
            "sha256": "0" * 64,
            **fields,
        },
    )


def _pay(order, now):
    actions.settle(order_id=order.pk, intent=a_paid_intent(order), now=now)


def _deliver(order, now):
    actions.deliver(
        order_id=order.pk,
        actor=order.seller,
        message="Here it is.",
        files=[a_stored_file()],
        now=now,
    )


def _revise(order, now):
    actions.request_revision(
        order_id=order.pk, actor=order.buyer, wishes="Bolder.", now=now
    )


def _accept(order, now):
    actions.accept(order_id=order.pk, actor=order.buyer, now=now)


def open_dispute(order, now=NOON, *, actor=None, refund=40_00, **fields):
    """The buyer wants a part of the price back, unless told otherwise."""
    return actions.open_dispute(
        order_id=order.pk,
        actor=actor or order.buyer,
        **{
            "reason": "different",
            "offer": Ending(kind="split", refund=refund),
            "text": "It is not what we agreed.",
            "files": [],
            "now": now,
            **fields,
        },
    )


def _cancel(order, now):
    actions.cancel_unpaid(order_id=order.pk, actor=order.buyer, now=now)


def _expire(order, now):
    actions.expire(order_id=order.pk, now=order.expires_at)


WALKS = {
    OrderStatus.PENDING: [],
    OrderStatus.IN_PROGRESS: [_pay],
    OrderStatus.DELIVERED: [_pay, _deliver],
    OrderStatus.REVISION: [_pay, _deliver, _revise],
    OrderStatus.DISPUTED: [_pay, _deliver, open_dispute],
    OrderStatus.COMPLETED: [_pay, _deliver, _accept],
    OrderStatus.CANCELLED: [_cancel],
    OrderStatus.EXPIRED: [_expire],
}
