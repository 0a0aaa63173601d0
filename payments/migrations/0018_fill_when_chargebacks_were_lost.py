"""The moment of each posting that gave a chargeback up (E13)."""

from django.db import migrations


def fill(apps, schema_editor):
    postings = apps.get_model("payments", "LedgerTransaction")
    chargebacks = apps.get_model("payments", "Chargeback")
    for key, at in postings.objects.filter(kind="E13").values_list("key", "at"):
        name = key.partition(":")[2]
        chargebacks.objects.filter(pk=name, lost_at=None).update(lost_at=at)


class Migration(migrations.Migration):
    dependencies = [("payments", "0017_chargeback_knows_when_it_was_lost")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
