"""The desk of the moderators: what waits, what it takes to decide, and who is told."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group

import accounts.actions
from accounts.models import Report, User
from gigs.models import Gig, GigChange
from gigs.status import GigStatus
from gigstream.core.models import AuditEntry, StaffTask
from messaging.models import Message, Notification
from tests.accounts.codes import prove
from tests.factories import (
    NOON,
    a_conversation,
    a_gig,
    a_message,
    a_moderator,
    a_picture,
    a_review,
    a_seller,
    a_user,
)

pytestmark = pytest.mark.django_db

LONG = "A mark that is drawn for you alone, in two rounds. " * 2


@pytest.fixture
def moderator(as_user):
    browser = as_user(a_moderator(full_name="Mo Moderator"))
    prove(browser)
    return browser


@pytest.fixture
def admin(as_user):
    person = a_user(is_staff=True)
    person.groups.add(Group.objects.get(name="admin"))
    browser = as_user(person)
    prove(browser)
    return browser


def a_report(target, target_id, *, reporter=None, now=NOON, **fields):
    fields = {"reason": "abuse", "text": "Look at this.", **fields}
    return accounts.actions.report(
        reporter=reporter or a_user(),
        target=target,
        target_id=target_id,
        now=now,
        **fields,
    )


def a_reported_message(*, around=0):
    sender, reader = a_user(full_name="Rude Rudi"), a_seller()
    thread = a_conversation(sender, reader)
    said = [
        a_message(thread, sender, f"Line {n}.", now=NOON + timedelta(minutes=n))
        for n in range(2 * around + 1)
    ]
    return a_report("message", said[around].pk, reporter=reader)


def a_gig_in_review(**fields):
    gig = a_gig(status=GigStatus.IN_REVIEW, description=LONG, updated_at=NOON, **fields)
    a_picture(gig=gig)
    return gig


def page(report_or_gig):
    kind = "report" if isinstance(report_or_gig, Report) else "gig"
    return f"/admin/moderation/{kind}-{report_or_gig.pk}/"


def news_of(person):
    news = Notification.objects.filter(user=person).with_words()
    return [(each.kind, each.text) for each in news]


def test_what_is_said_of_a_gig_that_is_approved_stays_in_the_log(moderator):
    gig = a_gig_in_review()

    moderator.post(page(gig), {"decision": "approve", "reason": "Asked a colleague."})

    assert AuditEntry.objects.get(verb="gigs.approve").reason == "Asked a colleague."


def test_a_new_gig_is_read_whole_and_approved(moderator):
    gig = a_gig_in_review()

    shown = moderator.get(page(gig)).text
    answer = moderator.post(page(gig), {"decision": "approve"}, follow=True)

    assert LONG.strip() in shown
    assert "Approved. Buyers see it now." in answer.text
    assert "Nothing waits here." in answer.text
    assert Gig.objects.get().status == GigStatus.ACTIVE
    assert news_of(gig.seller)[0][0] == "gig_approved"


def test_a_change_is_shown_beside_what_buyers_see_and_sent_back_with_a_ready_reason(
    moderator,
):
    gig = a_gig(title="I will draw a mark", description=LONG)
    GigChange.objects.create(gig=gig, sent_at=NOON, parts={"title": "I will sell one"})
    ready = "The title promises something other than the packages."

    shown = moderator.get(page(gig)).text
    moderator.post(page(gig), {"decision": "reject", "ready": ready})

    assert "<del>I will draw a mark</del>" in shown
    assert "<ins>I will sell one</ins>" in shown
    assert GigChange.objects.get().refusal == ready
    assert news_of(gig.seller) == [("gig_rejected", ready)]


def test_what_the_seller_changed_since_it_was_read_is_not_approved(moderator):
    gig = a_gig_in_review()
    old = {"decision": "approve", "seen": "2026-03-02T11:00:00.000000+0000"}

    answer = moderator.post(page(gig), old)

    assert (answer.status_code, "changed it meanwhile" in answer.text) == (409, True)
    assert Gig.objects.get().status == GigStatus.IN_REVIEW

    seen = re.search(r'name="seen" value="([^"]*)"', answer.text)[1]
    moderator.post(page(gig), {"decision": "approve", "seen": unescape(seen)})
    assert Gig.objects.get().status == GigStatus.ACTIVE


def test_a_reported_message_is_read_with_a_little_around_it_and_removed(
    moderator, as_user
):
    report = a_reported_message(around=8)

    shown = moderator.get(page(report)).text
    moderator.post(page(report), {"decision": "reject", "reason": "Insults."})

    message, entry = (
        Message.objects.get(pk=report.target_id),
        AuditEntry.objects.get(verb="messaging.remove_message"),
    )
    assert [f"Line {n}." in shown for n in (2, 3, 8, 13, 14)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert (message.body, entry.before["text"]) == ("", "Line 8.")
    assert ("content_removed", "Insults.") in news_of(message.sender)
    assert ("report_answered", "We acted on what you reported. Insults.") in news_of(
        report.reporter
    )
    thread = as_user(message.sender).get(message.conversation.get_absolute_url()).text
    assert "Removed by our moderators." in thread
    assert "Line 8." not in thread


def test_a_reported_review_gig_and_person_are_acted_upon(moderator):
    review, gig, person = a_review(), a_gig(), a_user()
    for kind, thing in (("review", review), ("gig", gig), ("user", person)):
        report = a_report(kind, thing.pk)
        moderator.post(page(report), {"decision": "reject", "reason": "Against it."})

    review.refresh_from_db()
    gig.refresh_from_db()
    person.refresh_from_db()
    assert review.removal_reason == "Against it."
    assert (gig.status, gig.rejection_reason) == ("rejected", "Against it.")
    assert person.standing == "suspended"
    assert news_of(person) == [("content_removed", "Against it.")]
    assert set(Report.objects.values_list("status", flat=True)) == {"upheld"}


def test_what_stays_is_told_to_everybody_who_reported_it(moderator):
    gig = a_gig()
    reports = [a_report("gig", gig.pk) for _ in range(2)]

    moderator.post(page(reports[0]), {"decision": "approve", "reason": "It is fine."})

    assert Gig.objects.get().is_on_offer
    for report in reports:
        assert news_of(report.reporter) == [
            ("report_answered", "It stays as it is. It is fine.")
        ]


def test_of_two_moderators_one_wins_and_the_other_is_told(moderator, as_user):
    other = as_user(a_moderator())
    prove(other)
    report, gig = a_report("gig", a_gig().pk), a_gig_in_review()

    moderator.post(page(report), {"decision": "approve"})
    late = other.post(page(report), {"decision": "reject", "reason": "Spam."})
    moderator.post(page(gig), {"decision": "approve"})
    late_too = other.post(page(gig), {"decision": "reject", "reason": "Spam."})

    assert late.status_code == late_too.status_code == 409
    assert "Mo Moderator has decided this already: Dismissed." in late.text
    assert "does not wait for review any more" in late_too.text
    assert Gig.objects.filter(status=GigStatus.ACTIVE).count() == 2


def test_what_is_escalated_is_decided_by_an_admin(moderator, admin):
    report = a_report("user", a_user().pk)

    moderator.post(page(report), {"decision": "escalate", "reason": "Too hard."})
    left = moderator.get("/admin/moderation/?queue=user").text
    again = moderator.post(page(report), {"decision": "escalate", "reason": "x"})
    refused = moderator.post(page(report), {"decision": "approve"})
    listed = admin.get("/admin/moderation/?queue=escalated").text
    admin.post(page(report), {"decision": "approve"})

    assert "Nothing waits here." in left
    assert (again.status_code, refused.status_code) == (409, 422)
    assert "Too hard." in listed
    assert Report.objects.get().status == "dismissed"
    assert not StaffTask.objects.open().exists()
    assert AuditEntry.objects.get(verb="moderation.escalate").reason == "Too hard."


@pytest.mark.parametrize("is_change", [False, True])
@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_an_escalated_gig_is_the_admins_in_the_list_of_gigs_too(
    moderator, admin, verb, is_change
):
    gig = a_change() if is_change else a_gig_in_review()
    a_picture(gig=gig)
    moderator.post(page(gig), {"decision": "escalate", "reason": "Too hard."})
    alone = f"/admin/gigs/gig/{gig.pk}/{verb}/"
    chosen = {"_selected_action": [str(gig.pk)], "sure": "1", "reason": "Well."}

    refused = moderator.post(alone, {"reason": "Well."})
    many = moderator.post(f"/admin/gigs/gig/many/{verb}/", chosen, follow=True)
    before = (AuditEntry.objects.count(), StaffTask.objects.open().count())
    admin.post(alone, {"reason": "Well."})

    assert (refused.status_code, "An admin decides" in refused.text) == (422, True)
    assert "An admin decides" in many.text
    assert before == (1, 1)
    assert AuditEntry.objects.filter(verb=f"gigs.{verb}").exists()
    assert not StaffTask.objects.open().exists()


def test_what_others_reported_of_what_is_escalated_is_the_admins_too(moderator, admin):
    person = a_user()
    report, other = (a_report("user", person.pk) for _ in range(2))
    moderator.post(page(report), {"decision": "escalate", "reason": "Too hard."})

    left = moderator.get("/admin/moderation/?queue=user").text
    again = moderator.post(page(other), {"decision": "escalate", "reason": "x"})
    refused = moderator.post(page(other), {"decision": "approve"})
    admin.post(page(other), {"decision": "approve"})

    assert "Nothing waits here." in left
    assert (again.status_code, refused.status_code) == (409, 422)
    assert not Report.objects.open().exists()
    assert not StaffTask.objects.open().exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"decision": "reject"}, "Say why"),
        ({"decision": "escalate", "reason": " "}, "Say what the admins"),
        ({"decision": "nonsense"}, "Choose what to do"),
        ({"decision": "reject", "reason": "x" * 301}, "at most 300"),
        ({"decision": "approve", "seen": "yesterday"}, "valid date"),
        ({"decision": "reject", "ready": "mine", "reason": "Kept."}, "Kept."),
    ],
)
def test_what_cannot_be_decided_so_is_explained(moderator, said, words):
    report = a_report("gig", a_gig().pk)

    answer = moderator.post(page(report), said)

    assert (answer.status_code, words in answer.text) == (422, True)
    assert Report.objects.get().status == "open"


def test_nobody_decides_about_themselves_or_what_they_reported(as_user):
    mine = a_moderator()
    browser = as_user(mine)
    prove(browser)
    for report in (
        a_report("gig", a_gig(seller=mine).pk),
        a_report("gig", a_gig().pk, reporter=mine),
    ):
        answer = browser.post(page(report), {"decision": "approve"})

        assert (answer.status_code, "Nobody decides" in answer.text) == (422, True)
    assert Report.objects.open().count() == 2


def test_what_is_gone_can_still_be_answered(moderator):
    report = a_report("review", a_user().pk)

    shown = moderator.get(page(report))
    moderator.post(page(report), {"decision": "approve"})

    assert (shown.status_code, "Gone" in shown.text) == (200, True)
    assert Report.objects.get().status == "dismissed"


def test_the_next_case_comes_by_itself_and_one_can_be_skipped(moderator):
    first, second, third = (
        a_report("gig", a_gig().pk, now=NOON + timedelta(hours=n)) for n in range(3)
    )

    skip = moderator.get(page(first)).context["skip"]
    answer = moderator.post(page(second), {"decision": "approve"})

    assert skip == f"{page(second)}?queue=gig"
    assert answer.url == f"{page(first)}?queue=gig"
    assert moderator.get(page(third)).context["skip"] == "/admin/moderation/?queue=gig"


def test_a_queue_is_cut_by_key(moderator, monkeypatch):
    monkeypatch.setattr("admin_panel.moderation.cases.SHOWN", 2)
    gigs = [a_gig_in_review(title=f"Gig {n}") for n in range(3)]
    Gig.objects.filter(pk=gigs[0].pk).update(updated_at=NOON - timedelta(hours=1))

    first = moderator.get("/admin/moderation/")
    rest = moderator.get("/admin/moderation/", {"after": first.context["older"]})

    assert [row.title for row in first.context["rows"]] == ["Gig 0", "Gig 1"]
    assert [row.title for row in rest.context["rows"]] == ["Gig 2"]
    before_all_time = f"0001-01-01T00:00+14:00_gig-{gigs[0].pk}"
    no_keys = ("x", "2026-01-01_x", "2026-01-01T00:00:00+00:00_gig-x", before_all_time)
    for nonsense in no_keys:
        answer = moderator.get("/admin/moderation/", {"after": nonsense})
        assert answer.status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("queue", ["gigs", "message", "review", "user", "gig"])
def test_a_queue_asks_as_often_whatever_waits(
    moderator, django_assert_num_queries, queue, rows
):
    for _ in range(rows):
        a_gig_in_review()
        a_reported_message()
        a_report("review", a_review().pk)
        a_report("user", a_user().pk)
        a_report("gig", a_gig().pk)

    with django_assert_num_queries(9):
        moderator.get(f"/admin/moderation/?queue={queue}")


def a_change():
    gig = a_gig(description=LONG)
    GigChange.objects.create(gig=gig, sent_at=NOON, parts={"title": "I will sell one"})
    return gig


CASES = {
    "gig in review": (a_gig_in_review, 16),
    "change": (a_change, 15),
    "message": (lambda: a_reported_message(around=1), 15),
    "review": (lambda: a_report("review", a_review().pk), 12),
    "person": (lambda: a_report("user", a_user().pk), 12),
    "gig": (lambda: a_report("gig", a_gig().pk), 18),
}


@pytest.mark.parametrize("others", [1, 3])
@pytest.mark.parametrize("kind", CASES)
def test_a_case_asks_as_often_whatever_is_said_of_it(
    moderator, django_assert_num_queries, kind, others
):
    make, queries = CASES[kind]
    case = make()
    for n in range(others):
        make()
        if isinstance(case, Report):
            a_report(case.target, case.target_id)
        if kind == "message":
            message = Message.objects.get(pk=case.target_id)
            later = NOON + timedelta(hours=n + 1)
            a_message(message.conversation, message.sender, "More.", now=later)

    with django_assert_num_queries(queries):
        moderator.get(page(case))


def test_the_desk_is_for_moderators(as_user):
    report = a_report("gig", a_gig().pk)
    for role in ("support", "finance"):
        person = a_user(is_staff=True)
        person.groups.add(Group.objects.get(name=role))
        browser = as_user(person)
        prove(browser)

        assert browser.get("/admin/moderation/").status_code == 403
        assert browser.post(page(report), {"decision": "approve"}).status_code == 403
    assert User.objects.filter(standing="suspended").count() == 0
