"""How what fits a wish spreads over the values of each filter, at a bounded cost.

At most `CANDIDATES` gigs are looked at, the best first. The database groups them, all
filters in one query, so that a few dozen rows come back and not all of them; what was
counted is remembered for a minute.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping

from django.core.cache import caches
from django.db import connection

from accounts.models import User
from gigs.market import Wish, online_since
from gigs.search import Sql

REMEMBERED = 60  # seconds
MOST_ONLINE = 5000
# Where the bars of the histogram begin, in whole units of money.
BARS = (0, 10, 15, 20, 30, 40, 50, 65, 80, 100, 125, 150, 200, 250, 300, 400, 500, 750)
_BAR = " ".join(
    f"WHEN price < {end * 100} THEN {bar}" for bar, end in enumerate(BARS[1:])
)
# Of each group of filters, the value that a listing counts for.
VALUES = {
    "shelves": "category_id",
    "price": f"CASE {_BAR} ELSE {len(BARS) - 1} END",
    "delivery": "delivery_days",
    "rating": "rating",
    "languages": "languages",
    "online": "CASE WHEN seller_id IN (SELECT id FROM here) THEN 1 ELSE 0 END",
    "verified": "CASE WHEN is_verified THEN 1 ELSE 0 END",
}
COLUMNS = (
    "category_id",
    "price",
    "delivery_days",
    "rating",
    "languages",
    "seller_id",
    "is_verified",
)

Tally = Counter[str]
Question = tuple[str, Wish]


def tallies(of: Mapping[str, Wish]) -> dict[str, Tally]:
    """Count the values of each group among what fits its wish."""
    memory = caches["memory"]
    keys = {group: _key(group, base) for group, base in of.items()}
    known = memory.get_many(keys.values())
    missing = [(group, base) for group, base in of.items() if keys[group] not in known]
    if missing:
        counted = {keys[group]: tally for group, tally in _ask(missing).items()}
        memory.set_many(counted, REMEMBERED)
        known |= counted
    return {group: known[key] for group, key in keys.items()}


def _key(group: str, base: Wish) -> str:
    return f"tally:{group}:{hashlib.sha256(base.url().encode()).hexdigest()}"


def _ask(questions: Iterable[Question]) -> dict[str, Tally]:
    questions = list(questions)
    here = User.objects.filter(last_seen_at__gte=online_since()).values("id")
    here = here.order_by("-last_seen_at")[:MOST_ONLINE]
    tables: dict[str, Sql] = {"here": here.query.sql_with_params()}
    names: dict[Wish, str] = {}
    for _group, base in questions:
        if base not in names:
            names[base] = f"base_{len(names)}"
            tables[names[base]] = base.candidates(*COLUMNS)
    parts = ", ".join(f"{name} AS ({sql})" for name, (sql, _used) in tables.items())
    parameters = [each for _sql, used in tables.values() for each in used]
    counts = " UNION ALL ".join(
        f"SELECT '{group}', CAST({VALUES[group]} AS TEXT), COUNT(*) "  # noqa: S608
        f"FROM {names[base]} GROUP BY 2"
        for group, base in questions
    )
    found: dict[str, Tally] = {group: Counter() for group, _base in questions}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {parts} {counts}", parameters)
        for group, value, count in cursor.fetchall():
            found[group][value] += count
    return found
