"""What the site tells people of, in groups, and the ways there are to tell it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NotificationKind(models.TextChoices):
    ORDER_PAID = "order_paid", _("A gig was ordered")
    ORDER_DELIVERED = "order_delivered", _("Work was delivered")
    ORDER_COMPLETED = "order_completed", _("An order was completed")
    ORDER_CANCELLED = "order_cancelled", _("An order was cancelled")
    ORDER_EXPIRED = "order_expired", _("An order was not paid in time")
    REVISION_REQUESTED = "revision_requested", _("Changes were asked for")
    PAYMENT_RETURNED = "payment_returned", _("A payment was sent back")
    ORDER_DUE = "order_due", _("Work is due soon")
    ACCEPT_SOON = "accept_soon", _("A delivery counts as accepted soon")
    ORDER_REFUNDED = "order_refunded", _("A part of a payment goes back")
    CHARGEBACK_OPENED = "chargeback_opened", _("A buyer's bank holds an order")
    CHARGEBACK_ENDED = "chargeback_ended", _("A buyer's bank has decided")
    OFFER_MADE = "offer_made", _("A seller made you an offer")
    EXTRA_PAID = "extra_paid", _("An extra was bought")
    TIP_RECEIVED = "tip_received", _("A buyer left a tip")
    OFFER_ENDED = "offer_ended", _("An offer has ended")
    PROPOSAL_MADE = "proposal_made", _("The other side proposes something")
    PROPOSAL_ANSWERED = "proposal_answered", _("A proposal was answered")
    DISPUTE_OPENED = "dispute_opened", _("A dispute was opened")
    DISPUTE_ANSWERED = "dispute_answered", _("The other side answered in a dispute")
    DISPUTE_WITH_STAFF = "dispute_with_staff", _("A dispute went to our staff")
    DISPUTE_ENDED = "dispute_ended", _("A dispute is over")
    REVIEW_EXTENDED = "review_extended", _("The buyer takes more time to look")
    REVIEW_REMINDER = "review_reminder", _("A review is welcome")
    REVIEW_WRITTEN = "review_written", _("The other side wrote a review")
    REVIEW_PUBLISHED = "review_published", _("A review of you was published")
    REVIEW_REPLIED = "review_replied", _("A review was answered")
    REVIEW_REMOVED = "review_removed", _("A review was removed")
    PAYOUT = "payout", _("A withdrawal moved on")
    MESSAGE = "message", _("A message")
    GIG_APPROVED = "gig_approved", _("A gig was approved")
    GIG_REJECTED = "gig_rejected", _("A gig was sent back")
    REPORT_ANSWERED = "report_answered", _("A report of yours was looked at")
    CONTENT_REMOVED = "content_removed", _("Moderators acted on something of yours")


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
