from django.db import migrations

DEBIT_KINDS = {"dispute_hold", "seller_receivable"}


def fill(apps, schema_editor):
    """Add up each account once more. The guards stand aside while migrations run."""
    account_model = apps.get_model("payments", "LedgerAccount")
    for account in account_model.objects.filter(balance__isnull=False).iterator():
        sign, balance = (1 if account.kind in DEBIT_KINDS else -1), 0
        for entry in account.entries.order_by("id").iterator():
            balance += sign * entry.amount
            account.entries.filter(pk=entry.pk).update(balance_after=balance)


class Migration(migrations.Migration):

    dependencies = [("payments", "0003_ledger_entry_remembers_the_balance")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
