"""Tokens for what staff may do, which could live for a year, live for 30 days."""

from datetime import timedelta

from django.db import migrations

MOST = timedelta(days=30)


def end_sooner(apps, _schema_editor):
    for token in apps.get_model("accounts", "ApiToken").objects.all().iterator():
        end = token.created_at + MOST
        if "admin" in token.scopes and token.expires_at > end:
            token.expires_at = end
            token.save(update_fields=["expires_at"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_a_face_takes_room")]

    operations = [migrations.RunPython(end_sooner, migrations.RunPython.noop)]
