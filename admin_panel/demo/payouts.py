"""What cleared, and one withdrawal of the first seller's that has arrived."""

from datetime import datetime, timedelta

import payments.actions
from accounts.security import Client
from admin_panel.demo import keys
from admin_panel.demo.people import People
from payments.actions import BankAccount
from payments.models import AccountKind, Earning, Payout

NOWHERE = Client(address=None, browser="")
WITHDRAWN = timedelta(days=3)


def seed_payouts(people: People, *, currency: str, now: datetime) -> None:
    """Clear what is due, each on its day; in between, money goes to a bank by hand, once."""
    if Payout.objects.filter(key=keys.PAYOUT).exists():
        return
    asked_at = now - WITHDRAWN
    _clear(until=asked_at)
    _withdraw(people, currency=currency, at=asked_at)
    _clear(until=now)


def _clear(*, until: datetime) -> None:
    for earning in Earning.objects.due_to_clear(at=until).order_by("clears_at"):
        payments.actions.clear(earning_id=earning.pk, now=earning.clears_at)


def _withdraw(people: People, *, currency: str, at: datetime) -> None:
    seller, finance = people.sellers[0], people.admin
    account = BankAccount(
        holder=seller.full_name,
        country="SE",
        bank_name="Sparbanken",
        bank_code="",
        account_number="SE4550000000058398257466",
    )
    payments.actions.add_bank(
        user_id=seller.pk, account=account, client=NOWHERE, now=at - timedelta(days=90)
    )
    has = payments.actions.balance(AccountKind.SELLER_AVAILABLE, seller.pk, currency)
    payout = payments.actions.request_payout(
        user_id=seller.pk, amount=has // 200 * 100, key=keys.PAYOUT, now=at
    )
    payments.actions.approve_payout(
        payout_id=payout.pk, actor=finance, now=at + timedelta(hours=20)
    )
    payments.actions.confirm_payout(
        payout_id=payout.pk, actor=finance, now=at + timedelta(days=2)
    )
