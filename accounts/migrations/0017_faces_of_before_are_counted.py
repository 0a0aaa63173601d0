"""Faces that were there before their size was noted count as about what they take."""

from django.db import migrations

ESTIMATE = 60_000


def estimate(apps, _schema_editor):
    people = apps.get_model("accounts", "User").objects.exclude(avatar_id="")
    people.filter(avatar_bytes=0).update(avatar_bytes=ESTIMATE)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_pictures_of_accounts_are_counted")]

    operations = [migrations.RunPython(estimate, migrations.RunPython.noop)]
