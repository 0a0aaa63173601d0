"""`manage.py reseal`: encrypt anew, under the first key, what lies encrypted in the database."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction

from gigstream.core.sealing import SealedTextField


class Command(BaseCommand):
    help = (
        "After a new key was put in front: encrypt what the older ones have encrypted."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            fields = [
                field.attname
                for field in model._meta.local_concrete_fields
                if isinstance(field, SealedTextField)
            ]
            if not fields:
                continue
            for pk in model._default_manager.values_list("pk", flat=True):
                _reseal(model, pk, fields)
            self.stdout.write(f"{model._meta.label}: {', '.join(fields)}")


@transaction.atomic
def _reseal(model: Any, pk: Any, fields: list[str]) -> None:
    row = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if row:
        # Reading opens with any key, saving seals with the first.
        row.save(update_fields=fields)
