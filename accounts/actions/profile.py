"""What people say of themselves, and how the site looks to them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Side, User
from accounts.quota import refuse_what_does_not_fit
from gigstream.core import jobs
from gigstream.core.errors import NotAllowed
from gigstream.services.cloudinary import Picture


@transaction.atomic
def edit_profile(
    *,
    user_id: UUID,
    full_name: str,
    headline: str,
    bio: str,
    location: str,
    country: str,
    spoken_languages: list[str],
    skills: list[str],
) -> User:
    user = User.objects.select_for_update().get(pk=user_id)
    user.full_name, user.headline, user.bio = full_name, headline, bio
    user.location, user.country = location, country
    user.spoken_languages, user.skills = spoken_languages, skills
    user.save(
        update_fields=[
            "full_name",
            "headline",
            "bio",
            "location",
            "country",
            "spoken_languages",
            "skills",
        ]
    )
    return user


@transaction.atomic
def show_face(*, user_id: UUID, picture: Picture) -> None:
    """Put a picture in place of the last one, whose file is then deleted."""
    user = _lock(user_id)
    refuse_what_does_not_fit(user, picture.bytes, instead_of=user.avatar_bytes)
    _change_face(user, picture.public_id, picture.version, picture.bytes)


@transaction.atomic
def remove_face(*, user_id: UUID) -> None:
    """Go back to the initials."""
    _change_face(_lock(user_id), "", 0, 0)


def _lock(user_id: UUID) -> User:
    return User.objects.select_for_update().get(pk=user_id)


def _change_face(user: User, public_id: str, version: int, size: int) -> None:
    old, user.avatar_id = user.avatar_id, public_id
    user.avatar_version, user.avatar_bytes = version, size
    user.save(update_fields=["avatar_id", "avatar_version", "avatar_bytes"])
    if old and old != public_id:
        jobs.enqueue("accounts.tasks.destroy_avatar", public_id=old)


def change_appearance(
    *, user_id: UUID, theme: str, language: str, time_zone: str, amounts: str
) -> None:
    User.objects.filter(pk=user_id).update(
        theme=theme, language=language, time_zone=time_zone, amounts=amounts
    )


def choose_theme(*, user_id: UUID, theme: str) -> None:
    User.objects.filter(pk=user_id).update(theme=theme)


def look_at(*, user_id: UUID, side: Side) -> None:
    """Remember which half of the dashboard to open next time."""
    User.objects.filter(pk=user_id).update(last_side=side)


@transaction.atomic
def go_away(
    *, user_id: UUID, begins: date, returns: date, message: str, now: datetime
) -> None:
    """Close the shop for a while; it opens again by itself. Running orders go on."""
    user = User.objects.select_for_update().get(pk=user_id)
    if not user.is_seller:
        raise NotAllowed(_("Only sellers have a shop to close."))
    if returns <= begins or returns <= now.astimezone(user.zone).date():
        raise NotAllowed(_("The day you are back must come after today."))
    user.vacation_from, user.vacation_until = begins, returns
    user.vacation_message = message
    user.save(update_fields=["vacation_from", "vacation_until", "vacation_message"])


def come_back(*, user_id: UUID) -> None:
    """Open the shop now, or forget a vacation that was planned."""
    User.objects.filter(pk=user_id).update(
        vacation_from=None, vacation_until=None, vacation_message=""
    )


def set_rating(*, user_id: UUID, rating: Decimal | None, review_count: int) -> None:
    """What the reviews of a seller come to, as the caller has counted them just now."""
    User.objects.filter(pk=user_id).update(rating=rating, review_count=review_count)


@transaction.atomic
def limit_queue(*, user_id: UUID, most: int | None) -> None:
    """Let gigs close by themselves while so many orders are open; None lifts the limit."""
    user = User.objects.select_for_update().get(pk=user_id)
    if not user.is_seller:
        raise NotAllowed(_("Only sellers have a queue."))
    user.most_open_orders = most
    user.save(update_fields=["most_open_orders"])
