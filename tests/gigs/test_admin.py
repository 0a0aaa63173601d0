import pytest

from tests.factories import a_gig, a_picture, a_question, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(as_user):
    return as_user(a_user(is_staff=True, is_superuser=True))


@pytest.mark.parametrize("count", [1, 3, 24])
def test_the_list_of_gigs_asks_the_same_number_of_questions(
    operator, django_assert_num_queries, count
):
    for _ in range(count):
        a_gig()

    with django_assert_num_queries(5):
        operator.get("/admin/gigs/gig/")


def test_a_gig_is_read_with_all_its_parts(operator):
    gig = a_gig()
    a_picture(gig=gig, alt="A blue mark")
    a_question(gig=gig, question="Which colours?")

    page = operator.get(f"/admin/gigs/gig/{gig.pk}/change/").text

    for words in (gig.title, "$100.00", "A blue mark", "Which colours?"):
        assert words in page


def test_a_gig_is_not_changed_behind_its_sellers_back(operator):
    gig = a_gig()

    operator.post(f"/admin/gigs/gig/{gig.pk}/change/", {"title": "Changed"})
    operator.post(f"/admin/gigs/gig/{gig.pk}/delete/", {"post": "yes"})

    gig.refresh_from_db()
    assert gig.title != "Changed"


def test_a_category_is_added(operator, client):
    operator.post(
        "/admin/gigs/category/add/",
        {"name": "Music", "slug": "music", "icon": "music", "position": "9"},
    )

    assert "Music" in client.get("/").text
