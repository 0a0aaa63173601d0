"""Turns the life of an order into a conversation and news for its two people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.urls import reverse
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Report, User
from accounts.signals import account_closed, mail_refused, report_answered
from gigs.models import Gig
from gigs.signals import gig_approved, gig_rejected, gig_taken_off
from gigs.status import GigStatus
from gigstream.core import money
from messaging import actions
from messaging.models import NotificationKind as Kind
from orders import signals
from orders.models import (
    CustomOffer,
    Dispute,
    Order,
    Proposal,
    Reminder,
    Review,
    Statement,
)
from orders.status import Role
from orders.timeline import offer
from orders.wording import said_offer
from payments.models import Payment, Payout, Refund
from payments.signals import payout_changed
from payments.status import PayoutStatus


@receiver(account_closed)
def forget_who_left(*, user: User, **_kwargs: Any) -> None:
    actions.forget(user=user)
    actions.forget_inquiries(user=user)
    actions.forget_subscriber(email=user.email)


@receiver(mail_refused)
def stop_newsletter(*, email: str, **_kwargs: Any) -> None:
    actions.forget_subscriber(email=email)


@receiver(signals.order_paid)
def bring_together(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    """Open the conversation, and tell both that the work begins."""
    actions.open_conversation(between=(order.buyer, order.seller), now=at)
    due = formats.date_format(order.due_at, "j F Y") if order.due_at else ""
    _tell(
        order.seller,
        order,
        Kind.ORDER_PAID,
        title=_("%(buyer)s ordered “%(title)s”") % _names(order),
        text=_("The order is paid. Deliver by %(due)s.") % {"due": due},
        at=at,
    )
    _tell(
        order.buyer,
        order,
        Kind.ORDER_PAID,
        title=_("Your order “%(title)s” has begun") % _names(order),
        text=_("%(seller)s will deliver by %(due)s.") % {**_names(order), "due": due},
        at=at,
    )


@receiver(signals.order_delivered)
def tell_of_delivery(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    _tell(
        order.buyer,
        order,
        Kind.ORDER_DELIVERED,
        title=_("%(seller)s delivered “%(title)s”") % _names(order),
        text=_("Look at the work, then accept it or ask for changes."),
        round_=order.revision_count,
        at=at,
    )


@receiver(signals.revision_requested)
def tell_of_revision(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    _tell(
        order.seller,
        order,
        Kind.REVISION_REQUESTED,
        title=_("%(buyer)s asked for changes to “%(title)s”") % _names(order),
        text=_("Read what is missing, and deliver again."),
        round_=order.revision_count,
        at=at,
    )


@receiver(signals.order_completed)
def tell_of_completion(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    _tell(
        order.seller,
        order,
        Kind.ORDER_COMPLETED,
        title=_("“%(title)s” is complete") % _names(order),
        text=_("The delivery was accepted. Your earnings are in your wallet."),
        at=at,
    )


@receiver(signals.order_cancelled)
def tell_of_cancellation(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    for person in (order.buyer, order.seller):
        _tell(
            person,
            order,
            Kind.ORDER_CANCELLED,
            title=_("“%(title)s” was cancelled") % _names(order),
            text=_("The order page says why, and what happens with the payment."),
            at=at,
        )


@receiver(signals.order_expired)
def tell_of_expiry(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    _tell(
        order.buyer,
        order,
        Kind.ORDER_EXPIRED,
        title=_("Your order “%(title)s” was not paid in time") % _names(order),
        text=_("Nothing was charged. You can order again whenever you like."),
        at=at,
    )


@receiver(signals.payment_returned)
def tell_of_returned_payment(
    *, order: Order, amount: int, currency: str, at: datetime, **_kwargs: Any
) -> None:
    _tell(
        order.buyer,
        order,
        Kind.PAYMENT_RETURNED,
        title=_("We sent %(sum)s back to you")
        % {"sum": money.written(amount, currency)},
        text=_("A payment for “%(title)s” could not be used, so it goes back.")
        % _names(order),
        at=at,
    )


@receiver(signals.order_refunded)
def tell_of_refund(
    *, order: Order, refunds: Sequence[Refund], at: datetime, **_kwargs: Any
) -> None:
    """Tell the buyer what comes back, and the seller what that leaves."""
    if not refunds:
        return
    whole = money.written(sum(each.amount for each in refunds), order.currency)
    price = money.written(sum(each.price for each in refunds), order.currency)
    names = _names(order)
    _tell(
        order.buyer,
        order,
        Kind.ORDER_REFUNDED,
        title=_("%(sum)s of “%(title)s” goes back to you") % {**names, "sum": whole},
        text=_("It goes to the card that paid; banks take up to ten days."),
        about=refunds[0].pk,
        at=at,
    )
    _tell(
        order.seller,
        order,
        Kind.ORDER_REFUNDED,
        title=_("%(sum)s of “%(title)s” goes back to the buyer")
        % {**names, "sum": price},
        text=_("Staff decided so. The order's page shows what is left to earn."),
        about=refunds[0].pk,
        at=at,
    )


@receiver(signals.chargeback_opened)
def tell_of_chargeback(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    """Tell the seller alone: the buyer went to their bank, which speaks for itself."""
    _tell(
        order.seller,
        order,
        Kind.CHARGEBACK_OPENED,
        title=_("The buyer's bank contests the payment of “%(title)s”") % _names(order),
        text=_(
            "The order and its earnings stand still until the bank decides. "
            "We answer the bank with what is on record; you need not do anything."
        ),
        about=at,
        at=at,
    )


@receiver(signals.chargeback_ended)
def tell_how_a_chargeback_ended(
    *, order: Order, is_lost: bool, at: datetime, **_kwargs: Any
) -> None:
    _tell(
        order.seller,
        order,
        Kind.CHARGEBACK_ENDED,
        title=_("The bank decided about “%(title)s”") % _names(order),
        text=_(
            "It keeps the money that the buyer paid; your wallet shows what that means."
        )
        if is_lost
        else _("The payment stands, and everything goes on as before."),
        about=at,
        at=at,
    )


@receiver(signals.offer_made)
def bring_offer(
    *, offer: CustomOffer, actor: User, at: datetime, **_kwargs: Any
) -> None:
    """Put the offer into the conversation of the two, and tell the buyer."""
    thread = actions.open_conversation(between=(actor, offer.buyer), now=at)
    price = money.written(offer.price, offer.currency)
    message = actions.send(
        conversation_id=thread.pk,
        sender=actor,
        body=_("Offer: %(title)s, %(price)s") % {"title": offer.title, "price": price},
        client_id=offer.client_id,
        offer=offer,
        now=at,
    )
    actions.notify(
        user=offer.buyer,
        kind=Kind.OFFER_MADE,
        key=f"{Kind.OFFER_MADE}:{offer.pk}",
        title=_("%(name)s makes you an offer: “%(title)s”")
        % {"name": actor.full_name, "title": offer.title},
        text=_("%(price)s, open until %(day)s.")
        % {"price": price, "day": _moment(offer.expires_at, offer.buyer)},
        path=f"{thread.get_absolute_url()}#message-{message.pk}",
        now=at,
    )


@receiver(signals.offer_ended)
def tell_of_ended_offer(
    *, offer: CustomOffer, actor: User | None, at: datetime, **_kwargs: Any
) -> None:
    """Tell the side that did not end it; of one that expired, the seller."""
    person = offer.buyer if actor == offer.seller else offer.seller
    actions.notify(
        user=person,
        kind=Kind.OFFER_ENDED,
        # An offer that was taken up, and not paid, is open again and may end once more.
        key=f"{Kind.OFFER_ENDED}:{offer.pk}:{offer.status}",
        title=_("The offer “%(title)s”: %(status)s")
        % {"title": offer.title, "status": offer.get_status_display()},
        text=_("Nobody can order it any more."),
        path=offer.message.conversation.get_absolute_url(),
        now=at,
    )


@receiver(signals.proposal_made)
def tell_of_proposal(
    *, order: Order, proposal: Proposal, actor: User, at: datetime, **_kwargs: Any
) -> None:
    person = order.other_side(actor)
    _tell(
        person,
        order,
        Kind.PROPOSAL_MADE,
        title=_("%(name)s proposes a change to “%(title)s”")
        % {**_names(order), "name": actor.full_name},
        text=_("%(offer)s. Answer by %(day)s; after that nothing changes.")
        % {
            "offer": offer(order, proposal),
            "day": _moment(proposal.lapses_at, person),
        },
        about=proposal.pk,
        at=at,
    )


@receiver(signals.extra_paid)
def tell_of_extra(
    *, order: Order, extra_id: UUID, payment: Payment, at: datetime, **_kwargs: Any
) -> None:
    _tell(
        order.seller,
        order,
        Kind.EXTRA_PAID,
        title=_("%(buyer)s added an extra to “%(title)s”") % _names(order),
        text=_("%(price)s more is held for your work. It is due by %(due)s.")
        % {
            "price": money.written(payment.price, payment.currency),
            "due": _moment(order.due_at, order.seller),
        },
        about=extra_id,
        at=at,
    )


@receiver(signals.tip_received)
def tell_of_tip(
    *, order: Order, amount: int, currency: str, at: datetime, **_kwargs: Any
) -> None:
    _tell(
        order.seller,
        order,
        Kind.TIP_RECEIVED,
        title=_("%(buyer)s left you a tip of %(amount)s")
        % {**_names(order), "amount": money.written(amount, currency)},
        text=_("For “%(title)s”. It is in your wallet.") % _names(order),
        about=at,
        at=at,
    )


@receiver(signals.proposal_answered)
def tell_of_answer(
    *, order: Order, proposal: Proposal, at: datetime, **_kwargs: Any
) -> None:
    _tell(
        proposal.made_by,
        order,
        Kind.PROPOSAL_ANSWERED,
        title=_("Your proposal for “%(title)s”: %(answer)s")
        % {**_names(order), "answer": proposal.get_status_display()},
        text=offer(order, proposal),
        about=proposal.pk,
        at=at,
    )


@receiver(signals.dispute_opened)
def tell_of_dispute(
    *, order: Order, dispute: Dispute, actor: User, at: datetime, **_kwargs: Any
) -> None:
    other = order.other_side(actor)
    _tell(
        other,
        order,
        Kind.DISPUTE_OPENED,
        title=_("%(name)s opened a dispute about “%(title)s”")
        % {**_names(order), "name": actor.full_name},
        text=_("%(reason)s. Answer by %(day)s; after that our staff decide.")
        % {
            "reason": dispute.get_reason_display(),
            "day": _moment(dispute.answer_by, other),
        },
        about=dispute.pk,
        path=_dispute_path(order),
        at=at,
    )


@receiver(signals.dispute_answered)
def tell_of_statement(
    *, order: Order, statement: Statement, actor: User, at: datetime, **_kwargs: Any
) -> None:
    offered = said_offer(statement, order.currency)
    _tell(
        order.other_side(actor),
        order,
        Kind.DISPUTE_ANSWERED,
        title=_("%(name)s answered in the dispute about “%(title)s”")
        % {**_names(order), "name": actor.full_name},
        text=_("Offered: %(offer)s.") % {"offer": offered}
        if offered
        else _("Read what they say, and answer if you like."),
        about=statement.pk,
        path=_dispute_path(order),
        at=at,
    )


@receiver(signals.dispute_handed_over)
def tell_of_hand_over(
    *, order: Order, dispute: Dispute, actor: User | None, at: datetime, **_kwargs: Any
) -> None:
    for person in (order.buyer, order.seller):
        if person != actor:
            _tell(
                person,
                order,
                Kind.DISPUTE_WITH_STAFF,
                title=_("The dispute about “%(title)s” is with our staff")
                % _names(order),
                text=_(
                    "They read what both of you said, and decide. You can still agree."
                ),
                about=dispute.pk,
                path=_dispute_path(order),
                at=at,
            )


@receiver(signals.dispute_ended)
def tell_of_end(
    *, order: Order, dispute: Dispute, actor: User, at: datetime, **_kwargs: Any
) -> None:
    for person in (order.buyer, order.seller):
        if person != actor:
            _tell(
                person,
                order,
                Kind.DISPUTE_ENDED,
                title=_("The dispute about “%(title)s” is over") % _names(order),
                text=_("%(end)s. The page of the dispute says what follows.")
                % {"end": dispute.get_status_display()},
                about=dispute.pk,
                path=_dispute_path(order),
                at=at,
            )


def _dispute_path(order: Order) -> str:
    return reverse("orders:dispute", args=[order.pk])


@receiver(signals.review_extended)
def tell_of_extension(*, order: Order, at: datetime, **_kwargs: Any) -> None:
    _tell(
        order.seller,
        order,
        Kind.REVIEW_EXTENDED,
        title=_("%(buyer)s takes more time to look at “%(title)s”") % _names(order),
        text=_("Without an answer it counts as accepted on %(day)s.")
        % {"day": _moment(order.review_ends_at, order.seller)},
        at=at,
    )


@receiver(signals.reminder_due)
def tell_what_is_due(
    *, order: Order, kind: str, role: Role, at: datetime, **_kwargs: Any
) -> None:
    if kind == Reminder.Kind.DELIVER:
        _remind_to_deliver(order, at)
    elif kind == Reminder.Kind.ACCEPT:
        _remind_to_look(order, at)
    else:
        _remind_to_review(order, role, at)


def _remind_to_deliver(order: Order, at: datetime) -> None:
    _tell(
        order.seller,
        order,
        Kind.ORDER_DUE,
        title=_("“%(title)s” is due soon") % _names(order),
        text=_("%(buyer)s expects the work by %(due)s.")
        % {**_names(order), "due": _moment(order.due_at, order.seller)},
        about=order.due_at,
        at=at,
    )


def _remind_to_look(order: Order, at: datetime) -> None:
    ends = _moment(order.review_ends_at, order.buyer)
    _tell(
        order.buyer,
        order,
        Kind.ACCEPT_SOON,
        title=_("“%(title)s” counts as accepted soon") % _names(order),
        text=_("Accept the work or ask for changes before %(ends)s.") % {"ends": ends},
        about=order.review_ends_at,
        at=at,
    )


def _remind_to_review(order: Order, role: Role, at: datetime) -> None:
    person, other = _sides(order, role)
    _tell(
        person,
        order,
        Kind.REVIEW_REMINDER,
        title=_("How was it with %(name)s?") % {"name": other.get_short_name()},
        text=_("Review “%(title)s” until %(day)s. It takes a minute.")
        % {**_names(order), "day": _review_day(order)},
        path=_review_path(order),
        at=at,
    )


@receiver(signals.review_written)
def tell_of_hidden_review(
    *, order: Order, actor: User, at: datetime, **_kwargs: Any
) -> None:
    """Tell the one who has not written yet; with the second review both are published."""
    if order.reviews.count() > 1:
        return
    other = order.other_side(actor)
    _tell(
        other,
        order,
        Kind.REVIEW_WRITTEN,
        title=_("%(name)s has reviewed your order “%(title)s”")
        % {**_names(order), "name": actor.full_name},
        text=_("You can read it once you have written yours, or on %(day)s.")
        % {"day": _review_day(order)},
        path=_review_path(order),
        at=at,
    )


@receiver(signals.review_published)
def tell_of_review(
    *, order: Order, review: Review, at: datetime, **_kwargs: Any
) -> None:
    _tell(
        review.subject,
        order,
        Kind.REVIEW_PUBLISHED,
        title=ngettext(
            "%(name)s gave you %(stars)d star for “%(title)s”",
            "%(name)s gave you %(stars)d stars for “%(title)s”",
            review.rating,
        )
        % {
            **_names(order),
            "name": review.author.full_name,
            "stars": review.rating,
        },
        text=_("Read the review, and reply to it in public if you like."),
        path=_review_path(order),
        at=at,
    )


@receiver(signals.review_replied)
def tell_of_reply(
    *, order: Order, review: Review, actor: User, at: datetime, **_kwargs: Any
) -> None:
    _tell(
        order.other_side(actor),
        order,
        Kind.REVIEW_REPLIED,
        title=_("%(name)s replied to your review of “%(title)s”")
        % {**_names(order), "name": actor.full_name},
        text=_("The reply stands below your review."),
        path=_review_path(order),
        at=at,
    )


@receiver(signals.review_removed)
def tell_of_removed_review(
    *, order: Order, review: Review, at: datetime, **_kwargs: Any
) -> None:
    _tell(
        review.author,
        order,
        Kind.REVIEW_REMOVED,
        title=_("Your review of “%(title)s” was removed") % _names(order),
        text=_("Our moderators say: %(reason)s") % {"reason": review.removal_reason},
        path=_review_path(order),
        at=at,
    )


def _sides(order: Order, role: Role) -> tuple[User, User]:
    """The person in a role, and the one across."""
    pair = (order.buyer, order.seller)
    return pair if role == Role.BUYER else pair[::-1]


def _moment(moment: datetime | None, person: User) -> str:
    """By the clock of whoever reads it."""
    return (
        formats.date_format(moment.astimezone(person.zone), "D j M, H:i")
        if moment
        else ""
    )


def _review_day(order: Order) -> str:
    return (
        formats.date_format(order.review_closes_at, "j F")
        if order.review_closes_at
        else ""
    )


def _review_path(order: Order) -> str:
    return reverse("orders:review", args=[order.pk])


@receiver(payout_changed)
def tell_of_payout(*, payout: Payout, at: datetime, **_kwargs: Any) -> None:
    """Tell a seller of each step of a withdrawal; that it was sent is told by the page."""
    words = PAYOUT_NEWS.get(PayoutStatus(payout.status))
    if words is None:
        return
    values = {
        "sum": money.written(payout.amount, payout.currency),
        "method": payout.method.masked,
    }
    reason = f" {payout.failure}" if payout.failure else ""
    actions.notify(
        user=payout.user,
        kind=Kind.PAYOUT,
        # That somebody looks at it first is no news of its own.
        key=f"payout:{payout.pk}:{payout.status.replace('review', 'requested')}",
        title=words % values,
        text=f"{payout.sentence}{reason}",
        path=payout.get_absolute_url(),
        now=at,
    )


ASKED = gettext_lazy("You asked to withdraw %(sum)s to %(method)s")
PAYOUT_NEWS: dict[PayoutStatus, Promise] = {
    PayoutStatus.REQUESTED: ASKED,
    PayoutStatus.REVIEW: ASKED,
    PayoutStatus.PAID: gettext_lazy("%(sum)s arrived at %(method)s"),
    PayoutStatus.FAILED: gettext_lazy("Your withdrawal of %(sum)s failed"),
    PayoutStatus.CANCELED: gettext_lazy("Your withdrawal of %(sum)s was cancelled"),
    PayoutStatus.RETURNED: gettext_lazy("Your withdrawal of %(sum)s came back"),
}


@receiver(gig_approved)
def tell_of_approval(*, gig: Gig, is_new: bool, at: datetime, **_kwargs: Any) -> None:
    title, text = _("“%(title)s” is changed"), _("Buyers see your change now.")
    if is_new:
        title = _("“%(title)s” is on offer")
        text = _("We looked at your gig, and buyers can order it now.")
    actions.notify(
        user=gig.seller,
        kind=Kind.GIG_APPROVED,
        key=f"{Kind.GIG_APPROVED}:{gig.pk}:{at.isoformat()}",
        title=title % {"title": gig.title},
        text=text,
        path=gig.get_absolute_url(),
        now=at,
    )


@receiver(gig_rejected)
def tell_of_rejection(
    *, gig: Gig, is_new: bool, reason: str, at: datetime, **_kwargs: Any
) -> None:
    # What buyers know stays on offer, so its seller need not worry about that.
    path = reverse("gigs:edit", args=[gig.slug])
    review = reverse("gigs:edit_step", args=[gig.slug, "review"])
    actions.notify(
        user=gig.seller,
        kind=Kind.GIG_REJECTED,
        key=f"{Kind.GIG_REJECTED}:{gig.pk}:{at.isoformat()}",
        title=_("“%(title)s” needs changes") % {"title": gig.title},
        text=reason,
        path=path if is_new else review,
        now=at,
    )


@receiver(report_answered)
def tell_of_answered_report(*, report: Report, at: datetime, **_kwargs: Any) -> None:
    is_upheld = report.status == Report.Status.UPHELD
    told = _("We acted on what you reported.") if is_upheld else _("It stays as it is.")
    actions.notify(
        user=report.reporter,
        kind=Kind.REPORT_ANSWERED,
        key=f"{Kind.REPORT_ANSWERED}:{report.pk}",
        title=_("We looked at your report: %(what)s")
        % {"what": str(report.get_target_display()).lower()},
        text=f"{told} {report.answer}".strip(),
        path=reverse("messaging:notifications"),
        now=at,
    )


@receiver(gig_taken_off)
def tell_of_taking_off(*, gig: Gig, reason: str, at: datetime, **_kwargs: Any) -> None:
    is_kept = gig.status != GigStatus.ARCHIVED
    actions.notify(
        user=gig.seller,
        kind=Kind.GIG_REJECTED,
        key=f"{Kind.GIG_REJECTED}:{gig.pk}:{at.isoformat()}",
        title=_("We took “%(title)s” off the market") % {"title": gig.title},
        text=reason,
        path=reverse("gigs:edit", args=[gig.slug]) if is_kept else reverse("gigs:mine"),
        now=at,
    )


def _tell(
    person: User,
    order: Order,
    kind: Kind,
    *,
    title: str,
    text: str,
    at: datetime,
    round_: int = 0,
    about: datetime | UUID | None = None,
    path: str = "",
) -> None:
    """Notify once per order, kind and round of revisions, or what else it is about."""
    actions.notify(
        user=person,
        kind=kind,
        key=f"{kind}:{order.pk}:{about or round_}",
        title=title,
        text=text,
        path=path or order.get_absolute_url(),
        now=at,
    )


def _names(order: Order) -> dict[str, str]:
    return {
        "title": order.title,
        "buyer": order.buyer.full_name,
        "seller": order.seller.full_name,
    }
