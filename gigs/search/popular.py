"""What people search for: kept as texts with a number, and only what is nobody's own.

A text counts once an hour per person, so that nobody makes one popular alone; who it was
is not kept. It is shown from `SHOWN_FROM` times on.
"""

import hashlib
import logging
import re
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection

from gigs.models import PopularSearch
from gigs.search.words import Words
from gigstream.core.cache import store_errors
from gigstream.core.ids import uuid7

log = logging.getLogger(__name__)

TABLE = PopularSearch._meta.db_table
SHOWN_FROM = 3
FORGOTTEN_AFTER = timedelta(days=90)
# Words and single signs between them: no addresses, no telephone or card numbers.
HARMLESS = re.compile(r"[^\W\d_][\w+#.&'-]{0,24}( [\w+#.&'-]{1,25}){0,5}")
# One statement, so that two who search at once are both counted.
COUNT = f"""
    INSERT INTO {TABLE} (id, text, times, last_at) VALUES (%s, %s, 1, %s)
    ON CONFLICT (text) DO UPDATE SET times = {TABLE}.times + 1, last_at = excluded.last_at
"""
NUMBER = re.compile(r"\d{4,}|(\d\W?){7,}")


def note(typed: str, words: Words, *, client: str, now: datetime) -> None:
    """Count a search that found something; while that cannot be done, it is not counted."""
    text = " ".join(typed.casefold().split())
    is_plain = words and not any(term.is_excluded for term in words.terms)
    if not is_plain or not HARMLESS.fullmatch(text) or NUMBER.search(text):
        return
    if len(text) > 60:
        return
    mark = hashlib.sha256(f"{client} {text}".encode()).hexdigest()
    try:
        if not cache.add(f"searched:{mark}", 1, 3600):
            return
    except store_errors():
        log.exception("A search was not counted")
        return
    at = connection.ops.adapt_datetimefield_value(now)
    key = PopularSearch._meta.pk.get_db_prep_value(uuid7(), connection)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [key, text, at])


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
