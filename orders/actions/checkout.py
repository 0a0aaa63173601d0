"""From the checkout to a paid order."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

import payments.actions
from accounts.models import Block, Standing, User
from gigs.models import Gig, GigPackage, GigRequirement
from gigs.pricing import Deal, deal
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import PlatformSetting, Policy
from gigstream.core.money import written
from gigstream.services.stripe import Intent
from orders.actions.extras import settle_extra
from orders.actions.files import StoredFile, attach
from orders.actions.moves import lock, move
from orders.actions.tips import settle_tip
from orders.models import Order
from orders.queue import refuse_full_queue
from orders.signals import order_cancelled, order_expired, order_paid, order_placed
from orders.status import OrderStatus, Role
from payments.models import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a package and its extras cost today. Amounts in minor units."""

    price: int
    fee: int
    commission: int
    currency: str

    @property
    def total(self) -> int:
        return self.price + self.fee


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the buyer says to one of the seller's questions."""

    question: GigRequirement
    text: str = ""
    file: StoredFile | None = None


def quote(chosen: Deal, policy: Policy) -> Quote:
    return Quote(
        price=chosen.price,
        fee=policy.service_fee(chosen.price),
        commission=policy.commission(chosen.price),
        currency=chosen.package.gig.currency,
    )


def place(
    *,
    gig_id: UUID,
    tier: str,
    buyer: User,
    answers: list[Answer],
    quoted_total: int,
    checkout_key: UUID,
    now: datetime,
    extras: Sequence[UUID] = (),
) -> Order:
    """Place an order that waits for its payment (O1), with all terms frozen on it.

    The same checkout sent twice is one order, also when both arrive at once. Raises
    `Stale` if the price is no longer the one that the buyer saw.
    """
    try:
        with transaction.atomic():
            return _already_placed(buyer, checkout_key, gig_id, tier) or _place(
                gig_id=gig_id,
                tier=tier,
                extras=extras,
                buyer=buyer,
                answers=answers,
                quoted_total=quoted_total,
                checkout_key=checkout_key,
                now=now,
            )
    except IntegrityError:
        # The other click was faster by a moment; its order is this one.
        if order := _already_placed(buyer, checkout_key, gig_id, tier):
            return order
        raise


def _already_placed(
    buyer: User, checkout_key: UUID, gig_id: UUID, tier: str
) -> Order | None:
    order = Order.objects.filter(buyer=buyer, checkout_key=checkout_key).first()
    if order and (order.gig_id, order.tier) != (gig_id, tier):
        raise Stale(
            _("This checkout was already used for another order. Please start again.")
        )
    return order


def _place(
    *,
    gig_id: UUID,
    tier: str,
    extras: Sequence[UUID],
    buyer: User,
    answers: list[Answer],
    quoted_total: int,
    checkout_key: UUID,
    now: datetime,
) -> Order:
    _take_turns(gig_id)
    gig = (
        Gig.objects.select_for_update(of=("self",))
        .select_related("seller")
        .get(pk=gig_id)
    )
    package = gig.packages.filter(tier=tier).first()
    _check_offer(gig, package, buyer, now)
    assert package is not None  # noqa: S101 - checked on the line above
    policy = PlatformSetting.objects.in_force()
    chosen = _chosen(gig, package, extras)
    cost = quote(chosen, policy)
    if cost.total != quoted_total:
        amount = written(cost.total, cost.currency)
        raise Stale(
            _("The price has changed to %(amount)s. Please look again.")
            % {"amount": amount}
        )

    terms = _terms(chosen, gig, cost, policy, answers)
    order = Order.objects.create(
        gig=gig,
        buyer=buyer,
        seller=gig.seller,
        checkout_key=checkout_key,
        tier=tier,
        title=gig.title,
        price=cost.price,
        fee=cost.fee,
        total=cost.total,
        commission=cost.commission,
        currency=cost.currency,
        terms=terms,
        terms_hash=fingerprint(terms),
        delivery_days=chosen.delivery_days,
        max_revisions=chosen.revisions,
        placed_at=now,
        expires_at=now + timedelta(minutes=policy.unpaid_expires_minutes),
    )
    order.events.create(to_status=order.status, role=Role.BUYER, actor=buyer, at=now)
    _write_answers(order, answers, buyer, now)
    payments.actions.request_payment(
        order_id=order.pk,
        buyer_id=buyer.pk,
        price=order.price,
        fee=order.fee,
        commission=order.commission,
        currency=order.currency,
        now=now,
    )
    order_placed.send(sender=Order, order=order, actor=buyer, at=now)
    return order


def _take_turns(gig_id: UUID) -> None:
    """Where the seller limits open orders, two buyers at once are counted one by one."""
    limited = User.objects.filter(gigs=gig_id, most_open_orders__isnull=False)
    limited.select_for_update(of=("self",)).first()


def _check_offer(
    gig: Gig, package: GigPackage | None, buyer: User, now: datetime
) -> None:
    if buyer.pk == gig.seller_id:
        raise NotAllowed(_("This is your own gig; you cannot order it."))
    if buyer.standing != Standing.ACTIVE:
        raise NotAllowed(_("This account cannot place orders."))
    if not gig.is_on_offer or gig.seller.standing != Standing.ACTIVE:
        raise NotAllowed(_("This gig cannot be ordered at the moment."))
    refuse_absence(gig.seller, now=now)
    refuse_full_queue(gig.seller)
    if Block.objects.between(buyer.pk, gig.seller_id).exists():
        raise NotAllowed(_("You and this seller do not do business with each other."))
    if package is None:
        raise NotAllowed(
            _("This gig no longer offers that package. Please choose another.")
        )


def refuse_absence(seller: User, *, now: datetime) -> None:
    """Nobody can order from a seller on vacation; running orders are not asked."""
    if back_on := seller.away_until(at=now):
        text = _("%(seller)s is away. Back on %(day)s.")
        day = date_format(back_on, "j F")
        raise NotAllowed(text % {"seller": seller.get_short_name(), "day": day})


def _chosen(gig: Gig, package: GigPackage, extras: Sequence[UUID]) -> Deal:
    found = list(gig.extras.filter(pk__in=extras).order_by("position"))
    if len(found) != len(set(extras)):
        raise Stale(
            _("An extra that you chose is no longer offered. Please look again.")
        )
    return deal(package, found)


def _terms(
    chosen: Deal, gig: Gig, cost: Quote, policy: Policy, answers: list[Answer]
) -> dict[str, Any]:
    """The deal in words and numbers that never change again."""
    package = chosen.package
    return {
        "gig": gig.title,
        "package": {
            "tier": package.tier,
            "name": package.name,
            "description": package.description,
            "features": package.features,
            "delivery_days": package.delivery_days,
            "revisions": package.revisions,
        },
        "extras": [
            {
                "name": extra.name,
                "price": extra.price,
                "days": extra.days,
                "revisions": extra.revisions,
            }
            for extra in chosen.extras
        ],
        "answers": [
            {
                "question": answer.question.question,
                "answer": answer.file.sha256 if answer.file else answer.text,
            }
            for answer in answers
        ],
        "money": {
            "price": cost.price,
            "fee": cost.fee,
            "total": cost.total,
            "commission": cost.commission,
            "currency": cost.currency,
        },
        "policy": policy.model_dump(),
    }


def fingerprint(terms: dict[str, Any]) -> str:
    """SHA-256 over the terms as canonical JSON: keys sorted, no spaces, UTF-8."""
    text = json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _write_answers(
    order: Order, answers: list[Answer], buyer: User, now: datetime
) -> None:
    for position, answer in enumerate(answers, start=1):
        file = attach(order, answer.file, by=buyer, now=now) if answer.file else None
        order.answers.create(
            position=position,
            question=answer.question.question,
            kind=answer.question.kind,
            text=answer.text,
            file=file,
        )


@transaction.atomic
def settle(*, order_id: UUID, intent: Intent, now: datetime) -> None:
    """Take Stripe's word that an order is paid (O2); the work begins and the clock runs.

    Money that the order does not want any more, or not like this, goes back to its
    buyer. Told twice, nothing happens the second time.
    """
    order = lock(order_id)
    purpose = payments.actions.purpose_of(intent)
    if purpose in OTHER_PURPOSES:
        OTHER_PURPOSES[purpose](order, intent, now=now)
        return
    payment = payments.actions.capture(
        order_id=order.pk,
        intent=intent,
        waiting=order.status == OrderStatus.PENDING,
        now=now,
    )
    if payment is None:
        return
    order.paid_at = now
    order.due_at = now + timedelta(days=order.delivery_days)
    move(order, "O2", "paid_at", "due_at", actor=None, now=now)
    order_paid.send(sender=Order, order=order, actor=None, at=now)


OTHER_PURPOSES = {Purpose.TIP: settle_tip, Purpose.AMENDMENT: settle_extra}


@transaction.atomic
def expire(*, order_id: UUID, now: datetime) -> None:
    """Give up an order that was not paid in time (O3). Its payments are closed already."""
    order = lock(order_id)
    if order.status != OrderStatus.PENDING or order.expires_at > now:
        return
    move(order, "O3", actor=None, now=now)
    order_expired.send(sender=Order, order=order, actor=None, at=now)


@transaction.atomic
def cancel_unpaid(*, order_id: UUID, actor: User, now: datetime) -> None:
    """Take back an order before it is paid (O4). Its payments are closed already."""
    order = lock(order_id)
    move(order, "O4", actor=actor, now=now)
    order_cancelled.send(sender=Order, order=order, actor=actor, at=now)
