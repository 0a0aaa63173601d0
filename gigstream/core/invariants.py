"""What must be true of the books at every moment, as a registry to which each app adds.

`ledger_check` runs it: in the teardown of tests that touch money, as a periodic job,
and as a command that an operator can trust.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Finder = Callable[[], Iterator[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """A numbered rule, and the question that finds what breaks it."""

    code: str
    rule: str
    find: Finder


class Broken(Exception):
    """The books break an invariant; the message names it."""


_registry: dict[str, Invariant] = {}


def invariant(code: str, rule: str) -> Callable[[Finder], Finder]:
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


def rules() -> dict[str, str]:
    return {code: each.rule for code, each in sorted(_registry.items(), key=_number)}


def _number(item: tuple[str, Invariant]) -> int:
    return int(item[0].lstrip("I"))
