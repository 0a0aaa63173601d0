"""What people do against people: block them, and tell the moderators."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Block, Report, Standing, User
from accounts.signals import report_answered
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry


def block(*, blocker: User, blocked_id: UUID, now: datetime) -> None:
    """No messages either way, and no new orders. Doing it twice is doing it once."""
    if blocker.pk == blocked_id:
        raise NotAllowed(_("You cannot block yourself."))
    # Blocked at the same moment elsewhere, and perhaps unblocked again: nothing to look up.
    Block.objects.bulk_create(
        [Block(blocker=blocker, blocked_id=blocked_id, at=now)], ignore_conflicts=True
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


@transaction.atomic
def answer_report(
    *, report_id: UUID, actor: User, is_upheld: bool, answer: str, now: datetime
) -> list[Report]:
    """Decide about a report, and so about all that are open about the same thing.

    Everybody who reported it is told. Of two moderators at once the second gets `Stale`.
    """
    asked = Report.objects.get(pk=report_id)
    alike = Report.objects.open().about(asked.target, asked.target_id)
    reports = list(alike.select_for_update(of=("self",)).order_by("pk"))
    if not actor.has_perm("accounts.change_report"):
        raise NotAllowed(_("Only moderators decide about reports."))
    if asked not in reports:
        asked.refresh_from_db()
        values = {"name": asked.decided_by, "what": asked.get_status_display()}
        raise Stale(_("%(name)s has decided this already: %(what)s.") % values)
    if any(report.reporter_id == actor.pk for report in reports):
        raise NotAllowed(_("Nobody decides about what they reported."))

    for report in reports:
        _answer(report, actor, is_upheld=is_upheld, answer=answer, now=now)
    return reports


def _answer(
    report: Report, actor: User, *, is_upheld: bool, answer: str, now: datetime
) -> None:
    report.status = Report.Status.UPHELD if is_upheld else Report.Status.DISMISSED
    report.decided_at, report.decided_by, report.answer = now, actor, answer
    report.save(update_fields=["status", "decided_at", "decided_by", "answer"])
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="accounts.answer_report",
        target=f"accounts.report:{report.pk}",
        before={"status": Report.Status.OPEN},
        after={"status": report.status},
        reason=answer,
    )
    report_answered.send(sender=Report, report=report, at=now)
