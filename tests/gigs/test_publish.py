from datetime import timedelta

import pytest
from django.db.models import ProtectedError

from gigs import actions
from gigs.checklist import gaps
from gigs.models import Gig
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry, PlatformSetting
from tests.factories import NOON, a_gig, a_picture, a_seller, a_user, an_order
from tests.gigs.sellers import DESCRIPTION

pytestmark = pytest.mark.django_db


def a_complete_draft(**fields):
    fields = {
        "status": GigStatus.DRAFT,
        "published_at": None,
        "description": DESCRIPTION,
        **fields,
    }
    gig = a_gig(**fields)
    a_picture(gig=gig)
    return gig


def do(verb, gig, *, actor=None, now=NOON):
    verb(gig_id=gig.pk, actor=actor or gig.seller, now=now)
    gig.refresh_from_db()


def test_a_suspended_seller_changes_nothing():
    gig = a_gig(seller=a_seller(standing="suspended"))

    with pytest.raises(NotAllowed, match="cannot sell"):
        actions.pause(gig_id=gig.pk, actor=gig.seller, now=NOON)


def test_publishing_puts_a_complete_draft_on_offer():
    gig = a_complete_draft()

    do(actions.publish, gig)

    assert (gig.status, gig.published_at) == (GigStatus.ACTIVE, NOON)


def test_publishing_twice_is_publishing_once():
    gig = a_complete_draft()
    do(actions.publish, gig)

    do(actions.publish, gig, now=NOON + timedelta(hours=1))

    assert (gig.status, gig.published_at) == (GigStatus.ACTIVE, NOON)


def test_all_that_is_missing_is_said_at_once():
    gig = a_gig(
        status=GigStatus.DRAFT, published_at=None, packages=(), description="Short."
    )

    with pytest.raises(NotAllowed) as refusal:
        do(actions.publish, gig)

    assert str(refusal.value) == (
        "A gig on offer needs: A Basic package with its price; "
        "A description of at least 80 characters; At least one picture."
    )
    assert [gap.step for gap in gaps(gig)] == ["packages", "description", "gallery"]


def test_a_gig_without_its_basic_package_is_not_published():
    gig = a_complete_draft(packages=("standard",))

    with pytest.raises(NotAllowed, match="Basic package"):
        do(actions.publish, gig)

    gig.refresh_from_db()
    assert gig.status == GigStatus.DRAFT


@pytest.mark.parametrize(
    "verb", [actions.publish, actions.pause, actions.resume, actions.archive]
)
def test_nobody_else_moves_a_gig(verb):
    gig = a_complete_draft()

    with pytest.raises(NotAllowed, match="Only the seller"):
        do(verb, gig, actor=a_seller())


def test_a_paused_gig_comes_back_with_its_first_date():
    gig = a_complete_draft()
    do(actions.publish, gig)
    do(actions.pause, gig)

    do(actions.resume, gig, now=NOON + timedelta(days=9))

    assert (gig.status, gig.published_at) == (GigStatus.ACTIVE, NOON)


def test_a_draft_is_neither_paused_nor_resumed():
    gig = a_complete_draft()

    with pytest.raises(NotAllowed, match="This gig is draft"):
        do(actions.pause, gig)
    with pytest.raises(NotAllowed, match="Only a paused gig"):
        do(actions.resume, gig)


def test_an_archived_gig_stays_as_it_is():
    gig = a_complete_draft()
    do(actions.archive, gig)

    with pytest.raises(NotAllowed, match="archived"):
        do(actions.publish, gig)

    assert gig.status == GigStatus.ARCHIVED


def test_the_button_publishes_and_leads_to_the_gig(as_user):
    gig = a_complete_draft()

    response = as_user(gig.seller).post(f"/sell/gigs/{gig.slug}/publish/")

    assert response.url == gig.get_absolute_url()
    assert Gig.objects.get().is_on_offer


def test_a_refused_publication_leads_to_the_editor_and_says_why(as_user):
    gig = a_gig(status=GigStatus.DRAFT, published_at=None)

    response = as_user(gig.seller).post(f"/sell/gigs/{gig.slug}/publish/", follow=True)

    assert response.redirect_chain[-1][0] == f"/sell/gigs/{gig.slug}/edit/review/"
    assert "At least one picture" in response.text
    assert Gig.objects.get().status == GigStatus.DRAFT


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("pause", GigStatus.ACTIVE, GigStatus.PAUSED),
        ("resume", GigStatus.PAUSED, GigStatus.ACTIVE),
        ("archive", GigStatus.PAUSED, GigStatus.ARCHIVED),
    ],
)
def test_the_buttons_of_the_list_move_a_gig(as_user, verb, before, after):
    gig = a_complete_draft(status=before, published_at=NOON)

    response = as_user(gig.seller).post(f"/sell/gigs/{gig.slug}/{verb}/")

    gig.refresh_from_db()
    assert (response.url, gig.status) == ("/sell/gigs/", after)


@pytest.mark.parametrize("verb", ["publish", "pause", "resume", "archive", "delete"])
def test_the_buttons_of_a_foreign_gig_are_not_found(as_user, verb):
    gig = a_complete_draft()

    response = as_user(a_seller()).post(f"/sell/gigs/{gig.slug}/{verb}/")

    assert response.status_code == 404


@pytest.mark.parametrize("path", ["/sell/gigs/", "/sell/gigs/new/"])
def test_who_does_not_sell_yet_is_sent_to_the_start(as_user, path):
    response = as_user(a_user()).get(path)

    assert response.url == f"/sell/start/?next={path.replace('/', '%2F')}"


# --- With moderation on -----------------------------------------------------------


@pytest.fixture
def moderated():
    PlatformSetting.objects.create(version=1, values={"gig_moderation": True})


def a_moderator():
    return a_user(is_staff=True, is_superuser=True)


def approve(gig, *, now=NOON):
    actions.approve(gig_id=gig.pk, actor=a_moderator(), now=now)
    gig.refresh_from_db()


def reject(gig, reason="Say what the buyer gets."):
    actions.reject(gig_id=gig.pk, actor=a_moderator(), reason=reason, now=NOON)
    gig.refresh_from_db()


def news_of(gig):
    return [news.kind for news in gig.seller.notifications.order_by("created_at")]


def test_where_gigs_are_moderated_publishing_sends_it_to_staff(moderated, client):
    gig = a_complete_draft()

    do(actions.publish, gig)

    assert (gig.status, gig.published_at) == (GigStatus.IN_REVIEW, None)
    assert client.get(gig.get_absolute_url()).status_code == 404


def test_an_approved_gig_is_on_offer_and_its_seller_hears_of_it(
    moderated, run_tasks, mailoutbox
):
    gig = a_complete_draft()
    do(actions.publish, gig)

    approve(gig)
    run_tasks()

    assert (gig.status, gig.published_at) == (GigStatus.ACTIVE, NOON)
    assert news_of(gig) == ["gig_approved"]
    assert [mail.to for mail in mailoutbox] == [[gig.seller.email]]
    assert AuditEntry.objects.get().verb == "gigs.approve"


def test_a_rejected_gig_comes_back_with_its_reason_and_may_be_sent_again(
    moderated, run_tasks, mailoutbox, as_user
):
    gig = a_complete_draft()
    do(actions.publish, gig)

    reject(gig)
    run_tasks()

    assert gig.status == GigStatus.REJECTED
    assert news_of(gig) == ["gig_rejected"]
    assert "Say what the buyer gets." in mailoutbox[0].body
    page = as_user(gig.seller).get(f"/sell/gigs/{gig.slug}/edit/", follow=True).text
    assert "Say what the buyer gets." in page
    do(actions.publish, gig)
    assert gig.status == GigStatus.IN_REVIEW


def test_a_rejection_has_a_reason(moderated):
    gig = a_complete_draft()
    do(actions.publish, gig)

    with pytest.raises(NotAllowed, match="Say what"):
        reject(gig, reason="  ")


def test_what_waits_no_more_is_not_decided_twice(moderated):
    gig = a_complete_draft()
    do(actions.publish, gig)
    approve(gig)

    with pytest.raises(Stale):
        reject(gig)


def test_only_moderators_decide_and_never_about_their_own(moderated):
    gig = a_complete_draft(seller=a_seller(is_staff=True, is_superuser=True))
    do(actions.publish, gig)

    for actor in (a_user(), a_user(is_staff=True), gig.seller):
        with pytest.raises(NotAllowed):
            actions.approve(gig_id=gig.pk, actor=actor, now=NOON)


# --- Throwing a draft away --------------------------------------------------------


def test_a_draft_is_deleted_with_its_pictures(as_user, run_tasks):
    gig = a_complete_draft()

    as_user(gig.seller).post(f"/sell/gigs/{gig.slug}/delete/")

    assert not Gig.objects.exists()


@pytest.mark.parametrize("status", [GigStatus.ACTIVE, GigStatus.PAUSED])
def test_what_was_on_offer_is_archived_and_not_deleted(status):
    gig = a_complete_draft(status=status, published_at=NOON)

    with pytest.raises(NotAllowed, match="Archive this gig instead"):
        actions.delete(gig_id=gig.pk, actor=gig.seller)


def test_a_gig_with_orders_cannot_vanish():
    order = an_order()
    Gig.objects.update(status=GigStatus.DRAFT, published_at=None)

    with pytest.raises(NotAllowed):
        actions.delete(gig_id=order.gig_id, actor=order.seller)
    with pytest.raises(ProtectedError):
        order.gig.delete()
