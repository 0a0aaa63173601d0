"""What was paid of the orders of a day, instead of what was paid on it.

The overview tells which part of the orders of 30 days was paid; of those paid in 30 days,
some were placed before.
"""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import migrations
from django.db.models import Count
from django.db.models.functions import TruncDate

PAID = "paid"


def count_anew(apps, schema_editor):
    figures = apps.get_model("admin_panel", "DailyFigure").objects
    if not figures.exists():  # the job adds all up, once it runs
        return
    paid = apps.get_model("orders", "Order").objects.filter(paid_at__isnull=False)
    day = TruncDate("placed_at", tzinfo=ZoneInfo(settings.BUSINESS_TIME_ZONE))
    by_day = paid.order_by().values(day=day).annotate(count=Count("pk"))
    figures.filter(metric=PAID).delete()
    figures.bulk_create(
        [
            figures.model(day=row["day"], metric=PAID, amount=row["count"])
            for row in by_day
        ],
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("admin_panel", "0001_figures_of_each_day"),
        ("orders", "0010_staff_read_its_tables_in_their_language"),
    ]

    operations = [migrations.RunPython(count_anew, migrations.RunPython.noop)]
