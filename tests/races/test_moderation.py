"""Two moderators who decide the same case at the same moment, with negative controls."""

import pytest

import accounts.actions
from accounts.models import Report
from admin_panel.moderation import cases, deciding
from gigs.models import Gig
from gigs.status import GigStatus
from gigstream.core.errors import Stale
from gigstream.core.models import AuditEntry
from tests.factories import NOON, a_gig, a_moderator, a_picture, a_user
from tests.races.together import meet_at, take_locks_out, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def a_report():
    report = accounts.actions.report(
        reporter=a_user(),
        target=Report.Target.GIG,
        target_id=a_gig().pk,
        reason="copy",
        text="I made this.",
        now=NOON,
    )
    return f"report-{report.pk}"


def a_gig_in_review():
    gig = a_gig(status=GigStatus.IN_REVIEW, description="A mark for you. " * 10)
    a_picture(gig=gig)
    return f"gig-{gig.pk}"


CASES = {
    # What is decided, and where both have read it and neither has written.
    "report": (a_report, "accounts.actions.safety._answer"),
    "gig": (a_gig_in_review, "gigs.actions.review._refuse_unread"),
}


def two_decide(monkeypatch, which):
    make, meeting = CASES[which]
    ref = make()
    meet_at(monkeypatch, meeting)
    # Both have the page open.
    case = cases.find(ref)
    one, other = a_moderator(), a_moderator()
    said = {"reason": "Ours.", "seen": None, "now": NOON}
    return together(
        lambda: deciding.approve(case, actor=one, **said),
        lambda: deciding.reject(case, actor=other, **said),
    )


def decisions():
    verbs = ["accounts.answer_report", "gigs.approve", "gigs.reject"]
    return AuditEntry.objects.filter(verb__in=verbs).count()


@pytest.mark.parametrize("which", CASES)
def test_one_decides_and_the_other_is_told(monkeypatch, which):
    results = two_decide(monkeypatch, which)

    assert sum(isinstance(each, Stale) for each in results) == 1, results
    assert decisions() == 1


@pytest.mark.parametrize("which", CASES)
def test_without_the_lock_both_decide(monkeypatch, which):
    take_locks_out(monkeypatch)

    results = two_decide(monkeypatch, which)

    assert all(isinstance(each, str) for each in results), results
    assert decisions() == 2
    assert Gig.objects.count() == 1
