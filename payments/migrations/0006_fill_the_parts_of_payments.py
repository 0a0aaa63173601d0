from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def fill(apps, schema_editor):
    """Until now every payment was for an order as a whole."""
    Order = apps.get_model("orders", "Order")
    order = Order.objects.filter(pk=OuterRef("order_id"))
    unfilled = apps.get_model("payments", "Payment").objects.exclude(
        amount=F("price") + F("fee")
    )
    unfilled.update(
        price=F("amount") - Subquery(order.values("fee")[:1]),
        fee=Subquery(order.values("fee")[:1]),
        commission=Subquery(order.values("commission")[:1]),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0005_refund_knows_its_parts'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
