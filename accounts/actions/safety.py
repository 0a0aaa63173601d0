"""What people do against people: block them, and tell the moderators."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Block, Report, Standing, User
from gigstream.core.errors import NotAllowed


def block(*, blocker: User, blocked_id: UUID, now: datetime) -> None:
    """No messages either way, and no new orders. Doing it twice is doing it once."""
    if blocker.pk == blocked_id:
        raise NotAllowed(_("You cannot block yourself."))
    Block.objects.get_or_create(
        blocker=blocker, blocked_id=blocked_id, defaults={"at": now}
    )


def unblock(*, blocker: User, blocked_id: UUID) -> None:
    Block.objects.visible_to(blocker).filter(blocked=blocked_id).delete()


@transaction.atomic
def report(
    *,
    reporter: User,
    target: Report.Target,
    target_id: UUID,
    reason: str,
    text: str,
    now: datetime,
) -> Report:
    """Tell the moderators; while they have not answered, the same person tells once."""
    if target == Report.Target.USER and target_id == reporter.pk:
        raise NotAllowed(_("You cannot report yourself."))
    if reporter.standing != Standing.ACTIVE:
        raise NotAllowed(_("This account cannot report anybody."))
    told, is_new = Report.objects.get_or_create(
        reporter=reporter,
        target=target,
        target_id=target_id,
        status=Report.Status.OPEN,
        defaults={"reason": reason, "text": text, "at": now},
    )
    if not is_new:
        raise NotAllowed(
            _("You have reported this already; our moderators will look at it.")
        )
    return told
