"""Money that a bank gives back after its chargeback was booked as lost (E12, then E16).

It lies unapplied until two of the staff agree on whose it is; `adjustments` has the two.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import StaffTask
from gigstream.core.money import written
from payments.actions.earnings import pay
from payments.actions.posting import Leg, credit, debit, post
from payments.models import AccountKind as Kind
from payments.models import Adjustment, AdjustmentKind, AdjustmentStatus, Chargeback
from payments.signals import returned_late_decided

TASK = "payments.chargeback_returned_late"
"""What asks staff about it; only their decision takes it off the desk."""


def decisions_about(chargeback: Chargeback) -> dict[AdjustmentKind, int]:
    """What two may agree on, and how much of the money that gives.

    What the bank had taken beyond what was left of the payment was our loss; whatever is
    decided, we have that back.
    """
    amounts = {
        AdjustmentKind.TO_SELLER: chargeback.price - chargeback.commission,
        AdjustmentKind.TO_BUYER: chargeback.price + chargeback.fee,
        AdjustmentKind.KEPT: chargeback.amount,
    }
    return {kind: amount for kind, amount in amounts.items() if amount}


def people_of(chargeback: Chargeback | None) -> list[UUID]:
    """The two whose money it may be, of whom neither decides about it."""
    order = chargeback and chargeback.order
    return [order.buyer_id, order.seller_id] if order else []


def whose(kind: AdjustmentKind, chargeback: Chargeback) -> User | None:
    """Who gets it by a decision; nobody gets what we keep."""
    order = chargeback.order
    if order is None or kind == AdjustmentKind.KEPT:
        return None
    return order.seller if kind == AdjustmentKind.TO_SELLER else order.buyer


def check_it_waits(chargeback: Chargeback) -> None:
    """Refuse where nothing came back late, and where somebody has proposed something."""
    if not chargeback.came_back_late:
        raise NotAllowed(_("No bank has returned this money after it was lost."))
    standing = chargeback.adjustments.standing().first()
    if standing is None:
        return
    if standing.status == AdjustmentStatus.APPROVED:
        raise Stale(_("This was decided already."))
    raise Stale(_("This is proposed already; a colleague has to agree."))


def check_order_is_over(chargeback: Chargeback) -> None:
    """Refuse while it is open what becomes of the work that was paid with it."""
    if chargeback.order and chargeback.order.holds_money:
        raise NotAllowed(_("Its order is still under way. It has to end first."))


def settle(adjustment: Adjustment, chargeback: Chargeback, *, now: datetime) -> None:
    """Give the money to whom two agreed (E16), tell them, and take it off the desk."""
    check_order_is_over(chargeback)
    post(
        "E16",
        debit(Kind.UNAPPLIED, chargeback.amount, chargeback.pk),
        *_to_whom(adjustment, chargeback),
        key=f"cblate:{chargeback.pk}",
        currency=adjustment.currency,
        at=now,
        order_id=chargeback.order_id,
    )
    target = f"payments.chargeback:{chargeback.pk}"
    waiting = StaffTask.objects.open().filter(kind=TASK, target=target)
    waiting.update(closed_at=now, closed_by=adjustment.decided_by)
    if adjustment.kind == AdjustmentKind.TO_BUYER:
        # Not in the language of whoever agrees: any of the staff may read it.
        with override(settings.LANGUAGE_CODE):
            text = _(
                "A buyer is owed %(amount)s that a bank returned. Pay them another way, "
                "then propose that as an adjustment."
            )
            text %= {"amount": written(adjustment.amount, adjustment.currency)}
        StaffTask.objects.raise_once(
            kind="payments.buyer_is_owed",
            target=target,
            text=text,
            opened_at=now,
        )
    returned_late_decided.send(sender=Adjustment, adjustment=adjustment, at=now)


def _to_whom(adjustment: Adjustment, chargeback: Chargeback) -> list[Leg]:
    person, amount = adjustment.person_id, adjustment.amount
    if person is None:
        given = []
    elif adjustment.kind == AdjustmentKind.TO_BUYER:
        given = [credit(Kind.BUYER_PAYABLE, amount, person)]
    else:
        given = [
            *pay(person, amount, adjustment.currency),
            credit(Kind.COMMISSION, chargeback.commission),
            credit(Kind.SERVICE_FEE, chargeback.fee),
        ]
    rest = chargeback.amount + sum(leg.amount for leg in given)
    return [*given, credit(Kind.BAD_DEBT, rest)]
