"""The link by which a new e-mail address proves that somebody reads its mail.

Nothing is stored until then, so nobody can hold an address that is not theirs. The link
names the old address: once that is changed, the link is dead.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from uuid import UUID

from django.core import signing

from accounts.models import User

SALT = "accounts.email_change"
LIFETIME = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChange:
    user_id: UUID
    old: str
    new: str

    @classmethod
    def of(cls, user: User, new: str) -> Self:
        return cls(user_id=user.pk, old=user.email, new=new)

    @property
    def key(self) -> str:
        return signing.dumps([str(self.user_id), self.old, self.new], salt=SALT)

    @classmethod
    def from_key(cls, key: str) -> Self | None:
        """What the link asks for, unless it is made up or too old."""
        try:
            user_id, old, new = signing.loads(key, salt=SALT, max_age=LIFETIME)
        except signing.BadSignature:
            return None
        return cls(user_id=UUID(user_id), old=old, new=new)
