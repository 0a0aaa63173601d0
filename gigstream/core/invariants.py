"""What must be true of the books at every moment, as a registry to which each app adds.

`check` runs it in the teardown of tests that touch money and in `ledger_check`, a command
that an operator can trust; `check_and_keep` in jobs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django_stubs_ext import StrOrPromise

from gigstream.core import checks

Finder = Callable[[], Iterator[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """A numbered rule, and the question that finds what breaks it."""

    code: str
    rule: StrOrPromise
    find: Finder


class Broken(Exception):
    """The books break an invariant; the message names it."""


_registry: dict[str, Invariant] = {}


def invariant(code: str, rule: StrOrPromise) -> Callable[[Finder], Finder]:
    """Register a generator of problems under the rule that they break."""

    def register(find: Finder) -> Finder:
        _registry[code] = Invariant(code=code, rule=rule, find=find)
        return find

    return register


def check() -> dict[str, list[str]]:
    """Ask every invariant; each code leads to what breaks it, most of them to nothing."""
    return {
        code: list(each.find()) for code, each in sorted(_registry.items(), key=_number)
    }


def check_and_keep(*, now: datetime) -> dict[str, list[str]]:
    """What breaks a rule, for whom somebody has to come; the books page shows each answer."""
    found = {
        code: checks.keep(f"invariant:{code}", partial(_twice, each.find), now=now)
        for code, each in sorted(_registry.items(), key=_number)
    }
    return {code: check.found for code, check in found.items() if check.found}


def _twice(find: Finder) -> list[str]:
    """Between two of its own questions somebody may have posted: what stays wrong is wrong."""
    found = list(find())
    again = set(find()) if found else set()
    return [each for each in found if each in again]


def rules() -> dict[str, StrOrPromise]:
    return {code: each.rule for code, each in sorted(_registry.items(), key=_number)}


def _number(item: tuple[str, Invariant]) -> int:
    return int(item[0].lstrip("I"))
