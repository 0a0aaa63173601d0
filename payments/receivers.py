"""What the till hears from below."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_closed
from payments import actions


@receiver(account_closed)
def forget_bank_accounts(*, user: User, at: datetime, **_kwargs: Any) -> None:
    actions.forget_methods(user_id=user.pk, now=at)


@receiver(account_closed)
def forget_cards(*, user: User, **_kwargs: Any) -> None:
    actions.forget_customer(user_id=user.pk)
