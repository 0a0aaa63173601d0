"""What the database itself refuses about the ledger."""

# ruff: noqa: S608 - table names are constants of this file, nothing comes from outside

from gigstream.core.guards import Guard, append_only, guard

HEADER, LEG, ACCOUNT = (
    "payments_ledgertransaction",
    "payments_ledgerentry",
    "payments_ledgeraccount",
)

append_only(HEADER)
append_only(LEG)
append_only("payments_paper")
guard(
    # Legs are written before their header, so the header can be refused unless they balance.
    Guard(
        name="ledger_transaction_balances",
        table=HEADER,
        event="INSERT",
        condition=(
            f"(SELECT COUNT(*) FROM {LEG} WHERE transaction_id = NEW.id) < 2 "
            f"OR (SELECT SUM(amount) FROM {LEG} WHERE transaction_id = NEW.id) <> 0"
        ),
    ),
    Guard(
        name="ledger_transaction_has_one_currency",
        table=HEADER,
        event="INSERT",
        condition=(
            f"EXISTS (SELECT 1 FROM {LEG} AS leg JOIN {ACCOUNT} AS account "
            "ON account.id = leg.account_id "
            "WHERE leg.transaction_id = NEW.id AND account.currency <> NEW.currency)"
        ),
    ),
    Guard(
        name="ledger_entry_is_not_late",
        table=LEG,
        event="INSERT",
        condition=f"EXISTS (SELECT 1 FROM {HEADER} WHERE id = NEW.transaction_id)",
    ),
    Guard(name="ledger_account_is_never_deleted", table=ACCOUNT, event="DELETE"),
)
