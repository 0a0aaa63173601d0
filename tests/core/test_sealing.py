"""What lies encrypted in the database, and what becomes of it when keys change."""

import importlib
import io

import pytest
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from gigstream.core.sealing import seal, unseal
from payments.models import PayoutMethod
from tests.factories import a_payout_method, a_seller

NUMBER = "DE89370400440532013000"


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_number FROM payments_payoutmethod")
        return cursor.fetchone()[0]


def test_what_is_sealed_for_one_purpose_does_not_open_for_another():
    sealed = seal("secret", purpose="one")

    assert unseal(sealed, purpose="one") == "secret"
    with pytest.raises(InvalidToken):
        unseal(sealed, purpose="two")


@pytest.mark.django_db
def test_an_account_number_is_nowhere_in_the_database_and_moves_on_to_a_new_key(
    settings,
):
    a_payout_method(a_seller())
    first = stored()
    settings.ENCRYPTION_KEYS = ["new" * 20]
    assert PayoutMethod.objects.get().account_number == NUMBER

    call_command("reseal", stdout=io.StringIO())

    settings.SECRET_KEY, second = "another", stored()
    assert NUMBER not in first + second
    assert first != second
    assert PayoutMethod.objects.get().account_number == NUMBER
    assert PayoutMethod.objects.values_list("account_number", flat=True)[0] == NUMBER


@pytest.mark.django_db
def test_numbers_from_before_are_sealed_once_and_can_be_opened_again():
    method = a_payout_method(a_seller())
    migration = importlib.import_module(
        "payments.migrations.0014_seal_the_account_numbers"
    )

    migration.unseal_all(apps, None)
    assert stored() == NUMBER
    for _ in range(2):
        migration.seal_all(apps, None)

    assert NUMBER not in stored()
    method.refresh_from_db()
    assert method.account_number == NUMBER
