"""How passwords are kept."""

from django.conf import settings
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher


class BCryptHasher(BCryptSHA256PasswordHasher):
    """bcrypt over SHA-256, as slow as `BCRYPT_ROUNDS` says.

    A password with another cost is hashed anew when its owner next logs in.
    """

    def __init__(self) -> None:
        self.rounds = settings.BCRYPT_ROUNDS
