"""From the checkout to a paid order."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

import payments.actions
from accounts.models import Block, Standing, User
from gigs.models import Gig, GigPackage
from gigs.pricing import Deal, deal
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.jobs import together
from gigstream.core.models import PlatformSetting
from gigstream.core.money import written
from gigstream.services.stripe import Intent
from orders.actions.extras import settle_extra
from orders.actions.files import attach
from orders.actions.moves import lock, move
from orders.actions.offers import reopen_offer
from orders.actions.terms import Answer, agreed, fingerprint, quote, terms_of
from orders.actions.tips import settle_tip
from orders.models import CustomOffer, Order, OrderAnswer
from orders.queue import refuse_full_queue
from orders.signals import order_cancelled, order_expired, order_paid, order_placed
from orders.status import OrderStatus, Role
from payments.models import Purpose


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
    `Stale` if it was sent before and says something else now, or if the price is no
    longer the one that the buyer saw.
    """
    said = gig_id, tier, quoted_total, agreed(answers)
    try:
        with transaction.atomic():
            return _already_placed(buyer, checkout_key, said) or _place(
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
        if order := _already_placed(buyer, checkout_key, said):
            return order
        raise


def _already_placed(
    buyer: User, checkout_key: UUID, said: tuple[UUID, str, int, list[dict[str, str]]]
) -> Order | None:
    order = Order.objects.filter(buyer=buyer, checkout_key=checkout_key).first()
    if order is None:
        return None
    if (order.gig_id, order.tier, order.total, order.terms["answers"]) != said:
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
    gig = _lock_gig(gig_id)
    _check_business(gig, buyer, now)
    package = gig.packages.filter(tier=tier).first()
    if package is None:
        raise NotAllowed(
            _("This gig no longer offers that package. Please choose another.")
        )
    chosen = _chosen(gig, package, extras)
    return _write(
        chosen, answers, buyer, quoted_total=quoted_total, key=checkout_key, now=now
    )


@transaction.atomic
def take_up(*, offer_id: UUID, buyer: User, quoted_total: int, now: datetime) -> Order:
    """Place the order of a custom offer (O1), which is the whole deal.

    An offer has one order: taking it up again leads to the order that is there. Raises
    `Stale` if the offer has ended, or the fee is no longer the one that the buyer saw.
    """
    offer = CustomOffer.objects.select_for_update(of=("self",)).get(pk=offer_id)
    if offer.buyer_id != buyer.pk:
        raise NotAllowed(_("This is not yours to do."))
    if offer.order:
        return offer.order
    if not offer.is_open(at=now):
        raise Stale(_("This offer has ended. Ask for another one."))
    gig = _lock_gig(offer.gig_id)
    _check_business(gig, buyer, now)
    offer.gig = gig
    order = _write(
        offer.deal, [], buyer, quoted_total=quoted_total, key=uuid4(), now=now
    )
    offer.status, offer.order, offer.ended_at = CustomOffer.Status.TAKEN, order, now
    offer.save(update_fields=["status", "order", "ended_at"])
    return order


def _write(
    chosen: Deal,
    answers: list[Answer],
    buyer: User,
    *,
    quoted_total: int,
    key: UUID,
    now: datetime,
) -> Order:
    """The order's row with its frozen terms, and the payment that it waits for."""
    policy, package = PlatformSetting.objects.in_force(), chosen.package
    cost = quote(chosen, policy)
    if cost.total != quoted_total:
        amount = written(cost.total, cost.currency)
        raise Stale(
            _("The price has changed to %(amount)s. Please look again.")
            % {"amount": amount}
        )

    terms = terms_of(chosen, cost, policy, answers)
    order = Order.objects.create(
        gig=package.gig,
        buyer=buyer,
        seller=package.gig.seller,
        checkout_key=key,
        tier=package.tier,
        title=chosen.title,
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


def _lock_gig(gig_id: UUID) -> Gig:
    """The gig as it is now. Where its seller limits open orders, buyers take turns."""
    limited = User.objects.filter(gigs=gig_id, most_open_orders__isnull=False)
    limited.select_for_update(of=("self",)).first()
    gigs = Gig.objects.select_for_update(of=("self",)).select_related("seller")
    return gigs.get(pk=gig_id)


def _check_business(gig: Gig, buyer: User, now: datetime) -> None:
    """Refuse unless this buyer and this seller may begin an order now."""
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


def refuse_absence(seller: User, *, now: datetime) -> None:
    """Nobody can order from a seller on vacation; running orders are not asked."""
    if back_on := seller.away_until(at=now):
        text = _("%(seller)s is away. Back on %(day)s.")
        day = date_format(back_on, "MONTH_DAY_FORMAT")
        raise NotAllowed(text % {"seller": seller.get_short_name(), "day": day})


def _chosen(gig: Gig, package: GigPackage, extras: Sequence[UUID]) -> Deal:
    found = list(gig.extras.filter(pk__in=extras).order_by("position"))
    if len(found) != len(set(extras)):
        raise Stale(
            _("An extra that you chose is no longer offered. Please look again.")
        )
    return deal(package, found)


def _write_answers(
    order: Order, answers: list[Answer], buyer: User, now: datetime
) -> None:
    given = [answer.file for answer in answers if answer.file]
    files = iter(attach(order, given, by=buyer, now=now))
    OrderAnswer.objects.bulk_create(
        OrderAnswer(
            order=order,
            position=position,
            question=answer.question.question,
            kind=answer.question.kind,
            text=answer.text,
            file=next(files) if answer.file else None,
        )
        for position, answer in enumerate(answers, start=1)
    )


@transaction.atomic
@together()
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
    reopen_offer(order)
    order_expired.send(sender=Order, order=order, actor=None, at=now)


@transaction.atomic
def cancel_unpaid(*, order_id: UUID, actor: User, now: datetime) -> None:
    """Take back an order before it is paid (O4). Its payments are closed already."""
    order = lock(order_id)
    move(order, "O4", actor=actor, now=now)
    reopen_offer(order)
    order_cancelled.send(sender=Order, order=order, actor=actor, at=now)
