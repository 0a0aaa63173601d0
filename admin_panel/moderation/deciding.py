"""What moderators decide about a case: one action each, which calls those of the apps below."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

import accounts.actions
import gigs.actions
import messaging.actions
import orders.actions
from accounts.models import Report, Standing, User
from accounts.roles import MAY_DECIDE_ESCALATED
from admin_panel.moderation.cases import Case, target_of
from gigs.models import Gig
from gigs.status import KNOWN_TO_BUYERS
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import ESCALATED, AuditEntry, StaffTask
from messaging.models import Message, NotificationKind
from orders.models import Review


@transaction.atomic
def approve(
    case: Case, *, actor: User, reason: str, seen: datetime | None, now: datetime
) -> str:
    """Put a gig on offer, or leave what was reported as it is; whoever asked is told."""
    _check(case, actor)
    if case.report is None:
        gigs.actions.approve(
            gig_id=case.thing.pk, actor=actor, reason=reason, now=now, seen=seen
        )
        return _("Approved. Buyers see it now.")
    answered = accounts.actions.answer_report(
        report_id=case.report.pk, actor=actor, is_upheld=False, answer=reason, now=now
    )
    _close(answered, actor, now)
    return _("It stays. Whoever reported it has been told.")


@transaction.atomic
def reject(
    case: Case, *, actor: User, reason: str, seen: datetime | None, now: datetime
) -> str:
    """Send a gig back, or act on what was reported; its owner and the reporters are told."""
    _check(case, actor)
    if not reason.strip():
        raise NotAllowed(_("Say why; the people concerned read it."))
    if case.report is None:
        gigs.actions.reject(
            gig_id=case.thing.pk, actor=actor, reason=reason, now=now, seen=seen
        )
        return _("Sent back to the seller.")
    answered = accounts.actions.answer_report(
        report_id=case.report.pk, actor=actor, is_upheld=True, answer=reason, now=now
    )
    _act_on(case.thing, actor, reason, now)
    _close(answered, actor, now)
    return _("Done. Its owner and whoever reported it have been told.")


@transaction.atomic
def escalate(case: Case, *, actor: User, reason: str, now: datetime) -> str:
    """Hand a case that is too hard to the admins, with a note for them."""
    if case.task:
        raise Stale(_("This lies with the admins already."))
    _check(case, actor)
    if not reason.strip():
        raise NotAllowed(_("Say what the admins have to decide."))
    target = target_of(case.report or case.thing)
    StaffTask.objects.raise_once(
        kind=ESCALATED,
        target=target,
        text=f"{case.thing or _('Gone')}"[:90] + f": {reason}"[:200],
        opened_at=now,
    )
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="moderation.escalate",
        target=target,
        reason=reason,
    )
    return _("The admins have it now.")


def _check(case: Case, actor: User) -> None:
    """Moderators decide, admins what moderators could not, and nobody about themselves."""
    needed = "accounts.change_report"
    if case.is_escalated:
        needed = MAY_DECIDE_ESCALATED
    if not actor.has_perm(needed):
        raise NotAllowed(_("An admin decides about this."))
    if case.owner == actor:
        raise NotAllowed(_("Nobody decides about what is their own."))


def _act_on(thing: object, actor: User, reason: str, now: datetime) -> None:
    """Take away what was reported; what is gone already needs nothing more."""
    if isinstance(thing, Message):
        messaging.actions.remove_message(
            message_id=thing.pk, actor=actor, reason=reason, now=now
        )
    elif isinstance(thing, Review) and thing.removed_at is None:
        orders.actions.remove_review(
            review_id=thing.pk, actor=actor, reason=reason, now=now
        )
    elif isinstance(thing, Gig) and thing.status in KNOWN_TO_BUYERS:
        gigs.actions.take_down(gig_id=thing.pk, actor=actor, reason=reason, now=now)
    elif isinstance(thing, User) and thing.standing == Standing.ACTIVE:
        _suspend(thing, actor, reason, now)


def _suspend(person: User, actor: User, reason: str, now: datetime) -> None:
    accounts.actions.suspend(user_id=person.pk, actor=actor, reason=reason, now=now)
    # By mail: they cannot log in any more.
    messaging.actions.notify(
        user=person,
        kind=NotificationKind.CONTENT_REMOVED,
        key=f"suspended:{person.pk}:{now.isoformat()}",
        path=reverse("messaging:contact"),
        now=now,
        case="account",
        about={"reason": reason},
    )


def _close(decided: Iterable[Report], actor: User, now: datetime) -> None:
    """End the tasks of those that were escalated."""
    targets = [target_of(each) for each in decided]
    waiting = StaffTask.objects.escalated().filter(target__in=targets)
    waiting.update(closed_at=now, closed_by=actor)
