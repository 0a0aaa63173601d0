"""A seller's list of gigs."""

import pytest

from tests.factories import a_gig, a_picture, a_seller

pytestmark = pytest.mark.django_db


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
