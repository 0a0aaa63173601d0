"""The kinds of news: what they belong to, and the channels they take unless their reader chose.

From this table come the page of preferences, what `notify` does, and which mails can wait
for a digest.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from messaging.models import NotificationKind as Kind


class Group(models.TextChoices):
    ORDERS = "orders", _("Orders")
    PROPOSALS = "proposals", _("Offers and proposals")
    REVIEWS = "reviews", _("Reviews")
    MONEY = "money", _("Money")
    GIGS = "gigs", _("Your gigs")
    MESSAGES = "messages", _("Messages")
    RULES = "rules", _("Rules and reports")


class Channel(models.TextChoices):
    SITE = "site", _("On the site")
    MAIL = "mail", _("E-mail")
    POPUP = "popup", _("Pop-up")
    SMS = "sms", _("Text message")


ALL_BUT_SMS = frozenset({Channel.SITE, Channel.MAIL, Channel.POPUP})


@dataclass(frozen=True, slots=True)
class News:
    """`is_urgent` news has a deadline or somebody waiting: it is in no digest."""

    group: Group
    channels: frozenset[Channel] = ALL_BUT_SMS
    is_urgent: bool = False


NEWS: dict[str, News] = {
    Kind.ORDER_PAID: News(Group.ORDERS, is_urgent=True),
    Kind.ORDER_DELIVERED: News(Group.ORDERS, is_urgent=True),
    Kind.REVISION_REQUESTED: News(Group.ORDERS, is_urgent=True),
    Kind.ORDER_DUE: News(Group.ORDERS, is_urgent=True),
    Kind.ACCEPT_SOON: News(Group.ORDERS, is_urgent=True),
    Kind.DISPUTE_OPENED: News(Group.ORDERS, is_urgent=True),
    Kind.DISPUTE_ANSWERED: News(Group.ORDERS, is_urgent=True),
    Kind.DISPUTE_WITH_STAFF: News(Group.ORDERS, is_urgent=True),
    Kind.DISPUTE_ENDED: News(Group.ORDERS, is_urgent=True),
    Kind.REVIEW_EXTENDED: News(Group.ORDERS),
    Kind.ORDER_COMPLETED: News(Group.ORDERS),
    Kind.ORDER_CANCELLED: News(Group.ORDERS, is_urgent=True),
    Kind.ORDER_EXPIRED: News(Group.ORDERS),
    Kind.EXTRA_PAID: News(Group.ORDERS, is_urgent=True),
    Kind.OFFER_MADE: News(Group.PROPOSALS, is_urgent=True),
    Kind.OFFER_ENDED: News(Group.PROPOSALS),
    Kind.PROPOSAL_MADE: News(Group.PROPOSALS, is_urgent=True),
    Kind.PROPOSAL_ANSWERED: News(Group.PROPOSALS, is_urgent=True),
    Kind.REVIEW_REMINDER: News(Group.REVIEWS),
    Kind.REVIEW_WRITTEN: News(Group.REVIEWS),
    Kind.REVIEW_PUBLISHED: News(Group.REVIEWS),
    Kind.REVIEW_REPLIED: News(Group.REVIEWS),
    Kind.REVIEW_REMOVED: News(Group.REVIEWS),
    Kind.PAYMENT_RETURNED: News(Group.MONEY, is_urgent=True),
    Kind.ORDER_REFUNDED: News(Group.MONEY, is_urgent=True),
    Kind.CHARGEBACK_OPENED: News(Group.MONEY, is_urgent=True),
    Kind.CHARGEBACK_ENDED: News(Group.MONEY, is_urgent=True),
    Kind.TIP_RECEIVED: News(Group.MONEY),
    Kind.PAYOUT: News(Group.MONEY, is_urgent=True),
    Kind.GIG_APPROVED: News(Group.GIGS),
    Kind.GIG_REJECTED: News(Group.GIGS),
    Kind.REPORT_ANSWERED: News(Group.RULES),
    Kind.CONTENT_REMOVED: News(Group.RULES, is_urgent=True),
    Kind.MESSAGE: News(Group.MESSAGES, is_urgent=True),
}


def channels_of(kind: str, choices: Mapping[str, list[str]]) -> frozenset[str]:
    """The channels that news of a kind takes for somebody who made these choices."""
    return frozenset(choices.get(kind, NEWS[kind].channels))
