"""The table of news: what each kind says, where it leads, and the channels it takes by itself.

Words name their values. `%(name)s` and `%(short_name)s` are whoever caused it; the others
are what `notify` was told it is about. Where the words depend on the case (who reads them,
how it ended), there is one sentence per case.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from messaging.kinds.names import Channel, Group
from messaging.kinds.names import NotificationKind as Kind
from messaging.kinds.values import Value, said
from payments.models import AdjustmentKind
from payments.status import PayoutStatus

Words: TypeAlias = str | Promise | Mapping[str, str | Promise]

ALL_BUT_SMS = frozenset({Channel.SITE, Channel.MAIL, Channel.POPUP})
LONGEST_TITLE, LONGEST_TEXT = 200, 300
# All but the one that keeps an amount on one line.
SPACES = re.compile(r"[^\S\u00a0]+")
OPEN_ORDER = _("Open the order")
OPEN_DISPUTE = _("Open the dispute")
WRITE_REVIEW = _("Write your review")
READ_REVIEW = _("Read the review")


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """`is_urgent` news has a deadline or somebody waiting: it is in no digest.

    `button` is what a mail's link is called, `mail` its template.
    """

    group: Group
    title: Words
    text: Words = ""
    button: str | Promise
    mail: str = "news"
    channels: frozenset[Channel] = ALL_BUT_SMS
    is_urgent: bool = False

    @property
    def cases(self) -> frozenset[str]:
        """What its words depend on; one nameless case where they depend on nothing."""
        depending = [
            each for each in (self.title, self.text) if isinstance(each, Mapping)
        ]
        return frozenset(depending[0]) if depending else frozenset({""})

    def title_of(self, case: str, about: Mapping[str, Value]) -> str:
        """One line in the language of whoever reads it."""
        return _line(self.title, case, about, LONGEST_TITLE)

    def text_of(self, case: str, about: Mapping[str, Value]) -> str:
        return _line(self.text, case, about, LONGEST_TEXT)


def channels_of(kind: str, choices: Mapping[str, list[str]]) -> frozenset[str]:
    """The channels that news of a kind takes for somebody who made these choices."""
    return frozenset(choices.get(kind, NEWS[kind].channels))


def _line(words: Words, case: str, about: Mapping[str, Value], length: int) -> str:
    sentence = words[case] if isinstance(words, Mapping) else words
    filled = sentence % {name: said(value) for name, value in about.items()}
    return Truncator(SPACES.sub(" ", filled).strip()).chars(length)


BANK_DECIDED = _("The bank decided about “%(thing)s”")
YOURS_AFTER_ALL = _("%(amount)s of “%(thing)s” is yours after all")
WITHDRAWAL_ASKED = _("You asked to withdraw %(amount)s to %(method)s")

NEWS: dict[str, News] = {
    Kind.ORDER_PAID: News(
        group=Group.ORDERS,
        title={
            "seller": _("%(name)s ordered “%(thing)s”"),
            "buyer": _("Your order “%(thing)s” has begun"),
        },
        text={
            "seller": _("The order is paid. Deliver by %(due)s."),
            "buyer": _("%(name)s will deliver by %(due)s."),
        },
        button=OPEN_ORDER,
        is_urgent=True,
    ),
    Kind.ORDER_DELIVERED: News(
        group=Group.ORDERS,
        title=_("%(name)s delivered “%(thing)s”"),
        text=_("Look at the work, then accept it or ask for changes."),
        button=_("Look at the delivery"),
        is_urgent=True,
    ),
    Kind.REVISION_REQUESTED: News(
        group=Group.ORDERS,
        title=_("%(name)s asked for changes to “%(thing)s”"),
        text=_("Read what is missing, and deliver again."),
        button=OPEN_ORDER,
        is_urgent=True,
    ),
    Kind.ORDER_DUE: News(
        group=Group.ORDERS,
        title=_("“%(thing)s” is due soon"),
        text=_("%(name)s expects the work by %(due)s."),
        button=OPEN_ORDER,
        is_urgent=True,
    ),
    Kind.ACCEPT_SOON: News(
        group=Group.ORDERS,
        title=_("“%(thing)s” counts as accepted soon"),
        text=_("Accept the work or ask for changes before %(ends)s."),
        button=OPEN_ORDER,
        is_urgent=True,
    ),
    Kind.DISPUTE_OPENED: News(
        group=Group.ORDERS,
        title=_("%(name)s opened a dispute about “%(thing)s”"),
        text=_("%(reason)s. Answer by %(until)s; after that our staff decide."),
        button=_("Read it and answer"),
        is_urgent=True,
    ),
    Kind.DISPUTE_ANSWERED: News(
        group=Group.ORDERS,
        title=_("%(name)s answered in the dispute about “%(thing)s”"),
        text={
            "offer": _("Offered: %(offer)s."),
            "": _("Read what they say, and answer if you like."),
        },
        button=OPEN_DISPUTE,
        is_urgent=True,
    ),
    Kind.DISPUTE_WITH_STAFF: News(
        group=Group.ORDERS,
        title=_("The dispute about “%(thing)s” is with our staff"),
        text=_("They read what both of you said, and decide. You can still agree."),
        button=OPEN_DISPUTE,
        is_urgent=True,
    ),
    Kind.DISPUTE_ENDED: News(
        group=Group.ORDERS,
        title=_("The dispute about “%(thing)s” is over"),
        text=_("%(end)s. The page of the dispute says what follows."),
        button=_("See how it ended"),
        is_urgent=True,
    ),
    Kind.REVIEW_EXTENDED: News(
        group=Group.ORDERS,
        title=_("%(name)s takes more time to look at “%(thing)s”"),
        text=_("Without an answer it counts as accepted on %(ends)s."),
        button=OPEN_ORDER,
    ),
    Kind.ORDER_COMPLETED: News(
        group=Group.ORDERS,
        title=_("“%(thing)s” is complete"),
        text=_("The delivery was accepted. Your earnings are in your wallet."),
        button=OPEN_ORDER,
    ),
    Kind.ORDER_CANCELLED: News(
        group=Group.ORDERS,
        title=_("“%(thing)s” was cancelled"),
        text=_("The order page says why, and what happens with the payment."),
        button=OPEN_ORDER,
        is_urgent=True,
    ),
    Kind.ORDER_EXPIRED: News(
        group=Group.ORDERS,
        title=_("Your order “%(thing)s” was not paid in time"),
        text=_("Nothing was charged. You can order again whenever you like."),
        button=OPEN_ORDER,
    ),
    Kind.EXTRA_PAID: News(
        group=Group.ORDERS,
        title=_("%(name)s added an extra to “%(thing)s”"),
        text=_("%(price)s more is held for your work. It is due by %(due)s."),
        button=OPEN_ORDER,
        is_urgent=True,
    ),
    Kind.OFFER_MADE: News(
        group=Group.PROPOSALS,
        title=_("%(name)s makes you an offer: “%(thing)s”"),
        text=_("%(price)s, open until %(until)s."),
        button=_("See the offer"),
        is_urgent=True,
    ),
    Kind.OFFER_ENDED: News(
        group=Group.PROPOSALS,
        title=_("The offer “%(thing)s”: %(end)s"),
        text=_("Nobody can order it any more."),
        button=_("Open the conversation"),
    ),
    Kind.PROPOSAL_MADE: News(
        group=Group.PROPOSALS,
        title=_("%(name)s proposes a change to “%(thing)s”"),
        text=_("%(proposal)s. Answer by %(until)s; after that nothing changes."),
        button=OPEN_ORDER,
        is_urgent=True,
    ),
    Kind.PROPOSAL_ANSWERED: News(
        group=Group.PROPOSALS,
        title=_("Your proposal for “%(thing)s”: %(answer)s"),
        text="%(proposal)s",
        button=OPEN_ORDER,
        is_urgent=True,
    ),
    Kind.REVIEW_REMINDER: News(
        group=Group.REVIEWS,
        title=_("How was it with %(short_name)s?"),
        text=_("Review “%(thing)s” until %(until)s. It takes a minute."),
        button=WRITE_REVIEW,
    ),
    Kind.REVIEW_WRITTEN: News(
        group=Group.REVIEWS,
        title=_("%(name)s has reviewed your order “%(thing)s”"),
        text=_("You can read it once you have written yours, or on %(until)s."),
        button=WRITE_REVIEW,
    ),
    Kind.REVIEW_PUBLISHED: News(
        group=Group.REVIEWS,
        title=ngettext_lazy(
            "%(name)s gave you %(stars)d star for “%(thing)s”",
            "%(name)s gave you %(stars)d stars for “%(thing)s”",
            "stars",
        ),
        text=_("Read the review, and reply to it in public if you like."),
        button=READ_REVIEW,
    ),
    Kind.REVIEW_REPLIED: News(
        group=Group.REVIEWS,
        title=_("%(name)s replied to your review of “%(thing)s”"),
        text=_("The reply stands below your review."),
        button=READ_REVIEW,
    ),
    Kind.REVIEW_REMOVED: News(
        group=Group.REVIEWS,
        title={
            "": _("Your review of “%(thing)s” was removed"),
            "restored": _("Your review of “%(thing)s” is back"),
        },
        text={
            "": _("Our moderators say: %(reason)s"),
            "restored": _("Our moderators looked at it again."),
        },
        button=OPEN_ORDER,
    ),
    Kind.PAYMENT_RETURNED: News(
        group=Group.MONEY,
        title=_("We sent %(amount)s back to you"),
        text=_("A payment for “%(thing)s” could not be used, so it goes back."),
        button=OPEN_ORDER,
        is_urgent=True,
    ),
    Kind.ORDER_REFUNDED: News(
        group=Group.MONEY,
        title={
            "buyer": _("%(amount)s of “%(thing)s” goes back to you"),
            "seller": _("%(amount)s of “%(thing)s” goes back to the buyer"),
        },
        text={
            "buyer": _("It goes to the card that paid; banks take up to ten days."),
            "seller": _(
                "Staff decided so. The order's page shows what is left to earn."
            ),
        },
        button=OPEN_ORDER,
        is_urgent=True,
    ),
    Kind.CHARGEBACK_OPENED: News(
        group=Group.MONEY,
        title=_("The buyer's bank contests the payment of “%(thing)s”"),
        text=_(
            "The order and its earnings stand still until the bank decides. "
            "We answer the bank with what is on record; you need not do anything."
        ),
        button=OPEN_ORDER,
        is_urgent=True,
    ),
    Kind.CHARGEBACK_ENDED: News(
        group=Group.MONEY,
        title={
            "lost": BANK_DECIDED,
            "won": BANK_DECIDED,
            AdjustmentKind.TO_SELLER: YOURS_AFTER_ALL,
            AdjustmentKind.TO_BUYER: YOURS_AFTER_ALL,
        },
        text={
            "lost": _(
                "It keeps the money that the buyer paid; your wallet shows what that "
                "means."
            ),
            "won": _("The payment stands, and everything goes on as before."),
            AdjustmentKind.TO_SELLER: _(
                "The buyer's bank returned what it had taken. It is in your wallet; what "
                "you owed was paid first."
            ),
            AdjustmentKind.TO_BUYER: _(
                "Your bank returned it to us. We will ask you how to send it to you."
            ),
        },
        button=OPEN_ORDER,
        is_urgent=True,
    ),
    Kind.TIP_RECEIVED: News(
        group=Group.MONEY,
        title=_("%(name)s left you a tip of %(amount)s"),
        text=_("For “%(thing)s”. It is in your wallet."),
        button=OPEN_ORDER,
    ),
    Kind.PAYOUT: News(
        group=Group.MONEY,
        title={
            PayoutStatus.REQUESTED: WITHDRAWAL_ASKED,
            PayoutStatus.REVIEW: WITHDRAWAL_ASKED,
            PayoutStatus.PAID: _("%(amount)s arrived at %(method)s"),
            PayoutStatus.FAILED: _("Your withdrawal of %(amount)s failed"),
            PayoutStatus.CANCELED: _("Your withdrawal of %(amount)s was cancelled"),
            PayoutStatus.RETURNED: _("Your withdrawal of %(amount)s came back"),
        },
        text="%(where)s %(failure)s",
        button=_("Open the withdrawal"),
        is_urgent=True,
    ),
    Kind.GIG_APPROVED: News(
        group=Group.GIGS,
        title={
            "new": _("“%(thing)s” is on offer"),
            "changed": _("“%(thing)s” is changed"),
        },
        text={
            "new": _("We looked at your gig, and buyers can order it now."),
            "changed": _("Buyers see your change now."),
        },
        button=_("Look at your gig"),
    ),
    Kind.GIG_REJECTED: News(
        group=Group.GIGS,
        title={
            "": _("“%(thing)s” needs changes"),
            "taken_off": _("We took “%(thing)s” off the market"),
        },
        text="%(reason)s",
        button=_("Change the gig"),
    ),
    Kind.REPORT_ANSWERED: News(
        group=Group.RULES,
        title=_("We looked at your report: %(what)s"),
        text={
            "upheld": _("We acted on what you reported. %(answer)s"),
            "dismissed": _("It stays as it is. %(answer)s"),
        },
        button=_("Read more"),
    ),
    Kind.CONTENT_REMOVED: News(
        group=Group.RULES,
        title={
            "message": _("We removed a message of yours"),
            "account": _("Your account was suspended"),
        },
        text="%(reason)s",
        button=_("Read more"),
        is_urgent=True,
    ),
    Kind.MESSAGE: News(
        group=Group.MESSAGES,
        title=ngettext_lazy(
            "%(name)s wrote to you", "%(count)d messages from %(name)s", "count"
        ),
        button=_("Read and answer"),
        mail="message",
        is_urgent=True,
    ),
}

# What a digest gathers, for whoever takes one.
CAN_WAIT = [kind for kind, news in NEWS.items() if not news.is_urgent]
