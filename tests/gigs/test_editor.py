"""The editor's steps: what is sent, kept, refused and shown."""

from uuid import uuid4

import pytest

from gigs.models import Gig
from gigs.status import GigStatus
from gigstream.core.models import PlatformSetting
from tests.factories import (
    a_category,
    a_gig,
    a_picture,
    a_question,
    a_seller,
    an_extra,
)
from tests.gigs.sellers import (
    DESCRIPTION,
    described,
    overview,
    packages,
    required,
    rows,
    step_of,
)

pytestmark = pytest.mark.django_db

STEPS = ["overview", "packages", "description", "requirements", "gallery", "review"]
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}


def a_draft(**fields):
    return a_gig(status=GigStatus.DRAFT, published_at=None, **fields)


def a_live_gig(**fields):
    gig = a_gig(description=DESCRIPTION, **fields)
    a_picture(gig=gig)
    return gig


# --- From step to step ----------------------------------------------------------


def test_a_title_and_a_category_make_a_draft(as_user):
    seller, category = a_seller(), a_category()

    answer = as_user(seller).post("/sell/gigs/new/", overview(category))

    gig = Gig.objects.get()
    assert answer.url == step_of(gig, "packages")
    assert (gig.seller, gig.status) == (seller, "draft")
    assert sorted(gig.tags.values_list("name", flat=True)) == ["geometric", "logo"]


def test_each_step_saves_and_leads_to_the_next(as_user):
    gig = a_draft(packages=(), description="")
    browser = as_user(gig.seller)
    sent = {
        "overview": overview(gig.category),
        "packages": packages(),
        "description": described({"question": "Why?", "answer": "So."}),
        "requirements": required({"question": "Which name?", "kind": "text"}),
    }

    for step, data in sent.items():
        following = STEPS[STEPS.index(step) + 1]
        answer = browser.post(step_of(gig, step), data)
        assert answer.url == step_of(gig, following)

    gig.refresh_from_db()
    assert (gig.title, gig.starting_price) == ("I will draw your logo", 120_00)
    assert gig.description == DESCRIPTION.strip()
    assert gig.faqs.get().answer == "So."
    assert gig.requirements.get().question == "Which name?"


def test_a_draft_is_resumed_where_something_is_missing(as_user):
    gig = a_draft(description="")
    browser = as_user(gig.seller)

    assert browser.get(f"/sell/gigs/{gig.slug}/edit/").url == step_of(
        gig, "description"
    )
    gig.description = DESCRIPTION
    gig.save()
    assert browser.get(f"/sell/gigs/{gig.slug}/edit/").url == step_of(gig, "gallery")
    a_picture(gig=gig)
    assert browser.get(f"/sell/gigs/{gig.slug}/edit/").url == step_of(gig, "review")


@pytest.mark.parametrize("step", STEPS)
def test_each_step_has_an_address(as_user, step):
    gig = a_live_gig()
    a_question(gig=gig)
    an_extra(gig=gig)

    answer = as_user(gig.seller).get(step_of(gig, step))

    assert answer.status_code == 200
    assert 'aria-current="step"' in answer.text


@pytest.mark.parametrize("rows_", [1, 3])
@pytest.mark.parametrize("step", STEPS)
def test_a_step_asks_the_database_as_often_whatever_there_is(
    as_user, django_assert_num_queries, step, rows_
):
    gig = a_live_gig()
    for number in range(rows_):
        a_picture(gig=gig, position=number)
        a_question(gig=gig)
        an_extra(gig=gig)
        gig.faqs.create(question=f"Q{number}", answer="A", position=number)
        a_category()
    browser = as_user(gig.seller)

    more = {"overview": 3, "gallery": 2, "review": 0}
    with django_assert_num_queries(12 + more.get(step, 1)):
        browser.get(step_of(gig, step))


def test_an_unknown_step_is_not_found(as_user):
    gig = a_draft()

    assert as_user(gig.seller).get(step_of(gig, "payment")).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("step", STEPS)
def test_the_editor_of_a_foreign_gig_is_not_found(as_user, method, step):
    gig = a_gig()

    answer = getattr(as_user(a_seller()), method)(step_of(gig, step))

    assert answer.status_code == 404


def test_a_double_click_on_the_first_step_makes_one_gig(as_user):
    seller, data = as_user(a_seller()), overview(a_category(), key=str(uuid4()))

    for _ in range(2):
        answer = seller.post("/sell/gigs/new/", data)

    assert answer.url == step_of(Gig.objects.get(), "packages")


def test_a_page_from_before_a_new_title_can_still_be_sent(as_user):
    gig = a_live_gig(slug="old")
    browser = as_user(gig.seller)
    browser.post(step_of(gig, "overview"), overview(gig.category))

    answer = browser.post(
        step_of(gig, "requirements"), required({"question": "Why?", "kind": "text"})
    )

    assert answer.url == "/sell/gigs/i-will-draw-your-logo/edit/requirements/"
    assert browser.get(step_of(gig, "gallery")).url.endswith("logo/edit/gallery/")


# --- What is wrong --------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "changes", "words"),
    [
        ("overview", {"title": ""}, "Title: This field is required."),
        ("overview", {"title": "x" * 81}, "Title: Ensure this value has at most 80"),
        ("overview", {"category": str(uuid4())}, "Category: Select a valid choice."),
        ("overview", {"category": "nonsense"}, "Category: "),
        ("overview", {"tags": "a"}, "Tags: “a” is not between 2 and 30 letters long."),
        ("overview", {"tags": "aa,bb,cc,dd,ee,ff"}, "Tags: At most five tags, please."),
        (
            "packages",
            {"basic-price": "4.99"},
            "Basic, Price in dollars: The least is $5.",
        ),
        (
            "packages",
            {"basic-price": "1000001"},
            "Basic, Price in dollars: The most is $1,000,000.",
        ),
        (
            "packages",
            {"basic-price": "ten"},
            "Basic, Price in dollars: Enter a number.",
        ),
        (
            "packages",
            {"basic-price": "NaN"},
            "Basic, Price in dollars: Enter a number.",
        ),
        ("packages", {"basic-delivery_days": "0"}, "Basic, Delivery, in days: Ensure"),
        ("packages", {"basic-features": "\n".join("abcdefghijk")}, "At most 10 lines"),
        (
            "packages",
            {"standard-name": "Half"},
            "Standard, Price in dollars: This field",
        ),
        ("packages", {"faster-days": "2"}, "Faster delivery, For, in dollars: This is"),
        ("packages", {"faster-price": "20"}, "Faster delivery, Days sooner: This is"),
        (
            "packages",
            {"faster-price": "20", "faster-days": "4"},
            "No package takes longer than that",
        ),
        ("packages", {"more-price": "0.50", "more-revisions": "1"}, "The least is $1."),
        (
            "packages",
            rows("extras", {"title": "Files"}),
            "For, in dollars: This is missing",
        ),
        ("packages", rows("extras", *[{}] * 9), "Please submit at most 5 forms."),
        ("packages", {"extras-TOTAL_FORMS": "x"}, "ManagementForm data is missing"),
        (
            "description",
            {"description": "x" * 6001},
            "Ensure this value has at most 6000",
        ),
        ("description", rows("faqs", {"question": "Why?"}), "Answer: This is missing."),
        (
            "requirements",
            rows("questions", {"question": "Which?", "kind": "choice"}),
            "Give at least two choices, one per line.",
        ),
        (
            "requirements",
            rows("questions", {"question": "Which?", "kind": "colour"}),
            "Select a valid choice.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    as_user, step, changes, words
):
    gig = a_draft()
    valid = {
        "overview": overview(gig.category),
        "packages": packages(),
        "description": described(),
        "requirements": required(),
    }
    browser = as_user(gig.seller)

    answer = browser.post(step_of(gig, step), {**valid[step], **changes})

    assert answer.status_code == 422
    assert words in answer.text
    # Somebody else's machine tomorrow: what was typed is still there, and so is the word on it.
    kept = gig.unsaved.get()
    assert kept.step == step
    again = browser.get(step_of(gig, step))
    assert again.status_code == 200
    assert "Here is what you typed" in again.text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("$1,250.50", 1250_50), ("USD 12", 12_00), ("12\u00a0usd", 12_00)],
)
def test_prices_are_typed_as_people_write_them(as_user, typed, kept):
    gig = a_draft()
    data = packages(**{"basic-price": typed})

    as_user(gig.seller).post(step_of(gig, "packages"), data)

    gig.refresh_from_db()
    assert gig.starting_price == kept


@pytest.mark.parametrize("typed", ["EUR 12", "12 or 13", "usd", "$-12"])
def test_what_is_no_price_is_refused(as_user, typed):
    gig = a_draft()
    data = packages(**{"basic-price": typed})

    answer = as_user(gig.seller).post(step_of(gig, "packages"), data)

    assert answer.status_code == 422


def test_html_in_a_title_is_text(as_user):
    gig = a_draft()
    data = overview(gig.category, title="<script>alert(1)</script>")
    browser = as_user(gig.seller)

    browser.post(step_of(gig, "overview"), data)

    page = browser.get(step_of(gig, "overview")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


# --- Packages and extras ----------------------------------------------------------


def test_the_packages_show_what_is_there_and_what_is_earned(as_user):
    gig = a_gig()

    page = as_user(gig.seller).get(step_of(gig, "packages")).text

    assert 'name="premium-price" value="300"' in page
    assert "You earn $100.00 of $100.00." in page


def test_the_editor_counts_the_commission(as_user):
    gig = a_gig()
    PlatformSetting.objects.create(version=1, values={"commission_bps": 2000})

    page = as_user(gig.seller).get(step_of(gig, "packages")).text

    assert "You earn $80.00 of $100.00." in page


def test_a_price_is_judged_when_it_is_left(as_user):
    gig = a_draft()
    browser, path = as_user(gig.seller), f"{step_of(gig, 'packages')}?field=basic-price"

    low = browser.post(path, packages(**{"basic-price": "3"}), **HTMX)
    good = browser.post(path, packages(), **HTMX)

    assert (low.status_code, good.status_code) == (422, 200)
    assert "The least is $5." in low.text
    assert "You earn $120.00 of $120.00." in good.text
    assert not gig.unsaved.exists()


@pytest.mark.parametrize("field", ["extras-0-price", "nonsense", "title"])
def test_only_prices_are_judged_one_by_one(as_user, field):
    gig = a_draft()

    answer = as_user(gig.seller).post(
        f"{step_of(gig, 'packages')}?field={field}", packages(), **HTMX
    )

    assert answer.status_code == 404


def test_a_larger_package_that_is_cheaper_is_pointed_at(as_user):
    gig = a_draft()
    gig.packages.filter(tier="premium").update(price=150_00)

    page = as_user(gig.seller).get(step_of(gig, "packages")).text

    assert "Not dearer than Standard; is that meant?" in page


def test_emptying_a_package_drops_it(as_user):
    gig = a_draft()

    as_user(gig.seller).post(step_of(gig, "packages"), packages())

    assert [package.tier for package in gig.packages.all()] == ["basic"]


def test_extras_are_saved_in_the_order_of_their_numbers(as_user):
    gig = a_draft()
    custom = rows(
        "extras",
        {"title": "Sources", "price": "40", "ORDER": "2"},
        {"title": "A call", "price": "25", "days": "1", "ORDER": "1"},
        {"title": "", "price": "", "ORDER": "3"},
    )
    ours = {"faster-price": "30", "faster-days": "2", "more-price": "10"}

    as_user(gig.seller).post(
        step_of(gig, "packages"), packages(**custom, **ours, **{"more-revisions": "1"})
    )

    offered = gig.extras.order_by("position")
    assert [(extra.name, extra.price, extra.days) for extra in offered] == [
        ("Delivery 2 days sooner", 30_00, -2),
        ("1 more revision", 10_00, 0),
        ("A call", 25_00, 1),
        ("Sources", 40_00, 0),
    ]


def test_questions_change_places_without_scripts(as_user):
    gig = a_draft()
    data = required(
        {"question": "First?", "kind": "text", "ORDER": "2"},
        {"question": "Second?", "kind": "text", "ORDER": "1"},
    )

    as_user(gig.seller).post(step_of(gig, "requirements"), data)

    asked = gig.requirements.order_by("position").values_list("question", flat=True)
    assert list(asked) == ["Second?", "First?"]


# --- What is kept while it is typed -----------------------------------------------


def keep(browser, gig, step, data):
    return browser.post(f"{step_of(gig, step)}?keep", data, **HTMX)


def test_a_draft_is_saved_while_it_is_typed(as_user):
    gig = a_draft()

    answer = keep(as_user(gig.seller), gig, "description", described())

    gig.refresh_from_db()
    assert answer.text.strip().startswith("Saved ")
    assert gig.description == DESCRIPTION.strip()
    assert not gig.unsaved.exists()


def test_what_is_not_right_yet_is_kept_as_typed(as_user):
    gig = a_draft()
    browser = as_user(gig.seller)

    answer = keep(browser, gig, "packages", packages(**{"basic-price": "a hundr"}))

    assert answer.status_code == 200
    assert "Kept as typed" in answer.text
    assert 'value="a hundr"' in browser.get(step_of(gig, "packages")).text


def test_a_gig_on_offer_changes_when_it_is_saved_and_not_before(as_user):
    gig = a_live_gig()
    browser = as_user(gig.seller)

    answer = keep(browser, gig, "packages", packages(**{"basic-price": "1"}))
    keep(browser, gig, "packages", packages(**{"basic-price": "150"}))

    assert "not public yet" in answer.text
    assert gig.packages.get(tier="basic").price == 100_00
    assert (
        "Buyers do not see it until you save."
        in browser.get(step_of(gig, "packages")).text
    )
    browser.post(step_of(gig, "packages"), packages(**{"basic-price": "150"}))
    assert gig.packages.get(tier="basic").price == 150_00
    assert not gig.unsaved.exists()


def test_what_was_kept_can_be_dropped(as_user):
    gig = a_live_gig()
    browser = as_user(gig.seller)
    keep(browser, gig, "description", described(description="Hm"))

    browser.post(step_of(gig, "description"), {"then": "forget"})

    assert DESCRIPTION.strip() in browser.get(step_of(gig, "description")).text


def test_a_new_gig_is_a_draft_as_soon_as_it_can_be(as_user):
    category, key = a_category(), str(uuid4())
    browser = as_user(a_seller())

    early = browser.post(
        "/sell/gigs/new/?keep", overview(category, title="", key=key), **HTMX
    )
    later = browser.post("/sell/gigs/new/?keep", overview(category, key=key), **HTMX)
    last = browser.post(
        "/sell/gigs/new/?keep", overview(category, key=key, title="I paint"), **HTMX
    )

    gig = Gig.objects.get()
    assert "A title and a category make it a draft." in early.text
    assert later["HX-Replace-Url"] == step_of(gig, "overview")
    assert last.text.strip().startswith("Saved ")
    assert gig.title == "I paint"


def test_a_lost_session_leads_to_the_login_and_back(client):
    gig = a_draft()

    answer = client.post(
        f"{step_of(gig, 'overview')}?keep",
        overview(gig.category),
        HTTP_HX_CURRENT_URL=f"http://testserver{step_of(gig, 'overview')}",
        **HTMX,
    )

    assert answer["HX-Redirect"].startswith("/accounts/login/?next=/sell/gigs/")


def test_the_description_is_previewed_and_its_html_is_text(as_user):
    gig = a_draft()
    data = described(
        description="**Bold** <img src=x onerror=alert(1)>", then="preview"
    )

    answer = as_user(gig.seller).post(step_of(gig, "description"), data)

    assert answer.status_code == 200
    assert "<strong>Bold</strong> &lt;img" in answer.text
    assert not gig.unsaved.exists()


def test_a_title_suggests_where_it_belongs(as_user):
    shelf = a_category(name="Graphics", slug="graphics")
    logo = a_category(name="Logo design", slug="logos", parent=shelf)
    tagged = a_gig()
    tagged.tags.create(name="bakery")

    page = as_user(a_seller()).get(
        "/sell/gigs/suggest-category/?title=I will design logos for your bakery"
    )

    assert list(page.context["categories"]) == [logo, tagged.category]


@pytest.mark.parametrize("title", ["", "\x00", "I will", "x" * 10_000, "%_'"])
def test_a_title_that_says_nothing_suggests_nothing(as_user, title):
    answer = as_user(a_seller()).get("/sell/gigs/suggest-category/", {"title": title})

    assert answer.status_code in {200, 400}


@pytest.mark.parametrize("above", [False, True])
def test_a_gig_on_a_hidden_category_is_edited_where_it_stands(as_user, above):
    shelf = a_category(name="Letters")
    if above:
        shelf.parent = a_category(name="Hidden above", is_hidden=True)
    shelf.is_hidden = not above
    shelf.save()
    gig = a_gig(category=shelf, status=GigStatus.DRAFT, published_at=None)

    page = as_user(gig.seller).get(step_of(gig, "overview")).text

    assert f'<option value="{shelf.pk}" selected>Letters</option>' in page
    assert "Hidden above" not in page


def test_a_hidden_category_cannot_be_chosen(as_user):
    browser, gig = as_user(a_seller()), a_gig()
    hidden = a_category(is_hidden=True)

    new = browser.post("/sell/gigs/new/", overview(hidden, key=str(uuid4())))
    moved = as_user(gig.seller).post(step_of(gig, "overview"), overview(hidden))

    assert (new.status_code, moved.status_code) == (422, 422)
    assert "takes no new gigs" in new.text
    assert not Gig.objects.filter(category=hidden).exists()
