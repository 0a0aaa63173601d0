"""Stripe's test cards, and what each of them is for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gigstream.sandbox.stripe.errors import card_error


@dataclass(frozen=True, slots=True)
class Card:
    """A test card: `decline` is the bank's reason, `challenge` asks for 3-D Secure first."""

    number: str
    brand: str
    purpose: str
    decline: str = ""
    challenge: bool = False


CARDS = {
    card.number: card
    for card in [
        Card("4242424242424242", "visa", "Pays"),
        Card("5555555555554444", "mastercard", "Pays"),
        Card("4000000000000002", "visa", "Declined", "generic_decline"),
        Card("4000000000009995", "visa", "Insufficient funds", "insufficient_funds"),
        Card("4000000000000069", "visa", "Expired", "expired_card"),
        Card("4000000000000127", "visa", "Wrong CVC", "incorrect_cvc"),
        Card("4000002500003155", "visa", "3-D Secure", challenge=True),
        Card("4000002760003184", "visa", "3-D Secure", challenge=True),
        Card("4000000000003220", "visa", "3-D Secure", challenge=True),
        Card(
            "4000008400001629",
            "visa",
            "3-D Secure, then declined",
            "generic_decline",
            True,
        ),
    ]
}

TEST_METHODS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_authenticationRequired": "4000002500003155",
    "pm_card_threeDSecureRequired": "4000002760003184",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_threeDSecureRequiredChargeDeclined": "4000008400001629",
}

DECLINES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
}
OWN_CODE = {"expired_card", "incorrect_cvc"}


def decline_code(card: Card) -> str:
    """Stripe's code for a decline; `card_declined` stands for most of the bank's reasons."""
    return card.decline if card.decline in OWN_CODE else "card_declined"


def read_card(fields: Mapping[str, str], *, now: datetime) -> Card:
    """Check what was typed as Stripe checks it, or raise its `card_error`."""
    number = re.sub(r"[\s-]", "", fields.get("number", ""))
    if number not in CARDS or not passes_luhn(number):
        raise card_error(
            "incorrect_number", "Your card number is incorrect.", param="number"
        )
    _check_expiry(fields, now)
    if not re.fullmatch(r"[0-9]{3,4}", fields.get("cvc", "").strip()):
        raise card_error(
            "invalid_cvc", "Your card's security code is invalid.", param="cvc"
        )
    return CARDS[number]


def passes_luhn(number: str) -> bool:
    """Check the last digit, which guards against slips of the finger."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _check_expiry(fields: Mapping[str, str], now: datetime) -> None:
    month, year = _number(fields.get("exp_month")), _number(fields.get("exp_year"))
    if not 1 <= month <= 12:
        raise card_error(
            "invalid_expiry_month",
            "Your card's expiration month is invalid.",
            param="exp_month",
        )
    if (full_year(year), month) < (now.year, now.month) or year < 0:
        raise card_error(
            "invalid_expiry_year",
            "Your card's expiration year is invalid.",
            param="exp_year",
        )


def full_year(year: int) -> int:
    return 2000 + year if 0 <= year < 100 else year


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,4}", text) else -1
