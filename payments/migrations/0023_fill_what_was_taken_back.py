"""What each posting after clearance took of a lot (E10, E11), less what came back (E12)."""

from django.db import migrations
from django.db.models import F, Sum


def fill(apps, schema_editor):
    entries = apps.get_model("payments", "LedgerEntry").objects
    earnings = apps.get_model("payments", "Earning").objects
    parts = {
        "rreq": apps.get_model("payments", "Refund").objects,
        "cbw": apps.get_model("payments", "Chargeback").objects,
        "cbwon": apps.get_model("payments", "Chargeback").objects,
    }
    moved = entries.filter(
        transaction__kind__in=["E10", "E11", "E12"],
        account__kind__in=["seller_available", "seller_receivable"],
    )
    sums = moved.values_list("transaction_id", "transaction__key")
    for _pk, key, amount in sums.annotate(Sum("amount")).order_by("transaction_id"):
        verb, _colon, name = key.partition(":")
        payment = parts[verb].select_related("payment").get(pk=name).payment
        tip = payment if payment.purpose == "tip" else None
        lot = earnings.filter(order=payment.order_id, tip=tip)
        lot.update(taken_back=F("taken_back") + amount)


class Migration(migrations.Migration):
    dependencies = [("payments", "0022_earning_knows_what_was_taken_back")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
