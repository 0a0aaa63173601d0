"""Finding orders among one's own: on which side, in which state, by which words, in which order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Side, User
from gigs.paging import COUNT_LIMIT, count_text
from orders.models import Order
from orders.status import OPEN, WORKING, OrderStatus

PAGE = 20
LONGEST_SEARCH = 100

TABS: dict[str, tuple[Promise, frozenset[OrderStatus]]] = {
    "": (_("All"), frozenset(OrderStatus)),
    "unpaid": (_("Awaiting payment"), frozenset({OrderStatus.PENDING})),
    "active": (_("In progress"), WORKING),
    "delivered": (_("Delivered"), frozenset({OrderStatus.DELIVERED})),
    "disputed": (_("In dispute"), frozenset({OrderStatus.DISPUTED})),
    "completed": (_("Completed"), frozenset({OrderStatus.COMPLETED})),
    "cancelled": (
        _("Cancelled"),
        frozenset({OrderStatus.CANCELLED, OrderStatus.EXPIRED}),
    ),
}
SORTS: dict[str, Promise] = {"": _("Newest"), "deadline": _("Deadline")}
# As `Order.deadline`, for the database to sort by.
DEADLINE = Case(
    When(on_hold=True, then=None),
    When(status=OrderStatus.PENDING, then="expires_at"),
    When(status__in=sorted(WORKING), then="due_at"),
    When(status=OrderStatus.DELIVERED, then="review_ends_at"),
    When(status=OrderStatus.DISPUTED, then="dispute__answer_by"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A state to choose, and how many orders are in it, counted up to a limit."""

    text: Promise
    count: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    rows: list[Order]
    older: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which orders somebody wants to see; nonsense means that nothing was said."""

    side: str = Side.BUYING
    tab: str = ""
    q: str = ""
    sort: str = ""
    before: str = ""

    @classmethod
    def read(cls, said: Mapping[str, str]) -> Self:
        tab, sort = said.get("status", ""), said.get("sort", "")
        return cls(
            side=Side.SELLING if said.get("side") == Side.SELLING else Side.BUYING,
            tab=tab if tab in TABS else "",
            q=said.get("q", "").strip()[:LONGEST_SEARCH],
            sort=sort if sort in SORTS else "",
            before=said.get("before", "")[:40],
        )

    def query(self, **changes: str) -> str:
        """This wish as a query, with changes; whatever changes begins at the top."""
        wish = replace(self, **{"before": "", **changes})
        said = {
            "side": "" if wish.side == Side.BUYING else wish.side,
            "status": wish.tab,
            "q": wish.q,
            "sort": wish.sort,
            "before": wish.before,
        }
        return f"?{urlencode({name: value for name, value in said.items() if value})}"

    def of(self, user: User) -> QuerySet[Order]:
        """All orders of a person on the chosen side."""
        mine = Order.objects.visible_to(user)
        is_selling = self.side == Side.SELLING
        return mine.filter(seller=user) if is_selling else mine.filter(buyer=user)

    def apply(self, orders: QuerySet[Order]) -> QuerySet[Order]:
        if self.tab:
            orders = orders.filter(status__in=sorted(TABS[self.tab][1]))
        if self.q:
            orders = orders.filter(self._words())
        return orders

    def _words(self) -> Q:
        """In the title, in the name of the other side, or as the reference."""
        other = "buyer" if self.side == Side.SELLING else "seller"
        found = Q(title__icontains=self.q) | Q(
            **{f"{other}__full_name__icontains": self.q}
        )
        return found | Q(pk__in=Order.objects.called(self.q).values("pk"))

    def page(self, user: User, *, size: int = PAGE) -> Page:
        """Cut out the page before the key, however far down it is. Two queries at most."""
        orders = self.apply(self.of(user)).annotate(deadline_at=DEADLINE)
        if last := _last_seen(orders, self.before):
            orders = orders.filter(self._beyond(last))
        rows = list(self.in_order(orders).with_people()[: size + 1])  # type: ignore[attr-defined]
        older = str(rows[size - 1].pk) if len(rows) > size else ""
        return Page(rows=rows[:size], older=older)

    def in_order(self, orders: QuerySet[Order]) -> QuerySet[Order]:
        if self.sort == "deadline":
            soonest = F("deadline_at").asc(nulls_last=True)
            return orders.annotate(deadline_at=DEADLINE).order_by(soonest, "-pk")
        return orders.order_by("-pk")

    def _beyond(self, last: Any) -> Q:
        older = Q(pk__lt=last.pk)
        if self.sort != "deadline":
            return older
        if last.deadline_at is None:
            return Q(deadline_at__isnull=True) & older
        return (
            Q(deadline_at__gt=last.deadline_at)
            | Q(deadline_at=last.deadline_at) & older
            | Q(deadline_at__isnull=True)
        )

    def tabs(self, user: User) -> list[Tab]:
        """The states with their numbers; nobody's are counted further than the limit."""
        mine = self.of(user).order_by()
        going = mine.filter(status__in=sorted(OPEN)).values_list("status")
        counts = dict(going.annotate(Count("pk")))
        numbers = {
            name: sum(counts.get(status, 0) for status in states)
            for name, (_text, states) in TABS.items()
        }
        for name in ("completed", "cancelled"):
            over = mine.filter(status__in=sorted(TABS[name][1]))
            numbers[name] = over[: COUNT_LIMIT + 1].count()
            numbers[""] += numbers[name]
        return [
            Tab(
                text=text,
                count=count_text(numbers[name]),
                url=self.query(tab=name),
                is_chosen=name == self.tab,
            )
            for name, (text, _states) in TABS.items()
            # What most people never have is not shown to them as a nought.
            if numbers[name] or name not in {"unpaid", "disputed"} or name == self.tab
        ]


def _last_seen(orders: QuerySet[Order], key: str) -> Order | None:
    try:
        return orders.filter(pk=UUID(key)).first() if key else None
    except ValueError:
        return None
