"""What staff do about gigs that buyers know, one by one and many at once."""

import pytest

from gigs import actions
from gigs.models import Gig
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry
from messaging.models import Notification
from tests.accounts.codes import prove
from tests.factories import NOON, a_gig, a_moderator, a_picture, a_user

pytestmark = pytest.mark.django_db

TAKEN_OFF = {
    actions.take_down: GigStatus.REJECTED,
    actions.pause_as_staff: GigStatus.PAUSED,
    actions.archive_as_staff: GigStatus.ARCHIVED,
}


@pytest.fixture
def moderator():
    return a_moderator()


@pytest.fixture
def browser(moderator, as_user):
    browser = as_user(moderator)
    prove(browser)
    return browser


def a_whole_gig(**fields):
    gig = a_gig(description="A mark that is drawn for you alone. " * 3, **fields)
    a_picture(gig=gig)
    return gig


def chosen(*gigs, **said):
    return {"_selected_action": [str(gig.pk) for gig in gigs], **said}


@pytest.mark.parametrize("verb", TAKEN_OFF)
def test_staff_take_a_gig_off_and_its_seller_reads_why(moderator, verb):
    gig = a_gig()

    verb(gig_id=gig.pk, actor=moderator, reason="Somebody else's work.", now=NOON)

    gig.refresh_from_db()
    entry, news = AuditEntry.objects.get(), Notification.objects.get()
    assert gig.status == TAKEN_OFF[verb]
    assert (entry.before, entry.reason) == (
        {"status": "active"},
        "Somebody else's work.",
    )
    assert (news.user, news.text) == (gig.seller, "Somebody else's work.")


def test_what_staff_took_down_comes_back_only_by_a_review(moderator):
    for verb, seller_does in (
        (actions.take_down, [actions.publish]),
        (actions.archive_as_staff, [actions.restore, actions.publish]),
    ):
        gig = a_whole_gig()
        verb(gig_id=gig.pk, actor=moderator, reason="Not a service.", now=NOON)
        for step in seller_does:
            step(gig_id=gig.pk, actor=gig.seller, now=NOON)

        assert Gig.objects.get(pk=gig.pk).status == GigStatus.IN_REVIEW


def test_a_seller_is_told_that_what_staff_archived_is_looked_at(moderator, as_user):
    gig = a_whole_gig()
    actions.archive_as_staff(
        gig_id=gig.pk, actor=moderator, reason="Not a service.", now=NOON
    )
    actions.restore(gig_id=gig.pk, actor=gig.seller, now=NOON)

    page = as_user(gig.seller).get(f"/sell/gigs/{gig.slug}/edit/review/").text

    assert "Send for review" in page
    assert "We look at it before buyers see it" in page


def test_only_staff_take_off_with_a_reason_and_not_their_own(moderator):
    gig, own = a_gig(), a_gig(seller=moderator)

    for what, actor, reason in (
        (gig, a_user(), "x"),
        (gig, moderator, " "),
        (own, moderator, "x"),
        (a_gig(status=GigStatus.DRAFT, published_at=None), moderator, "x"),
    ):
        with pytest.raises(NotAllowed):
            actions.take_down(gig_id=what.pk, actor=actor, reason=reason, now=NOON)
    assert not AuditEntry.objects.exists()


def test_what_the_seller_changed_meanwhile_is_not_approved_unread(moderator):
    gig = a_whole_gig(status=GigStatus.IN_REVIEW, updated_at=NOON)

    with pytest.raises(Stale):
        actions.approve(
            gig_id=gig.pk, actor=moderator, now=NOON, seen=NOON.replace(hour=11)
        )
    actions.approve(gig_id=gig.pk, actor=moderator, now=NOON, seen=NOON)
    with pytest.raises(Stale):
        actions.reject(gig_id=gig.pk, actor=moderator, reason="Late.", now=NOON)


def test_many_are_counted_and_confirmed_and_one_refusal_stops_no_other(browser):
    gigs = [a_gig(), a_gig(), a_gig(status=GigStatus.DRAFT, published_at=None)]

    asked = browser.post(
        "/admin/gigs/gig/?status__exact=active", chosen(*gigs, action="take_down")
    )
    empty = browser.post(
        "/admin/gigs/gig/many/take_down/", chosen(*gigs, sure="1", reason=" ")
    )
    back = "/admin/gigs/gig/?status__exact=active"
    done = browser.post(
        "/admin/gigs/gig/many/take_down/",
        chosen(*gigs, sure="1", reason="Spam.", back=back),
        follow=True,
    )

    assert (asked.status_code, "3 rows are chosen" in asked.text) == (200, True)
    assert gigs[0].title in asked.text
    assert (empty.status_code, "required" in empty.text) == (422, True)
    assert done.redirect_chain == [(back, 302)]
    assert "Take down: done for 2 of 3." in done.text
    assert "so that cannot be done now" in done.text
    assert Gig.objects.filter(rejection_reason="Spam.").count() == 2


@pytest.mark.parametrize("keys", [[], ["nonsense"], [f"{n:032x}" for n in range(101)]])
def test_no_choice_and_too_many_are_refused(browser, keys):
    answer = browser.post(
        "/admin/gigs/gig/many/take_down/",
        {"_selected_action": keys, "sure": "1", "reason": "x", "back": "//evil"},
    )

    assert (answer.status_code, answer.url) == (302, "/admin/gigs/gig/")
    assert not AuditEntry.objects.exists()


def test_a_confirmation_asks_for_a_fresh_login_and_for_the_right(moderator, as_user):
    gig = a_gig()
    said = chosen(gig, sure="1", reason="x")

    stale = as_user(moderator).post("/admin/gigs/gig/many/take_down/", said)
    stranger = as_user(a_user(is_staff=True)).post(
        "/admin/gigs/gig/many/take_down/", said
    )

    assert (stale.status_code, "reauthenticate" in stale.url) == (302, True)
    assert stranger.status_code == 403
    assert Gig.objects.get().is_on_offer


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_as_much_whatever_it_holds(
    browser, django_assert_num_queries, rows
):
    for _ in range(rows):
        a_gig()

    with django_assert_num_queries(7):
        browser.get("/admin/gigs/gig/")


def test_a_list_counts_no_further_than_people_page(browser, monkeypatch):
    monkeypatch.setattr("gigstream.core.admin.COUNT_LIMIT", 2)
    for _ in range(3):
        a_gig()

    assert "2+" in browser.get("/admin/gigs/gig/").text
