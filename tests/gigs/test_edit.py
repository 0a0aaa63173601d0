from uuid import uuid4

import pytest

from gigs import actions
from gigs.models import Gig
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed
from gigstream.core.ids import uuid7
from gigstream.core.models import PlatformSetting
from tests.factories import (
    NOON,
    a_category,
    a_gig,
    a_picture,
    a_question,
    a_seller,
    a_user,
)
from tests.gigs.sellers import DESCRIPTION, asked, content, terms, typed

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


def test_a_draft_follows_its_title_and_a_published_gig_keeps_its_address():
    draft = create()
    on_offer = a_gig(slug="old", description=DESCRIPTION)
    a_picture(gig=on_offer)

    assert (
        update(draft, title="I will paint your fence").slug == "i-will-paint-your-fence"
    )
    assert update(on_offer, title="I will paint your fence").slug == "old"


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


# --- The page -----------------------------------------------------------------


def test_the_new_page_saves_a_draft(as_user):
    seller, category = a_seller(), a_category()

    response = as_user(seller).post("/sell/gigs/new/", typed(category))

    gig = Gig.objects.get()
    basic = gig.packages.get()
    assert response.url == f"/sell/gigs/{gig.slug}/edit/"
    assert (gig.seller, gig.status, gig.starting_price) == (seller, "draft", 120_00)
    assert (basic.price, basic.features) == (120_00, ["Vector files", "Commercial use"])
    assert sorted(gig.tags.values_list("name", flat=True)) == ["geometric", "logo"]
    assert gig.requirements.get().question == "What is the business called?"


def test_a_double_click_on_the_new_page_makes_one_gig(as_user):
    seller, data = as_user(a_seller()), typed(a_category(), key=str(uuid4()))

    seller.post("/sell/gigs/new/", data)
    seller.post("/sell/gigs/new/", data)

    assert Gig.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "Title: This field is required."),
        ({"category": str(uuid4())}, "Category: Select a valid choice."),
        ({"basic-price": "4.99"}, "Basic, Price in dollars: The least is $5."),
        (
            {"basic-price": "1000001"},
            "Basic, Price in dollars: The most is $1,000,000.",
        ),
        ({"basic-price": "ten"}, "Basic, Price in dollars: Enter a number."),
        ({"basic-price": "NaN"}, "Basic, Price in dollars: Enter a number."),
        (
            {"basic-delivery_days": "0"},
            "Basic, Delivery, in days: Ensure this value is",
        ),
        ({"basic-features": "\n".join("abcdefghijk")}, "At most 10 lines, please."),
        (
            {"standard-name": "Half"},
            "Standard, Price in dollars: This field is required.",
        ),
        ({"tags": "a"}, "Tags: “a” is not between 2 and 30 letters long."),
        ({"tags": "aa,bb,cc,dd,ee,ff"}, "Tags: At most five tags, please."),
        ({"questions-0-kind": "choice"}, "Give at least two choices, one per line."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(as_user, changes, words):
    data = typed(a_category(), **{"basic-name": "Kept as typed", **changes})

    response = as_user(a_seller()).post("/sell/gigs/new/", data)

    assert response.status_code == 422
    assert words in response.text
    assert 'value="Kept as typed"' in response.text
    assert not Gig.objects.exists()


def test_prices_are_typed_as_people_write_them(as_user):
    data = typed(a_category(), **{"basic-price": "$1,250.50"})

    as_user(a_seller()).post("/sell/gigs/new/", data)

    assert Gig.objects.get().starting_price == 1250_50


def test_the_editor_shows_what_is_there(as_user):
    gig = a_gig(description=DESCRIPTION)
    a_question(gig=gig, question="Which colours?")

    page = as_user(gig.seller).get(f"/sell/gigs/{gig.slug}/edit/").text

    assert f'value="{gig.title}"' in page
    assert 'name="premium-price" value="300"' in page
    assert 'value="Which colours?"' in page
    assert "You earn $100.00 of $100.00." in page


def test_the_editor_counts_the_commission(as_user):
    gig = a_gig()
    PlatformSetting.objects.create(version=1, values={"commission_bps": 2000})

    page = as_user(gig.seller).get(f"/sell/gigs/{gig.slug}/edit/").text

    assert "You earn $80.00 of $100.00." in page


def test_emptying_a_package_drops_it(as_user):
    gig = a_gig(status=GigStatus.DRAFT, published_at=None)

    as_user(gig.seller).post(f"/sell/gigs/{gig.slug}/edit/", typed(gig.category))

    assert [p.tier for p in gig.packages.all()] == ["basic"]


def test_publishing_from_the_editor_saves_and_says_what_is_missing(as_user):
    gig = a_gig(status=GigStatus.DRAFT, published_at=None)
    data = typed(gig.category, then="publish")

    response = as_user(gig.seller).post(f"/sell/gigs/{gig.slug}/edit/", data)

    gig.refresh_from_db()
    assert response.status_code == 422
    assert "A gig on offer needs: At least one picture." in response.text
    assert (gig.status, gig.title) == (GigStatus.DRAFT, "I will draw your logo")


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_editor_of_a_foreign_gig_is_not_found(as_user, method):
    gig = a_gig()

    response = getattr(as_user(a_seller()), method)(f"/sell/gigs/{gig.slug}/edit/")

    assert response.status_code == 404


def test_the_list_shows_own_gigs_alone(as_user):
    mine, foreign = a_gig(title="Mine"), a_gig(title="Foreign")

    page = as_user(mine.seller).get("/sell/gigs/").text

    assert mine.title in page
    assert foreign.title not in page


def test_an_empty_list_leads_to_the_first_gig(as_user):
    page = as_user(a_seller()).get("/sell/gigs/").text

    assert "You have no gigs yet" in page
    assert 'href="/sell/gigs/new/"' in page


@pytest.mark.parametrize("count", [1, 3, 24])
def test_the_list_asks_the_same_number_of_questions(
    as_user, django_assert_num_queries, count
):
    seller = a_seller()
    for _ in range(count):
        a_picture(gig=a_gig(seller=seller))
    browser = as_user(seller)

    with django_assert_num_queries(6):
        browser.get("/sell/gigs/")
