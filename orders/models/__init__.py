"""The purchase and its life, and what the two sides say of each other afterwards."""

from orders.models.disputes import Dispute, Statement
from orders.models.files import Delivery, Download, OrderAnswer, OrderFile
from orders.models.offers import CustomOffer
from orders.models.orders import Order, OrderEvent, Reminder
from orders.models.proposals import Proposal
from orders.models.reviews import STARS, Review

__all__ = [
    "STARS",
    "CustomOffer",
    "Delivery",
    "Dispute",
    "Download",
    "Order",
    "OrderAnswer",
    "OrderEvent",
    "OrderFile",
    "Proposal",
    "Reminder",
    "Review",
    "Statement",
]
