"""Where staff look at gigs, a change of a live one waits; the gig stays on offer meanwhile."""

from datetime import timedelta

import pytest

from gigs import actions
from gigs.actions import GigContent
from gigs.models import Gig, GigChange, GigImage
from gigs.status import GigStatus
from gigs.steps import Step
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry, PlatformSetting
from tests.accounts.codes import prove
from tests.factories import NOON, a_gig, a_picture, a_user
from tests.gigs.sellers import DESCRIPTION, packages, step_of, stored, terms

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moderated():
    PlatformSetting.objects.create(version=1, values={"gig_moderation": True})


def a_live_gig(**fields):
    gig = a_gig(**{"description": DESCRIPTION, **fields})
    a_picture(gig=gig)
    return gig


def update(gig, **changes):
    actions.update(
        gig_id=gig.pk, actor=gig.seller, content=GigContent(**changes), now=NOON
    )
    gig.refresh_from_db()


def a_moderator():
    return a_user(is_staff=True, is_superuser=True)


def approve(gig):
    actions.approve(gig_id=gig.pk, actor=a_moderator(), now=NOON)
    gig.refresh_from_db()


def reject(gig, reason="Say what the buyer gets."):
    actions.reject(gig_id=gig.pk, actor=a_moderator(), reason=reason, now=NOON)
    gig.refresh_from_db()


@pytest.mark.parametrize("status", [GigStatus.ACTIVE, GigStatus.PAUSED])
@pytest.mark.parametrize(
    "change",
    [
        {"title": "I will paint your fence"},
        {"packages": [terms(price=90_00)]},
        {"description": DESCRIPTION + "More."},
        {"tags": ["fence"]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_buyers_know_stays_until_staff_have_seen_the_change(change, status):
    gig = a_live_gig(status=status)
    before = actions.face_of(gig)

    update(gig, **change)

    assert gig.status == status
    assert actions.face_of(gig) == before
    assert set(gig.change.parts) == set(change)


def test_what_changes_nothing_that_buyers_see_does_not_wait():
    gig = a_live_gig()

    update(gig, description=DESCRIPTION, questions=[])

    assert not GigChange.objects.exists()


def test_an_approved_change_is_written_in_one_piece_and_its_seller_hears_of_it():
    gig = a_live_gig()
    update(gig, title="I will paint your fence", category=gig.category)
    update(gig, packages=[terms(price=90_00)], tags=["fence"])

    approve(gig)

    assert (gig.title, gig.starting_price) == ("I will paint your fence", 90_00)
    assert gig.slug == "i-will-paint-your-fence"
    assert gig.listing.price == 90_00
    assert [tag.name for tag in gig.tags.all()] == ["fence"]
    assert not GigChange.objects.exists()
    noted = AuditEntry.objects.get()
    assert noted.after["title"] == "I will paint your fence"
    assert noted.before["packages"][0]["price"] == 100_00
    assert gig.seller.notifications.get().title.endswith("is changed")


def test_a_change_that_came_back_keeps_everything_and_can_be_sent_again():
    gig = a_live_gig()
    update(gig, title="I will paint your fence")

    reject(gig)
    with pytest.raises(Stale):
        approve(gig)
    actions.send_change_again(gig_id=gig.pk, actor=gig.seller, now=NOON)
    approve(gig)

    assert gig.status == GigStatus.ACTIVE
    assert gig.title == "I will paint your fence"


def test_changing_it_back_or_dropping_it_leaves_nothing_to_look_at(run_tasks):
    gig = a_live_gig()
    title = gig.title
    update(gig, title="I will paint your fence")
    update(gig, title=title)
    assert not GigChange.objects.exists()

    update(gig, title="I will paint your fence")
    actions.drop_change(gig_id=gig.pk, actor=gig.seller)

    assert not GigChange.objects.exists()
    assert gig.title == title


def test_a_change_that_leaves_a_gap_is_refused():
    gig = a_live_gig()

    with pytest.raises(NotAllowed, match="Basic package"):
        update(gig, packages=[terms(tier="premium")])
    with pytest.raises(NotAllowed, match="80 characters"):
        update(gig, description="Short.")


def test_a_new_picture_waits_behind_the_others():
    gig = a_live_gig()
    new = actions.add_picture(
        gig_id=gig.pk, actor=gig.seller, picture=stored(), now=NOON
    )
    assert gig.images.count() == 1

    approve(gig)

    assert list(gig.images.order_by("position"))[-1] == new
    assert not GigChange.objects.exists()


def test_a_picture_that_waits_can_be_taken_back():
    gig = a_live_gig()
    new = actions.add_picture(
        gig_id=gig.pk, actor=gig.seller, picture=stored(), now=NOON
    )

    actions.remove_picture(gig_id=gig.pk, picture_id=new.pk, actor=gig.seller, now=NOON)

    assert not GigChange.objects.exists()
    assert GigImage.objects.count() == 1


def test_what_is_written_at_once_does_not_wait_any_more():
    gig = a_live_gig()
    update(gig, title="I will paint your fence", category=gig.category)
    PlatformSetting.objects.create(version=2, values={"gig_moderation": False})

    update(gig, title="I will paint your house")

    assert gig.title == "I will paint your house"
    assert not GigChange.objects.exists()


def test_what_a_program_writes_at_once_is_not_shown_as_it_was_typed_before():
    gig = a_live_gig()
    for step, said in (
        ("overview", {"title": "I will paint your fence"}),
        ("description", {"description": DESCRIPTION + "More."}),
    ):
        actions.update(
            gig_id=gig.pk,
            actor=gig.seller,
            content=GigContent(**said),
            step=Step(step),
            typed={"typed": [step]},
            now=NOON,
        )
    PlatformSetting.objects.create(version=2, values={"gig_moderation": False})

    update(gig, title="I will build your fence")

    assert gig.title == "I will build your fence"
    assert list(GigChange.objects.get().typed) == ["description"]


def test_archiving_drops_the_change():
    gig = a_live_gig()
    update(gig, title="I will paint your fence")

    actions.archive(gig_id=gig.pk, actor=gig.seller, now=NOON)

    assert not GigChange.objects.exists()


# --- The pages ----------------------------------------------------------------------


def test_the_editor_says_what_waits_and_shows_it_as_it_was_typed(as_user):
    gig = a_live_gig()
    browser = as_user(gig.seller)
    before = browser.get(step_of(gig, "packages")).text

    answer = browser.post(step_of(gig, "packages"), packages(), follow=True)

    assert "Until then the gig stays on offer as it is" in before
    assert "Your change of" in answer.text
    after = browser.get(step_of(gig, "packages")).text
    assert 'value="120"' in after
    assert "This is your change of" in after
    assert "A change waits for review." in browser.get("/sell/gigs/").text
    assert gig.packages.get(tier="basic").price == 100_00


def test_a_change_that_came_back_says_why_and_is_sent_or_dropped_by_buttons(as_user):
    gig = a_live_gig()
    browser = as_user(gig.seller)
    update(gig, title="I will paint your fence")
    reject(gig, reason="No fences, please.")

    assert "No fences, please." in browser.get("/sell/gigs/").text
    assert "No fences, please." in browser.get(step_of(gig, "review")).text
    browser.post(f"/sell/gigs/{gig.slug}/change/send/")
    gig.change.refresh_from_db()
    assert gig.change.waits
    browser.post(f"/sell/gigs/{gig.slug}/change/drop/")
    assert not GigChange.objects.exists()


def test_staff_see_before_and_after_and_decide(as_user):
    gig = a_live_gig()
    a_live_gig(title="Nothing new")
    update(
        gig,
        title="I will <b>paint</b>",
        packages=[terms(price=90_00, delivery_days=3)],
    )
    operator = as_user(a_moderator())

    listed = operator.get("/admin/gigs/gig/?waits=yes").text
    page = operator.get(f"/admin/gigs/gig/{gig.pk}/change/").text
    prove(operator)
    operator.post(f"/admin/gigs/gig/{gig.pk}/approve/")

    assert gig.title in listed
    assert "Nothing new" not in listed
    assert "<ins>I will &lt;b&gt;paint&lt;/b&gt;</ins>" in page
    assert "<del>Basic: $100.00, 4 days</del>" in page
    gig.refresh_from_db()
    assert gig.title == "I will <b>paint</b>"


def test_a_gig_that_is_taken_down_is_all_that_its_seller_said_and_is_read_whole():
    gig = a_live_gig()
    update(gig, title="I will paint your fence")
    actions.add_picture(
        gig_id=gig.pk, actor=gig.seller, picture=stored(), now=NOON, sha256="1" * 64
    )
    staff = a_moderator()

    actions.take_down(gig_id=gig.pk, actor=staff, reason="Not yours.", now=NOON)

    gig.refresh_from_db()
    assert (gig.title, gig.images.count()) == ("I will paint your fence", 2)
    assert not GigChange.objects.exists()
    assert not Gig.objects.waiting().exists()

    actions.publish(gig_id=gig.pk, actor=gig.seller, now=NOON)
    read = actions.sent_of(Gig.objects.get())
    actions.update(
        gig_id=gig.pk,
        actor=gig.seller,
        content=GigContent(title="I will sell your fence"),
        now=NOON + timedelta(minutes=1),
    )
    with pytest.raises(Stale):
        actions.approve(gig_id=gig.pk, actor=staff, now=NOON, seen=read)


def test_sending_a_change_again_twice_is_once_and_nothing_is_not_sent(as_user):
    gig = a_live_gig()
    update(gig, title="I will paint your fence")
    reject(gig)
    for minute in (1, 2):
        at = NOON + timedelta(minutes=minute)
        actions.send_change_again(gig_id=gig.pk, actor=gig.seller, now=at)

    assert GigChange.objects.get().sent_at == NOON + timedelta(minutes=1)

    approve(gig)
    again = f"/sell/gigs/{gig.slug}/change/send/"
    answer = as_user(gig.seller).post(again, follow=True).text
    assert "does not wait for review any more" in answer
