"""What the pictures of gigs take of an account's room, from the moment they are sent."""

from django.db.models import Sum

from accounts.models import User
from accounts.quota import takes_room


@takes_room
def pictures_of_gigs(user: User) -> int:
    sent: int | None = user.picture_uploads.aggregate(bytes=Sum("size"))["bytes"]
    return sent or 0
