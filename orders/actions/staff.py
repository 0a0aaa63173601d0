"""What our own people do with an order when its two sides cannot."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

import payments.actions
from accounts.models import User
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.jobs import together
from gigstream.core.models import AuditEntry
from gigstream.core.money import written
from orders.actions.moves import lock, move
from orders.models import Order
from orders.signals import order_cancelled, order_refunded
from orders.status import MAY_DECIDE
from payments.models import Refund


@transaction.atomic
@together()
def cancel_as_staff(
    *, order_id: UUID, actor: User, reason: str, now: datetime
) -> list[Refund]:
    """Call an order off (O12); the buyer gets back all that is left of the payment."""
    order = lock(order_id)
    _check_reason(reason)
    before = order.status
    move(order, "O12", actor=actor, now=now, reason=reason)
    refunds = payments.actions.refund(
        order_id=order.pk, reason=reason, by=actor, now=now
    )
    _audit(order, "orders.cancel", actor, reason, now, {"status": before}, refunds)
    order_cancelled.send(sender=Order, order=order, actor=actor, at=now)
    return refunds


@transaction.atomic
@together()
def refund_as_staff(
    *,
    order_id: UUID,
    actor: User,
    price: int,
    most: int,
    reason: str,
    now: datetime,
) -> list[Refund]:
    """Send a part of an order's price back; the order stays where it is (E8 to E10).

    `most` is what could go back when the actor looked. If that is no longer so, somebody
    else was faster, or the same form came twice: `Stale`.
    """
    order = lock(order_id)
    if order.role_of(actor) or not actor.has_perm(MAY_DECIDE):
        raise NotAllowed(_("This is not yours to do."))
    _check_reason(reason)
    if order.on_hold:
        raise NotAllowed(
            _("The buyer's bank holds this order; it may return the money.")
        )
    if payments.actions.refundable(order.pk) != most:
        raise Stale(_("Something was refunded meanwhile. Look again, and decide anew."))
    refunds = payments.actions.refund(
        order_id=order.pk, price=price, reason=reason, by=actor, now=now
    )
    before = {"refundable": written(most, order.currency)}
    _audit(order, "orders.refund", actor, reason, now, before, refunds)
    order_refunded.send(sender=Order, order=order, refunds=refunds, actor=actor, at=now)
    return refunds


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed(_("Give a reason; the people concerned may ask for it."))


def _audit(
    order: Order,
    verb: str,
    actor: User,
    reason: str,
    now: datetime,
    before: dict[str, str],
    refunds: list[Refund],
) -> None:
    returned = sum(refund.amount for refund in refunds)
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb=verb,
        target=f"orders.order:{order.pk}",
        before=before,
        after={
            "status": order.status,
            "returned": written(returned, order.currency),
            "refunds": [str(refund.pk) for refund in refunds],
        },
        reason=reason,
    )
