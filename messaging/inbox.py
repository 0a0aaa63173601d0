"""The list of somebody's conversations: searched, filtered, a page at a time."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from messaging.models import Participant
from messaging.moments import from_moment, to_moment

SHOWN = 30
LONGEST_QUERY = 100
FILTERS = {
    "": _("All"),
    "unread": _("Unread"),
    "orders": _("Orders"),
    "starred": _("Starred"),
    "archived": _("Archived"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to see of their conversations."""

    words: str = ""
    show: str = ""
    before: str = ""
    current: UUID | None = None
    """The conversation that stands beside the list."""

    @classmethod
    def read(cls, query: QueryDict) -> "Wish":
        """Take from an address what it says; what makes no sense says nothing."""
        show = query.get("show", "")
        return cls(
            words=query.get("q", "").strip()[:LONGEST_QUERY],
            show=show if show in FILTERS else "",
            before=query.get("before", ""),
            current=_key(query.get("current", "")),
        )

    @property
    def query(self) -> str:
        """The end of an address that keeps the search and the filter."""
        said = {"q": self.words, "show": self.show}
        said = {name: value for name, value in said.items() if value}
        return f"?{urlencode(said)}" if said else ""

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """Each filter's address, label, and whether it is the one in use."""
        kept = {"q": self.words} if self.words else {}
        return [
            (f"?{urlencode({**kept, 'show': name})}", str(label), name == self.show)
            for name, label in FILTERS.items()
        ]


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def listing(user: User, wish: Wish) -> dict[str, Any]:
    """One page of conversations, the latest first; one query."""
    sides = Participant.objects.visible_to(user).begun().with_people()
    sides = sides.filter(archived_at__isnull=wish.show != "archived")
    if wish.show == "unread":
        sides = sides.unread()
    elif wish.show == "orders":
        sides = sides.about_orders()
    elif wish.show == "starred":
        sides = sides.filter(is_starred=True)
    if wish.words:
        sides = sides.speaking_of(wish.words)
    if before := from_moment(wish.before):
        sides = sides.stirred_before(before)
    rows = list(sides.newest_first()[: SHOWN + 1])
    older = to_moment(rows[SHOWN - 1].stirred_at) if len(rows) > SHOWN else 0  # type: ignore[attr-defined]
    return {
        "rows": rows[:SHOWN],
        "older_rows": older,
        "wish": wish,
        "current": wish.current,
    }
