"""Everybody gets an address: a username made from the name."""

import secrets

from django.db import migrations
from django.db.models.functions import Lower
from django.utils.text import slugify

OURS = {"admin", "gigstream", "help", "moderator", "staff", "support", "team", "person"}


def give_usernames(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    named = User.objects.exclude(username=None).annotate(handle=Lower("username"))
    taken = set(named.values_list("handle", flat=True)) | OURS
    without = User.objects.filter(username=None).exclude(standing="closed")
    for user in without.only("pk", "full_name").iterator():
        plain = slugify(user.full_name).replace("_", "-")[:24].strip("-") or "person"
        username = plain
        while username in taken:
            username = f"{plain}-{secrets.randbelow(90_000) + 10_000}"
        taken.add(username)
        User.objects.filter(pk=user.pk).update(username=username)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_profile_safety_privacy")]

    operations = [migrations.RunPython(give_usernames, migrations.RunPython.noop)]
