import pytest

from gigs.models import Favorite, Gig
from gigs.status import GigStatus
from tests.factories import a_category, a_gig, a_picture, a_seller, a_user, an_extra
from tests.gigs.sellers import DESCRIPTION

pytestmark = pytest.mark.django_db

PACKAGE = {
    "tier": "basic",
    "name": "Mark only",
    "description": "One final mark.",
    "price": 120_00,
    "deliveryDays": 4,
}


@pytest.mark.parametrize("number", [1, 3])
def test_the_market_is_asked_in_two_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        a_picture(gig=a_gig())

    with django_assert_num_queries(2):
        answer = client.get("/api/gigs")

    assert len(answer.json()["items"]) == number


def test_filters_narrow_and_pages_follow(client):
    logos = a_category(name="Logos", slug="logos")
    cheap = a_gig(category=logos, packages=("basic",), starting_price=100_00)
    a_gig(category=logos, packages=("premium",), starting_price=300_00)
    a_gig()

    def slugs(**query):
        return [each["slug"] for each in client.get("/api/gigs", query).json()["items"]]

    assert slugs(category="Logos", maxPrice=150_00) == [cheap.slug]
    assert len(slugs(category="logos")) == 2
    assert slugs(category="no-such") == []

    first = client.get("/api/gigs", {"limit": 2}).json()
    second = client.get("/api/gigs", {"limit": 2, "cursor": first["next"]}).json()
    found = [each["id"] for each in first["items"] + second["items"]]
    assert (len(set(found)), second["next"]) == (3, None)


def test_whoever_has_it_already_is_told_so(client):
    gig = a_gig()
    etag = client.get(f"/api/gigs/{gig.slug}").headers["ETag"]

    known = client.get(f"/api/gigs/{gig.slug}", headers={"If-None-Match": etag})

    assert (known.status_code, known.content) == (304, b"")


def test_a_gig_says_all_its_page_does_and_a_draft_is_its_sellers(client, program):
    gig = a_gig()
    an_extra(gig=gig, title="Source files", price=30_00)
    draft = a_gig(seller=gig.seller, status=GigStatus.DRAFT, published_at=None)

    told = client.get(f"/api/gigs/{gig.slug}").json()

    assert [each["total"] for each in told["packages"]] == [110_00, 220_00, 330_00]
    assert told["extras"][0]["name"] == "Source files"
    assert told["missing"] is None
    assert client.get(f"/api/gigs/{draft.slug}").status_code == 404
    own = program(gig.seller).get(f"/api/gigs/{draft.slug}").json()
    assert own["missing"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (["Straße", "ＬＯＧＯ  art"], ["logo art", "straße"]),
        (["İ" * 30], None),
        (["ink，pen"], None),
    ],
)
def test_tags_are_kept_as_the_editor_writes_them(program, sent, kept):
    gig = a_gig(status=GigStatus.DRAFT, published_at=None)

    answer = program(gig.seller).patch(f"/api/gigs/{gig.slug}", {"tags": sent})

    assert answer.json().get("tags") == kept
    assert answer.status_code == (200 if kept else 422)


def test_a_gig_is_written_published_paused_and_put_away(program):
    seller, logos = a_seller(), a_category(slug="logos")
    phone = program(seller)

    made = phone.post(
        "/api/gigs",
        {
            "title": "I will draw your logo",
            "category": "logos",
            "description": DESCRIPTION,
            "tags": ["Logo", "logo"],
            "packages": [PACKAGE],
            "extras": [{"kind": "faster", "price": 20_00, "days": 1}],
            "questions": [{"question": "Its name?"}],
        },
    )

    gig = Gig.objects.get()
    assert made.status_code == 201
    assert (gig.seller, gig.category, gig.status) == (seller, logos, "draft")
    assert gig.extras.get().days == -1
    assert phone.post(f"/api/gigs/{gig.slug}/publish").status_code == 422
    a_picture(gig=gig)
    on_offer = phone.post(f"/api/gigs/{gig.slug}/publish").json()
    assert on_offer["status"] == "active"
    assert phone.patch(f"/api/gigs/{gig.slug}", {"tags": []}).json()["tags"] == []
    assert phone.post(f"/api/gigs/{gig.slug}/pause").json()["status"] == "paused"
    assert phone.delete(f"/api/gigs/{gig.slug}").status_code == 204
    gig.refresh_from_db()
    assert (gig.status, gig.title) == ("archived", "I will draw your logo")


@pytest.mark.parametrize(
    "wrong",
    [
        {"packages": [{**PACKAGE, "price": 1}]},
        {"packages": [PACKAGE, PACKAGE]},
        {
            "packages": [PACKAGE],
            "extras": [{"kind": "faster", "price": 100, "days": 9}],
        },
        {"category": "no-such"},
        {
            "questions": [
                {"question": "Which?", "kind": "choice", "options": ["a", "a"]}
            ]
        },
        {"title": " "},
        {"title": "a\x00b"},
    ],
)
def test_what_makes_no_sense_is_refused(program, wrong):
    a_category(slug="logos")

    answer = program(a_seller()).post(
        "/api/gigs", {"title": "I will draw", "category": "logos", **wrong}
    )

    assert answer.status_code in {400, 422}
    assert not Gig.objects.exists()


def test_money_owner_and_state_are_not_taken_from_what_is_sent(program):
    gig, other = a_gig(), a_seller()

    program(gig.seller).patch(
        f"/api/gigs/{gig.slug}",
        {"sellerId": str(other.pk), "status": "draft", "startingPrice": 1, "rating": 5},
    )

    before = (gig.seller_id, gig.status, gig.starting_price, gig.rating)
    gig.refresh_from_db()
    assert (gig.seller_id, gig.status, gig.starting_price, gig.rating) == before


@pytest.mark.parametrize("number", [1, 3])
def test_saved_gigs_are_listed_in_four_queries(
    program, django_assert_num_queries, number
):
    nora = a_user()
    phone = program(nora)
    for _ in range(number):
        gig = a_gig()
        phone.post("/api/favorites", {"gigId": str(gig.pk)})
        phone.post("/api/favorites", {"gigId": str(gig.pk)})

    with django_assert_num_queries(4):  # the token, the list, its gigs, their pictures
        items = phone.get("/api/favorites").json()["items"]

    assert len(items) == number
    assert phone.delete(f"/api/favorites?gigId={gig.pk}").status_code == 204
    assert Favorite.objects.count() == number - 1


def test_the_search_field_proposes(client):
    a_gig(category=a_category(name="Logo design", slug="logo-design"))

    told = client.get("/api/search/suggestions", {"q": "logo"}).json()["items"]

    assert any(each["kind"] == "categories" for each in told)
    assert client.get("/api/search/suggestions").status_code == 422


@pytest.mark.parametrize("by", ["itself", "the shelf it stands on"])
def test_a_hidden_category_takes_nothing_new_and_keeps_what_it_has(client, program, by):
    top = a_category(slug="graphics", is_hidden=by != "itself")
    shelf = a_category(slug="logos", parent=top, is_hidden=by == "itself")
    gig = a_gig(category=shelf, description=DESCRIPTION)
    a_picture(gig=gig)
    phone, page = program(gig.seller), f"/api/gigs/{gig.slug}"
    elsewhere = a_gig(seller=gig.seller)

    listed = client.get("/api/categories").text
    new = phone.post("/api/gigs", {"title": "I will draw", "category": "logos"})
    moved = phone.patch(f"/api/gigs/{elsewhere.slug}", {"category": "logos"})
    kept = phone.patch(page, {"category": "logos", "tags": ["ink"]})

    assert "logos" not in listed
    assert (new.status_code, moved.status_code, kept.status_code) == (422, 422, 200)
    assert "takes no new gigs" in new.json()["detail"]
    assert Gig.objects.filter(category=gig.category).get() == gig
