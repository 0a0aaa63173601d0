"""The link by which a new e-mail address proves that somebody reads its mail.

Nothing is stored until then, so nobody can hold an address that is not theirs. The link
names the old address and stands on the password: once one of them is changed, the link is
dead, so that a new password also ends what a stolen session has begun.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from uuid import UUID

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User

SALT = "accounts.email_change"
LIFETIME = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChange:
    user_id: UUID
    old: str
    new: str
    proof: str

    @classmethod
    def of(cls, user: User, new: str) -> Self:
        return cls(user_id=user.pk, old=user.email, new=new, proof=proof_of(user))

    @property
    def key(self) -> str:
        return signing.dumps(
            [str(self.user_id), self.old, self.new, self.proof], salt=SALT
        )

    @classmethod
    def from_key(cls, key: str) -> Self | None:
        """What the link asks for, unless it is made up or too old."""
        try:
            user_id, old, new, proof = signing.loads(key, salt=SALT, max_age=LIFETIME)
        except (signing.BadSignature, ValueError):
            return None
        return cls(user_id=UUID(user_id), old=old, new=new, proof=proof)

    def is_of(self, user: User) -> bool:
        """Whether it is still the account that asked, with the password of then."""
        return self.old == user.email and constant_time_compare(
            self.proof, proof_of(user)
        )


def proof_of(user: User) -> str:
    return salted_hmac(SALT, user.password).hexdigest()
