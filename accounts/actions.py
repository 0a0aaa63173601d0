"""What people do with their own account."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Standing, User
from gigstream.core.errors import NotAllowed


@transaction.atomic
def start_selling(
    *, user_id: UUID, headline: str, bio: str, location: str, now: datetime
) -> User:
    """Let a person offer gigs. Who sells already keeps the day on which they began."""
    user = User.objects.select_for_update().get(pk=user_id)
    if user.standing != Standing.ACTIVE:
        raise NotAllowed(_("This account cannot sell."))

    user.headline, user.bio, user.location = headline, bio, location
    user.selling_since = user.selling_since or now
    user.save(update_fields=["headline", "bio", "location", "selling_since"])
    return user
