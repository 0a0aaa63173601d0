"""What the shop window listens to."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_closed
from gigs.actions.leave import archive_all


@receiver(account_closed)
def clear_the_shelf(
    *, user: User, keep_texts: bool, at: datetime, **_kwargs: Any
) -> None:
    archive_all(seller=user, keep_texts=keep_texts, now=at)
