from cryptography.fernet import InvalidToken
from django.db import migrations
from django.db.models import TextField, Value
from django.db.models.functions import Cast

from gigstream.core.sealing import unseal

PURPOSE = "payments.account_number"


def seal_all(apps, schema_editor):
    for pk, stored, methods in _stored(apps):
        if not _is_sealed(stored):
            methods.filter(pk=pk).update(account_number=stored)


def unseal_all(apps, schema_editor):
    for pk, stored, methods in _stored(apps):
        if _is_sealed(stored):
            plain = Value(unseal(stored, purpose=PURPOSE))
            methods.filter(pk=pk).update(account_number=Cast(plain, TextField()))


def _stored(apps):
    """What the column holds, past the field that would open it."""
    methods = apps.get_model("payments", "PayoutMethod").objects
    rows = methods.exclude(account_number="").annotate(
        stored=Cast("account_number", TextField())
    )
    for pk, stored in list(rows.values_list("pk", "stored")):
        yield pk, stored, methods


def _is_sealed(stored):
    try:
        unseal(stored, purpose=PURPOSE)
    except InvalidToken:
        return False
    return True


class Migration(migrations.Migration):
    dependencies = [("payments", "0013_account_numbers_are_sealed")]

    operations = [migrations.RunPython(seal_all, unseal_all)]
