"""Lines of Stripe's that no action of ours explains, until two of the staff say what they are.

Stripe charges for its own services, money goes between our account there and a bank of
ours, with which these books count as one, and somebody may send money back or on there by
hand. `adjustments` has the two.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from gigstream.core.errors import NotAllowed, Stale
from payments.actions.posting import credit, debit, post
from payments.actions.reconcile import (
    is_overdue,
    keys_of,
    match_of,
    name_difference,
    posted,
)
from payments.models import AccountKind as Kind
from payments.models import StripeLine

BETWEEN_BANKS = {
    *("payout", "payout_cancel", "payout_failure"),
    *("topup", "topup_reversal"),
}
SENT_BY_HAND = {"refund_not_booked", "transfer_not_booked"}
STRANGE = {"unknown_line", "other_amount", *SENT_BY_HAND}
"""The differences that only people can explain; of the others Stripe is asked, or knows."""


def is_strange(line: StripeLine, *, now: datetime) -> bool:
    """Whether a line waits for people to say what it is, and nobody has yet."""
    if line.explained_at or line.adjustments.standing().exists():
        return False
    if not is_overdue(line, now=now):  # its news may still come, and would be booked
        return False
    return name_difference(line, match_of(line)) in STRANGE


def check_it_is_strange(line: StripeLine, *, now: datetime) -> None:
    if line.adjustments.standing().exists():
        raise Stale(_("This is proposed already; a colleague has to agree."))
    if not is_strange(line, now=now):
        raise NotAllowed(_("Nobody needs to explain this line."))


def explain(line: StripeLine, *, now: datetime) -> None:
    """Book what our postings do not say of a line (E17): as Stripe's fees, or as our loss.

    Our loss is what was sent by hand and belongs to no refund or withdrawal. What went to a
    bank of ours, or came from it, is still ours; only a fee for it is not.
    """
    line = StripeLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if line.explained_at:
        raise Stale(_("This line was explained meanwhile. Reject the proposal."))
    match = match_of(line)
    rest = -line.fee if line.kind in BETWEEN_BANKS else line.net - posted(match)
    key = f"line:{line.line_id}"
    by_hand = name_difference(line, match) in SENT_BY_HAND
    keys = keys_of(match)
    if rest:
        post(
            "E17",
            debit(Kind.STRIPE, rest),
            credit(Kind.BAD_DEBT if by_hand else Kind.STRIPE_FEES, rest),
            key=key,
            currency=line.currency,
            at=now,
        )
        keys.append(key)
    line.posting_key, line.fee_key = [*keys[:2], None, None][:2]
    line.explained_at = now
    line.save(update_fields=["posting_key", "fee_key", "explained_at"])
