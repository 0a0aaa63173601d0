"""Amounts of money: whole minor units and a currency. Only templates turn them into text."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# ISO 4217 currencies without a minor unit, as far as Stripe charges them.
# fmt: off
ZERO_DECIMAL = frozenset({
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga",
    "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf",
})
# fmt: on
SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
CHARGED = frozenset({"usd", "eur", "gbp", "jpy"})
"""The currencies in which the marketplace can be run."""

UNITS = {
    "usd": _("dollars"),
    "eur": _("euros"),
    "gbp": _("pounds"),
    "jpy": _("yen"),
}

BASIS_POINTS = 10_000


def share(amount: int, basis_points: int) -> int:
    """A part of `amount`, in minor units, with halves rounded up."""
    return (amount * basis_points * 2 + BASIS_POINTS) // (2 * BASIS_POINTS)


def decimals(currency: str) -> int:
    return 0 if currency.lower() in ZERO_DECIMAL else 2


def unit(currency: str) -> Promise | str:
    """What amounts of a currency are counted in, as people say it."""
    return UNITS.get(currency.lower(), currency.upper())


_with_code: ContextVar[bool] = ContextVar("amounts_with_code", default=False)


@contextmanager
def with_code(*, on: bool) -> Iterator[None]:
    """Let `shown` write `USD 1,126.50` meanwhile, for whoever prefers that."""
    before = _with_code.set(on)
    try:
        yield
    finally:
        _with_code.reset(before)


def is_with_code() -> bool:
    """How amounts are shown just now, for what is kept of a rendered page."""
    return _with_code.get()


def shown(amount: int, currency: str, *, short: bool = False) -> str:
    """Write an amount as whoever looks at the page prefers; what is kept uses `written`."""
    return written(amount, currency, short=short, code=_with_code.get())


def written(
    amount: int, currency: str, *, short: bool = False, code: bool = False
) -> str:
    """Write an amount for people, as in `$1,126.50`; `short` drops a fraction of zero."""
    places = decimals(currency)
    units, rest = divmod(abs(amount), 10**places)
    digits = formats.number_format(units, use_l10n=True, force_grouping=True)
    if places and not (short and rest == 0):
        digits += f"{formats.get_format('DECIMAL_SEPARATOR')}{rest:0{places}d}"
    # The space does not break, so that an amount stays on one line.
    name = f"{currency.upper()}\u00a0"
    symbol = name if code else SYMBOLS.get(currency.lower(), name)
    return f"{'-' if amount < 0 else ''}{symbol}{digits}"
