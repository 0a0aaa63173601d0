"""People and what they offer, as everybody sees them."""

from datetime import timedelta

import pytest

from gigs.status import GigStatus
from gigstream.core import clock
from tests.factories import a_gig, a_picture, a_seller, a_user, a_work

pytestmark = pytest.mark.django_db


def test_a_profile_says_what_its_page_does_and_nothing_private(client):
    back = clock.now().date() + timedelta(days=9)
    selma = a_seller(
        username="selma",
        full_name="Selma Seller",
        skills=["Ink"],
        vacation_from=clock.now().date() - timedelta(days=1),
        vacation_until=back,
    )
    work = a_work(owner=selma, title="A mark")

    told = client.get("/api/users/Selma")
    person = told.json()

    assert (person["name"], person["skills"]) == ("Selma Seller", ["Ink"])
    assert person["backOn"] == back.isoformat()
    assert person["works"] == [{"title": "A mark", "text": "", "picture": work.large}]
    assert selma.email not in told.content.decode()
    assert person["memberSince"] == "2026-03-01"
    assert not {"email", "language", "timeZone", "isStaff", "joinedAt"} & set(person)


@pytest.mark.parametrize("standing", ["suspended", "closed"])
def test_who_is_out_is_not_there(client, standing):
    a_seller(username="selma", standing=standing)

    assert client.get("/api/users/selma").status_code == 404
    assert client.get("/api/users/selma/gigs").status_code == 404


def test_ones_own_profile_is_not_somebody_of_that_name(client, program):
    assert client.get("/api/users/profile").status_code == 401
    assert program(a_user()).get("/api/users/profile").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_what_somebody_offers_is_listed_in_three_queries(
    client, django_assert_num_queries, number
):
    selma = a_seller(username="selma")
    gigs = [a_gig(seller=selma) for _ in range(number)]
    a_gig(seller=selma, status=GigStatus.PAUSED)
    a_gig()
    a_picture(gig=gigs[0])

    with django_assert_num_queries(3):  # who it is, the gigs, their pictures
        told = client.get("/api/users/selma/gigs").json()["items"]

    assert [each["id"] for each in told] == [str(gig.pk) for gig in reversed(gigs)]
