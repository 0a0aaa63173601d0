import pytest
from django.contrib.auth.models import Permission

from gigs.status import GigStatus
from tests.accounts.codes import prove
from tests.factories import a_category, a_gig, a_picture, a_question, a_user
from tests.gigs.sellers import DESCRIPTION

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


@pytest.mark.parametrize(
    ("verb", "said", "after"),
    [
        ("approve", {}, GigStatus.ACTIVE),
        ("reject", {"reason": "Say what the buyer gets."}, GigStatus.REJECTED),
    ],
)
def test_a_gig_that_waits_is_decided_on_its_page(operator, verb, said, after):
    gig = a_gig(status=GigStatus.IN_REVIEW, description=DESCRIPTION)
    a_picture(gig=gig)
    address = f"/admin/gigs/gig/{gig.pk}/{verb}/"
    prove(operator)

    assert address in operator.get(f"/admin/gigs/gig/{gig.pk}/change/").text
    answer = operator.post(address, said)

    gig.refresh_from_db()
    assert (answer.status_code, gig.status) == (302, after)


def test_a_rejection_without_a_reason_is_refused(operator):
    gig = a_gig(status=GigStatus.IN_REVIEW)
    prove(operator)

    answer = operator.post(f"/admin/gigs/gig/{gig.pk}/reject/", {"reason": " "})

    gig.refresh_from_db()
    assert (answer.status_code, gig.status) == (422, GigStatus.IN_REVIEW)


def test_support_reads_gigs_and_decides_nothing(as_user):
    gig = a_gig(status=GigStatus.IN_REVIEW)
    support = a_user(is_staff=True)
    support.user_permissions.add(Permission.objects.get(codename="view_gig"))

    answer = as_user(support).post(f"/admin/gigs/gig/{gig.pk}/approve/")

    gig.refresh_from_db()
    assert (answer.status_code, gig.status) == (403, GigStatus.IN_REVIEW)


def test_categories_have_two_levels(operator):
    part = a_category(parent=a_category())
    third = {"name": "Deep", "slug": "deep", "icon": "music", "position": "1"}

    answer = operator.post(
        "/admin/gigs/category/add/", {**third, "parent": str(part.pk)}
    )

    assert "Choose one that stands on no other." in answer.text
