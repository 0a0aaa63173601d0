"""The ledger: what it takes, and what the database itself refuses."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from gigstream.core import guards, invariants
from gigstream.core.ids import uuid7
from payments.actions import NotEnough, balance, credit, debit, post, posting
from payments.models import AccountKind, LedgerAccount, LedgerEntry, LedgerTransaction
from tests.factories import NOON, an_order

pytestmark = pytest.mark.django_db

ESCROW, FEE, STRIPE = AccountKind.ESCROW, AccountKind.FEE_DEFERRED, AccountKind.STRIPE
PENDING = AccountKind.SELLER_PENDING


def deposit(amount=100, subject="one", key="pay:1", kind=AccountKind.UNAPPLIED):
    return post(
        "E1c",
        debit(STRIPE, amount),
        credit(kind, amount, subject),
        key=key,
        currency="usd",
        at=NOON,
    )


def test_a_posting_moves_both_balances():
    assert deposit() is True

    assert balance(STRIPE, None, "usd") == 100
    assert balance(AccountKind.UNAPPLIED, "one", "usd") == 100


def test_an_account_that_nobody_posted_to_holds_nothing():
    assert balance(AccountKind.UNAPPLIED, "nobody", "usd") == 0


def test_the_same_key_posts_once():
    assert [deposit(), deposit(amount=999)] == [True, False]

    assert balance(STRIPE, None, "usd") == 100


def test_legs_of_zero_are_left_out():
    post(
        "E1",
        debit(STRIPE, 100),
        credit(AccountKind.UNAPPLIED, 100, "one"),
        credit(AccountKind.COMMISSION, 0),
        key="x",
        currency="usd",
        at=NOON,
    )

    assert LedgerEntry.objects.count() == 2


@pytest.mark.parametrize("amounts", [(100, 99), (0, 0)])
def test_what_does_not_balance_is_a_mistake_of_ours(amounts):
    with pytest.raises(ValueError, match="balance"):
        post(
            "E1",
            debit(STRIPE, amounts[0]),
            credit(AccountKind.UNAPPLIED, amounts[1], "one"),
            key="x",
            currency="usd",
            at=NOON,
        )


def test_no_account_falls_below_zero():
    deposit(100)

    with pytest.raises(NotEnough), transaction.atomic():
        post(
            "E1d",
            debit(AccountKind.UNAPPLIED, 101, "one"),
            credit(STRIPE, 101),
            key="y",
            currency="usd",
            at=NOON,
        )

    assert balance(AccountKind.UNAPPLIED, "one", "usd") == 100


def test_what_was_read_without_a_lock_overdraws_nothing(monkeypatch):
    deposit(100)
    lock = posting._lock_accounts

    def read_before_somebody_spent_it(*args):
        accounts = lock(*args)
        for each in accounts:
            each.balance = each.balance and each.balance + 500
        return accounts

    monkeypatch.setattr(posting, "_lock_accounts", read_before_somebody_spent_it)
    with pytest.raises(NotEnough), transaction.atomic():
        post(
            "E1d",
            debit(AccountKind.UNAPPLIED, 300, "one"),
            credit(STRIPE, 300),
            key="y",
            currency="usd",
            at=NOON,
        )

    assert balance(AccountKind.UNAPPLIED, "one", "usd") == 100


def test_currencies_do_not_mix():
    deposit(100)
    post(
        "E1c",
        debit(STRIPE, 7),
        credit(AccountKind.UNAPPLIED, 7, "one"),
        key="eur",
        currency="eur",
        at=NOON,
    )

    assert (balance(STRIPE, None, "usd"), balance(STRIPE, None, "eur")) == (100, 7)


# --- What raw SQL cannot do either ------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_ledgerentry SET amount = amount + 1",
        "DELETE FROM payments_ledgerentry",
        "UPDATE payments_ledgertransaction SET kind = 'E9'",
        "DELETE FROM payments_ledgertransaction",
        "DELETE FROM payments_ledgeraccount",
        "UPDATE payments_ledgeraccount SET balance = -1 WHERE balance IS NOT NULL",
    ],
)
def test_the_ledger_cannot_be_changed_by_hand(statement):
    deposit()

    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert balance(STRIPE, None, "usd") == 100


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE orders_orderevent SET to_status = 'completed'",
        "DELETE FROM orders_orderevent",
        "UPDATE orders_order SET terms_hash = 'x'",
        "DELETE FROM orders_order",
    ],
)
def test_history_and_deals_cannot_be_changed_by_hand(statement):
    an_order()

    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def write_by_hand(*amounts, header_first=False):
    header = LedgerTransaction(
        id=uuid7(), key="by-hand", kind="E1", currency="usd", at=timezone.now()
    )
    if header_first:
        header.save(force_insert=True)
    for number, amount in enumerate(amounts):
        account = LedgerAccount.objects.create(
            kind=AccountKind.UNAPPLIED,
            code=f"unapplied:{number}",
            currency="usd",
            balance=0,
        )
        LedgerEntry.objects.create(
            transaction_id=header.id, account=account, amount=amount
        )
    if not header_first:
        header.save(force_insert=True)


@pytest.mark.parametrize("amounts", [(100, -99), (5,), ()])
def test_the_database_refuses_a_posting_that_does_not_balance(amounts):
    with pytest.raises(DatabaseError), transaction.atomic():
        write_by_hand(*amounts)


def test_the_database_refuses_legs_after_their_header():
    deposit()
    header = LedgerTransaction.objects.get()
    account = LedgerAccount.objects.create(
        kind=AccountKind.UNAPPLIED, code="unapplied:late", currency="usd", balance=0
    )

    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEntry.objects.create(transaction=header, account=account, amount=5)


def test_a_posting_of_two_currencies_is_refused():
    euro = LedgerAccount.objects.create(
        kind=AccountKind.UNAPPLIED, code="unapplied:e", currency="eur", balance=0
    )
    dollar = LedgerAccount.objects.create(
        kind=AccountKind.UNAPPLIED, code="unapplied:d", currency="usd", balance=0
    )
    header = LedgerTransaction(id=uuid7(), key="k", kind="E1", currency="usd", at=NOON)

    with transaction.atomic():
        for account, amount in ((euro, 5), (dollar, -5)):
            LedgerEntry.objects.create(
                transaction_id=header.id, account=account, amount=amount
            )
        with pytest.raises(DatabaseError), transaction.atomic():
            header.save(force_insert=True)
        transaction.set_rollback(True)


# --- The checker finds what is wrong ------------------------------------------------


@pytest.fixture
def by_hand():
    """Do what the database would refuse."""
    guards.remove()

    def run(statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)
        return {code for code, found in invariants.check().items() if found}

    return run


@pytest.mark.breaks_the_books
@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        (
            "UPDATE payments_ledgerentry SET amount = amount + 1 WHERE amount > 0",
            {"I1", "I2"},
        ),
        (
            "UPDATE payments_ledgeraccount SET balance = 5 WHERE kind = 'escrow'",
            {"I3", "I5"},
        ),
        ("UPDATE payments_payment SET status = 'failed'", {"I7"}),
        ("UPDATE orders_order SET status = 'revision'", {"I8"}),
        ("DELETE FROM payments_earning", {"I6"}),
    ],
)
def test_the_check_names_what_was_broken(by_hand, statement, codes):
    an_order(status="completed")

    found = by_hand(statement)

    assert codes | {"I9"} <= found


@pytest.mark.breaks_the_books
def test_a_guard_that_is_gone_is_noticed(by_hand):
    assert by_hand("SELECT 1") == {"I9"}
