"""Why an account cannot be closed yet.

Each app adds its reasons, in its own `closing.py`, so that no app looks into another:

    @blocks_closing
    def open_orders(user: User) -> Iterable[Reason]: ...
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that is still open, in words, and the page where it can be ended."""

    text: str
    path: str = ""


Check = Callable[[User], Iterable[Reason]]
_checks: list[Check] = []


def blocks_closing(check: Check) -> Check:
    """Ask this too before an account is closed."""
    _checks.append(check)
    return check


def reasons(user: User) -> list[Reason]:
    """All that keeps an account from being closed; empty means that it may be."""
    return [reason for check in _checks for reason in check(user)]


@blocks_closing
def works_here(user: User) -> Iterable[Reason]:
    """Staff hold keys; somebody else takes them back first."""
    if user.is_staff:
        yield Reason(
            text=_("This account belongs to the staff. Ask another admin to end that.")
        )
