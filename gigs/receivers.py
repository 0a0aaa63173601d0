"""What the shop window listens to."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.signals import account_closed
from gigs import favorites
from gigs.actions.favorites import save, unsave_all
from gigs.actions.leave import archive_all
from gigs.models import Gig
from gigstream.core import clock
from gigstream.core.errors import NotAllowed


@receiver(account_closed)
def clear_the_shelf(
    *, user: User, keep_texts: bool, at: datetime, **_kwargs: Any
) -> None:
    archive_all(seller=user, keep_texts=keep_texts, now=at)
    unsave_all(user=user)


@receiver(user_logged_in)
def save_what_was_wanted(*, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """A visitor pressed a heart and was asked to log in: here the gig gets its place."""
    wanted = favorites.take_wanted(request)
    gig = Gig.objects.visible_to(user).filter(pk=wanted).first() if wanted else None
    if gig is None:
        return
    try:
        save(gig_id=gig.pk, actor=user, now=clock.now())
    except NotAllowed as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.info(request, _("Saved: %(title)s") % {"title": gig.title})
