"""What somebody typed into the search field, understood alike on both engines.

Words must all occur; "a phrase" in its order; -word must not occur; `or` between two
words asks for either. What says nothing (`the`, a lone minus) is left out.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LONGEST = 120
MOST_TERMS = 12
TOKEN = re.compile(r'(-?)"([^"]*)"?|(-?)([^\s"]+)')
WORD = re.compile(r"[^\W_]+")

# The words that PostgreSQL's English dictionary ignores, as far as people type them.
_EMPTY = (
    "a about above after again against all am an and any are as at be because been "
    "before being below between both but by can did do does doing don down during "
    "each few for from further had has have having he her here hers herself him "
    "himself his how i if in into is it its itself just me more most my myself no "
    "nor not now of off on once only or other our ours ourselves out over own s "
    "same she should so some such t than that the their theirs them themselves then "
    "there these they this those through to too under until up very was we were "
    "what when where which while who whom why will with you your yours yourself "
    "yourselves "
)
EMPTY = frozenset(_EMPTY.split())


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase, without accents and signs; `either` joins it to the one before."""

    text: str
    is_phrase: bool = False
    is_excluded: bool = False
    either: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The terms of a search; false if there is nothing to look for."""

    terms: Sequence[Term] = field(default=())

    @classmethod
    def read(cls, typed: str) -> "Words":
        terms = tuple(_terms(typed[:LONGEST]))[:MOST_TERMS]
        # To look for everything but something is not a search.
        wanted = [term for term in terms if not term.is_excluded]
        return cls(terms if wanted else ())

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def wanted(self) -> list[list[Term]]:
        """Groups that must all occur, each by any of its terms."""
        groups: list[list[Term]] = []
        for term in self.terms:
            if term.is_excluded:
                continue
            if term.either and groups:
                groups[-1].append(term)
            else:
                groups.append([term])
        return groups

    @property
    def unwanted(self) -> list[Term]:
        return [term for term in self.terms if term.is_excluded]

    @property
    def has_phrase(self) -> bool:
        return any(term.is_phrase for term in self.terms)

    def single(self) -> list[str]:
        """The words that stand alone, which are those whose spelling can be mended."""
        return [
            term.text for term in self.terms if not (term.is_phrase or term.is_excluded)
        ]


def plain(text: str) -> str:
    """Lower case, without accents: how words are compared."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if not unicodedata.combining(each))


def _terms(typed: str) -> Iterator[Term]:
    either = has_one = False
    for match in TOKEN.finditer(typed):
        minus, phrase, minus_word, word = match.groups()
        if word is not None and word.casefold() == "or":
            either = has_one
            continue
        words = WORD.findall(plain(phrase if word is None else word))
        is_excluded = bool(minus or minus_word)
        said = [each for each in words if each not in EMPTY]
        if not said:
            continue
        # "e-mail" and "C++": what belongs together is looked for together.
        is_phrase = len(words) > 1
        text = " ".join(words if is_phrase else said)
        yield Term(text, is_phrase, is_excluded, either and not is_excluded)
        either, has_one = False, has_one or not is_excluded
