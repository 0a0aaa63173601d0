"""The purchase and its life, and what the two sides say of each other afterwards."""

from orders.models.orders import (
    Delivery,
    Order,
    OrderAnswer,
    OrderEvent,
    OrderFile,
)

__all__ = [
    "Delivery",
    "Order",
    "OrderAnswer",
    "OrderEvent",
    "OrderFile",
]
