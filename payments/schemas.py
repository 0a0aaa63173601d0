"""A seller's money as JSON. Amounts are minor units of the `currency` beside them."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from gigstream.core.api import Paging, Schema, one_of
from gigstream.core.forms import FIRST_DAY, LAST_DAY
from payments.models import Payout, PayoutMethod
from payments.queries import Wallet
from payments.statement import Account, Group, Line
from payments.status import PayoutStatus

MOST = 10**12
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]


class DestinationOut(Schema):
    """Where withdrawals go. It is changed on the page of the settings, and nowhere else."""

    name: str = Field(description="Never the whole number.")
    kind: Annotated[PayoutMethod.Kind, one_of(PayoutMethod.Kind)]
    standing: Annotated[PayoutMethod.Standing, one_of(PayoutMethod.Standing)]
    usable_at: datetime = Field(description="Later than added after a change.")

    @classmethod
    def of(cls, method: PayoutMethod) -> Self:
        return cls(
            name=method.masked,
            kind=method.kind,
            standing=method.standing,
            usable_at=method.usable_at,
        )


Currency = Annotated[
    str,
    Field(
        max_length=3,
        description="Of your wallets, if there are several; else the usual one.",
    ),
]


class WalletSearch(Schema):
    currency: Currency = ""


class WalletOut(Schema):
    currency: str
    other_currencies: list[str] = Field(description="Of your other wallets.")
    pending: int = Field(description="Earned, and not yet clear.")
    available: int = Field(description="To be withdrawn.")
    owed: int = Field(description="Taken back after it was paid out.")
    earned: int
    withdrawn: int
    on_the_way: int
    destination: DestinationOut | None

    @classmethod
    def of(cls, totals: Wallet, method: PayoutMethod | None) -> Self:
        return cls(
            currency=totals.currency,
            other_currencies=totals.others,
            pending=totals.pending,
            available=totals.available,
            owed=totals.owed,
            earned=totals.earned,
            withdrawn=totals.withdrawn,
            on_the_way=totals.on_the_way,
            destination=DestinationOut.of(method) if method else None,
        )


class EntryOut(Schema):
    """One line of the statement."""

    at: datetime
    words: str
    about: str
    path: str = Field(description="The page of what it is about; empty for nothing.")
    amount: int
    balance: int | None = Field(description="After it.")
    currency: str

    @classmethod
    def of(cls, line: Line) -> Self:
        return cls.model_validate(line, from_attributes=True)


class EntrySearch(Paging):
    currency: Currency = ""
    account: Account = Account.AVAILABLE
    kind: Group | None = None
    since: Day | None = None
    until: Day | None = None


class WithdrawalOut(Schema):
    id: UUID
    status: PayoutStatus
    amount: int
    currency: str
    destination: str
    failure: str = Field(description="Why it failed, if it did.")
    can_be_canceled: bool
    requested_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, payout: Payout) -> Self:
        """The caller has selected its method."""
        return cls(
            id=payout.pk,
            status=payout.status,
            amount=payout.amount,
            currency=payout.currency,
            destination=payout.method.masked,
            failure=payout.failure,
            can_be_canceled=payout.can_be_canceled,
            requested_at=payout.requested_at,
            settled_at=payout.settled_at,
        )


class WithdrawIn(Schema):
    amount: int | None = Field(
        None, ge=1, le=MOST, description="Without it, all that is available."
    )
    currency: Currency = ""
