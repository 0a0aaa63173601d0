"""What people search for: kept as texts with a number, and only what is nobody's own.

A text counts once an hour per person, so that nobody makes one popular alone; who it was
is not kept. It is shown from `SHOWN_FROM` times on.
"""

import hashlib
import re
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import F

from gigs.models import PopularSearch
from gigs.search.words import Words

SHOWN_FROM = 3
FORGOTTEN_AFTER = timedelta(days=90)
# Words and single signs between them: no addresses, no telephone or card numbers.
HARMLESS = re.compile(r"[^\W\d_][\w+#.&'-]{0,24}( [\w+#.&'-]{1,25}){0,5}")
NUMBER = re.compile(r"\d{4,}|(\d\W?){7,}")


def note(typed: str, words: Words, *, client: str, now: datetime) -> None:
    """Count a search that found something."""
    text = " ".join(typed.casefold().split())
    is_plain = words and not any(term.is_excluded for term in words.terms)
    if not is_plain or not HARMLESS.fullmatch(text) or NUMBER.search(text):
        return
    if len(text) > 60:
        return
    mark = hashlib.sha256(f"{client} {text}".encode()).hexdigest()
    if not cache.add(f"searched:{mark}", 1, 3600):
        return
    counted = PopularSearch.objects.filter(text=text).update(
        times=F("times") + 1, last_at=now
    )
    if not counted:
        row = PopularSearch(text=text, times=1, last_at=now)
        PopularSearch.objects.bulk_create([row], ignore_conflicts=True)


def popular_searches(*, limit: int = 6, beginning: str = "") -> list[str]:
    """The commonest searches, those that begin so if that is asked; one query by index."""
    rows = PopularSearch.objects.filter(times__gte=SHOWN_FROM)
    if beginning:
        rows = rows.filter(text__startswith=beginning)
    ranked = rows.order_by("-times", "text").values_list("text", flat=True)
    return list(ranked[:limit])


def forget(*, now: datetime) -> int:
    """Forget what nobody has searched for in a quarter of a year."""
    old = PopularSearch.objects.filter(last_at__lt=now - FORGOTTEN_AFTER)
    forgotten, _by_model = old.delete()
    return forgotten
