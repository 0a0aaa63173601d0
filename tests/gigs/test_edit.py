import pytest

from gigs import actions
from gigs.actions import ExtraTerms, Faq, GigContent
from gigs.models import Gig
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed
from gigstream.core.ids import uuid7
from tests.factories import NOON, a_gig, a_picture, a_seller, a_user
from tests.gigs.sellers import DESCRIPTION, asked, content, terms

pytestmark = pytest.mark.django_db


def create(seller=None, *, gig_id=None, **fields):
    return actions.create(
        gig_id=gig_id or uuid7(),
        actor=seller or a_seller(),
        content=content(**fields),
        currency="usd",
        now=NOON,
    )


def update(gig, *, actor=None, **fields):
    return actions.update(
        gig_id=gig.pk, actor=actor or gig.seller, content=content(**fields), now=NOON
    )


def test_a_draft_holds_all_that_was_written():
    gig = create(packages=[terms(), terms(tier="premium", price=300_00)])

    assert (gig.status, gig.slug, gig.starting_price, gig.currency) == (
        GigStatus.DRAFT,
        "i-will-draw-your-logo",
        120_00,
        "usd",
    )
    assert [p.tier for p in gig.packages.order_by("price")] == ["basic", "premium"]
    assert gig.requirements.get().question == "What is the business called?"
    assert gig.tags.get().name == "logo"


def test_a_draft_may_have_gaps():
    gig = create(description="", packages=[], questions=[], tags=[])

    assert (gig.starting_price, gig.packages.count()) == (None, 0)


def test_only_sellers_create_gigs():
    with pytest.raises(NotAllowed):
        create(a_user())


def test_sending_the_same_page_twice_makes_one_gig():
    seller, gig_id = a_seller(), uuid7()

    create(seller, gig_id=gig_id)
    create(seller, gig_id=gig_id)

    assert Gig.objects.get().pk == gig_id


def test_equal_titles_get_different_addresses():
    first, second = create(), create()

    assert first.slug == "i-will-draw-your-logo"
    assert second.slug.startswith("i-will-draw-your-logo-")


def test_a_title_without_latin_letters_gets_an_address():
    gig = create(title="ロゴを描きます")

    assert gig.slug.startswith("gig-")


def test_a_draft_keeps_its_address_while_its_title_is_found(client):
    gig = update(create(), title="I will paint your fence")

    assert gig.slug == "i-will-draw-your-logo"


def test_a_retitled_gig_gets_a_new_address_and_the_old_ones_lead_to_it(client):
    gig = a_gig(slug="old", description=DESCRIPTION)
    a_picture(gig=gig)

    update(gig, title="I will paint your fence")
    gig = update(gig, title="I will paint your wall")

    assert gig.get_absolute_url() == "/gigs/i-will-paint-your-wall/"
    for slug in ("old", "i-will-paint-your-fence"):
        answer = client.get(f"/gigs/{slug}/?from=mail")
        assert (answer.status_code, answer.url) == (301, gig.get_absolute_url())


def test_an_old_address_is_nobody_elses():
    gig = a_gig(slug="i-will-paint-your-fence", description=DESCRIPTION)
    a_picture(gig=gig)
    update(gig, title="I will paint your wall")

    other = create(title="I will paint your fence")

    assert other.slug.startswith("i-will-paint-your-fence-")


def test_a_gig_gets_an_earlier_address_back():
    gig = a_gig(slug="i-will-paint-your-fence", description=DESCRIPTION)
    a_picture(gig=gig)

    update(gig, title="I will paint your wall")
    gig = update(gig, title="I will paint your fence")

    assert gig.slug == "i-will-paint-your-fence"
    assert [row.slug for row in gig.old_addresses.all()] == ["i-will-paint-your-wall"]


def test_what_is_not_named_stays_as_it_is():
    gig = create(
        extras=[an_extra_for(30_00)], faqs=[Faq(question="Why?", answer="So.")]
    )

    actions.update(
        gig_id=gig.pk, actor=gig.seller, content=GigContent(description="New"), now=NOON
    )

    gig.refresh_from_db()
    assert (gig.description, gig.title) == ("New", "I will draw your logo")
    counts = [rows.count() for rows in (gig.packages, gig.extras, gig.faqs, gig.tags)]
    assert counts == [1, 1, 1, 1]


def test_an_extra_that_is_still_offered_keeps_its_row():
    gig = create(extras=[an_extra_for(30_00)])
    row = gig.extras.get()

    update(gig, extras=[an_extra_for(35_00)])

    assert gig.extras.get() == row
    assert gig.extras.get().price == 35_00


def an_extra_for(price):
    return ExtraTerms(kind="custom", title="Source files", price=price)


def test_the_starting_price_follows_the_packages():
    gig = create(packages=[terms(price=120_00)])

    update(gig, packages=[terms(price=80_00), terms(tier="standard", price=50_00)])

    gig.refresh_from_db()
    assert gig.starting_price == 50_00


def test_a_question_that_is_still_asked_keeps_its_row():
    gig = create(questions=[asked("Name?"), asked("Colour?")])
    colour = gig.requirements.get(question="Colour?")

    update(gig, questions=[asked("Colour?", required=False), asked("Size?")])

    kept = gig.requirements.order_by("position")
    assert [(row.question, row.required) for row in kept] == [
        ("Colour?", False),
        ("Size?", True),
    ]
    assert kept[0] == colour


def test_a_gig_on_offer_is_not_given_gaps():
    gig = a_gig(description=DESCRIPTION)
    a_picture(gig=gig)

    with pytest.raises(NotAllowed, match="Basic package"):
        update(gig, packages=[])

    assert gig.packages.count() == 3


def test_nobody_else_edits_a_gig():
    with pytest.raises(NotAllowed, match="Only the seller"):
        update(a_gig(), actor=a_seller())
