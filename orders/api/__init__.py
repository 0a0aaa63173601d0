"""Orders for programs. The modules stand in the order of the document."""

from orders.api import looking, buying, verbs, changes, offers, reviews, disputes  # isort: skip
from orders.api.common import routes

__all__ = [
    "buying",
    "changes",
    "disputes",
    "looking",
    "offers",
    "reviews",
    "routes",
    "verbs",
]
