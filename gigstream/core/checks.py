"""Questions that take long: asked by jobs, answered on pages by what was found last."""

import math
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice
from time import monotonic

from gigstream.core.models import Check

MOST = 100
"""How much of what is wrong is kept; who mends it asks again."""


def keep(name: str, find: Callable[[], Iterable[object]], *, now: datetime) -> Check:
    """Ask what is wrong, and remember the answer instead of the last one."""
    started = monotonic()
    found = [str(each) for each in islice(find(), MOST)]
    ms = math.ceil((monotonic() - started) * 1000)
    check, _is_new = Check.objects.update_or_create(
        name=name, defaults={"at": now, "ms": ms, "found": found}
    )
    return check


def latest(kind: str) -> dict[str, Check]:
    """The last answers of one kind, by what stands behind the colon."""
    rows = Check.objects.filter(name__startswith=f"{kind}:")
    return {row.name.partition(":")[2]: row for row in rows}
