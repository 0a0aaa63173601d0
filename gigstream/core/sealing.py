"""What lies encrypted in the database: readable to this site, and not in a copy of the tables.

The first of ENCRYPTION_KEYS seals, or SECRET_KEY where there is none; all of them, and the
SECRET_KEY_FALLBACKS, still open what they once sealed. `manage.py reseal` moves on to the first.
"""

import base64
import hashlib
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models
from django.utils.encoding import force_bytes


def seal(text: str, *, purpose: str) -> str:
    return _cipher(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Raises `cryptography.fernet.InvalidToken` where no key fits any more."""
    return _cipher(purpose).decrypt(sealed.encode()).decode()


def _cipher(purpose: str) -> MultiFernet:
    """Each purpose has keys of its own, so that nothing can be carried from one to another."""
    secrets = [
        *settings.ENCRYPTION_KEYS,
        settings.SECRET_KEY,
        *settings.SECRET_KEY_FALLBACKS,
    ]
    keys = [
        hashlib.sha256(f"{purpose}:".encode() + force_bytes(each)).digest()
        for each in secrets
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is sealed on its way into the database. It cannot be searched for.

    The empty text stays empty, so that constraints can ask for it.
    """

    def __init__(self, *args: Any, purpose: str, **options: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "purpose": self.purpose}

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return seal(text, purpose=self.purpose) if text else text

    def from_db_value(self, value: str | None, *_args: Any) -> str | None:
        return unseal(value, purpose=self.purpose) if value else value
