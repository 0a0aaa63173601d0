"""Amounts of money: whole minor units and a currency. Only templates turn them into text."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

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
    sign, symbol = "-" if amount < 0 else "", SYMBOLS.get(currency.lower())
    if code or symbol is None:
        named = pgettext("amount", "%(name)s %(digits)s")
        text = named % {"name": currency.upper(), "digits": digits}
    else:
        signed = pgettext("amount", "%(symbol)s%(digits)s")
        text = signed % {"symbol": symbol, "digits": digits}
    # The space does not break, so that an amount stays on one line.
    return sign + text.replace(" ", "\u00a0")


def exact(amount: int, currency: str) -> str:
    """Write an amount for programs and spreadsheets, as in `1126.50`; nothing is rounded."""
    return f"{Decimal(amount).scaleb(-decimals(currency)):f}"


def plain(text: str) -> str | None:
    """An amount as people type it, as Python reads it; nothing where it means none.

    `1,250.50` is `1.250,50` to readers of German. One or two digits behind the other
    mark can only be cents, whatever the language. Static/src/js/amounts.js does the same.
    """
    point = formats.get_format("DECIMAL_SEPARATOR")
    mark = "," if point == "." else "."
    p, m = re.escape(point), re.escape(mark)
    text = re.sub(r"\s", "", text)
    if re.fullmatch(rf"[-+]?[0-9]{{1,3}}({m}[0-9]{{3}})+({p}[0-9]*)?", text):
        return text.replace(mark, "").replace(point, ".")
    if re.fullmatch(rf"[-+]?([0-9]+{p}?[0-9]*|{p}[0-9]+)", text):
        return text.replace(point, ".")
    if re.fullmatch(rf"[-+]?[0-9]+{m}[0-9]{{1,2}}", text):
        return text.replace(mark, ".")
    return None
