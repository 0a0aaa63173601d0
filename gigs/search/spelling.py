"""Mends words that nobody uses: `lgoo` is taken for `logo`.

The words of titles and tags are learnt by a job. For one that is not among them the
nearest are fetched by an index (by trigrams on PostgreSQL, and by how words begin and
how long they are on both), and the one with the fewest slips wins, the commoner first.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Length

from gigs.models import Gig, SearchWord
from gigs.search.words import EMPTY, WORD, Words, plain

SHORTEST, LONGEST = 3, 40
CANDIDATES = 400
MOST_MENDED = 3


def mend(typed: str, words: Words) -> str:
    """What was probably meant; nothing, if no word can be mended."""
    alone = words.single()
    known = set(
        SearchWord.objects.filter(word__in=alone).values_list("word", flat=True)
    )
    unknown = [word for word in alone if word not in known and _is_mendable(word)]
    better = nearest(unknown[:MOST_MENDED])
    if not better:
        return ""
    return WORD.sub(lambda match: better.get(plain(match[0]), match[0]), plain(typed))


def _is_mendable(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha()


def nearest(words: Sequence[str]) -> dict[str, str]:
    """For each word the known one with the fewest slips, if they are few enough for its length."""
    best: dict[str, tuple[int, int, str]] = {}
    for word, known, uses in _candidates(words):
        found = (slips(word, known), -uses, known)
        if found[0] <= _allowed(word):
            best[word] = min(found, best.get(word, found))
    return {word: known for word, (_slips, _uses, known) in best.items()}


def _allowed(word: str) -> int:
    return 1 if len(word) <= SHORTEST + 1 else 2


def _candidates(words: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Known words and their uses for each of these: that begin alike, that look alike; one query."""
    asked = [
        (place, *part.query.sql_with_params())
        for place, word in enumerate(words)
        for part in _near(word)
    ]
    if not asked:
        return
    sql = " UNION ALL ".join(
        f"SELECT {place}, near.* FROM ({part}) near" for place, part, _used in asked
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [each for *_part, used in asked for each in used])
        for place, known, uses in cursor.fetchall():
            yield words[place], known, uses


def _near(word: str) -> list[QuerySet[SearchWord, tuple[str, int]]]:
    slips_allowed = _allowed(word)
    lengths = {
        "letters__gte": len(word) - slips_allowed,
        "letters__lte": len(word) + slips_allowed,
    }
    rows = SearchWord.objects.annotate(letters=Length("word"))
    begin_alike = rows.filter(word__startswith=word[0], **lengths)
    if connection.vendor == "postgresql":
        alike = rows.filter(word__trigram_similar=word)
    else:
        alike = rows.filter(word__endswith=word[-2:], **lengths)
    return [
        some.order_by("-uses", "word").values_list("word", "uses")[:CANDIDATES]
        for some in (begin_alike, alike)
    ]


def slips(typed: str, meant: str) -> int:
    """Letters added, left out, wrong, or swapped with their neighbour."""
    before: Sequence[int] = []
    above: Sequence[int] = range(len(meant) + 1)
    for i, letter in enumerate(typed):
        row = [i + 1]
        for j, wanted in enumerate(meant):
            cost = min(above[j + 1] + 1, row[j] + 1, above[j] + (letter != wanted))
            if i and j and letter == meant[j - 1] and typed[i - 1] == wanted:
                cost = min(cost, before[j - 1] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]


def learn(gigs: Iterable[Gig]) -> None:
    """Add the words of these gigs; the caller has prefetched their tags, and is alone."""
    seen = Counter(word for gig in gigs for word in set(_words_of(gig)))
    known = SearchWord.objects.filter(word__in=seen).in_bulk(field_name="word")
    for word, row in known.items():
        row.uses += seen.pop(word)
    SearchWord.objects.bulk_update(known.values(), ["uses"], batch_size=500)
    SearchWord.objects.bulk_create(
        [SearchWord(word=word, uses=uses) for word, uses in sorted(seen.items())],
        batch_size=500,
        ignore_conflicts=True,
    )


def _words_of(gig: Gig) -> list[str]:
    text = " ".join([gig.title, *(tag.name for tag in gig.tags.all())])
    return [
        word
        for word in WORD.findall(plain(text))
        if SHORTEST <= len(word) <= LONGEST and word.isalpha() and word not in EMPTY
    ]
