"""What the JSON API of each app stands on: operations, refusals, pages, and doing things once."""

from gigstream.core.api.once import derived_key
from gigstream.core.api.paging import Page, Paging, newest_first
from gigstream.core.api.problems import Problem
from gigstream.core.api.routes import Routes
from gigstream.core.api.schema import Money, Schema, one_of

__all__ = [
    "Money",
    "Page",
    "Paging",
    "Problem",
    "Routes",
    "Schema",
    "derived_key",
    "newest_first",
    "one_of",
]
