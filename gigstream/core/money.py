"""Amounts of money: whole minor units and a currency. Only templates turn them into text."""

from django.utils import formats

# ISO 4217 currencies without a minor unit, as far as Stripe charges them.
# fmt: off
ZERO_DECIMAL = frozenset({
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga",
    "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf",
})
# fmt: on
SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
BASIS_POINTS = 10_000


def share(amount: int, basis_points: int) -> int:
    """A part of `amount`, in minor units, with halves rounded up."""
    return (amount * basis_points * 2 + BASIS_POINTS) // (2 * BASIS_POINTS)


def decimals(currency: str) -> int:
    return 0 if currency.lower() in ZERO_DECIMAL else 2


def written(amount: int, currency: str, *, short: bool = False) -> str:
    """Write an amount for people, as in `$1,126.50`; `short` drops a fraction of zero."""
    places = decimals(currency)
    units, rest = divmod(abs(amount), 10**places)
    digits = formats.number_format(units, use_l10n=True, force_grouping=True)
    if places and not (short and rest == 0):
        digits += f"{formats.get_format('DECIMAL_SEPARATOR')}{rest:0{places}d}"
    symbol = SYMBOLS.get(currency.lower(), f"{currency.upper()} ")
    return f"{'-' if amount < 0 else ''}{symbol}{digits}"
