from datetime import date, timedelta
from uuid import uuid4

import pytest

from gigstream.core import clock
from messaging import actions as talk
from orders import actions as orders
from orders.status import OrderStatus
from tests.factories import (
    NOON,
    a_gig,
    a_picture,
    a_seller,
    a_stored_file,
    a_user,
    an_order,
)

pytestmark = pytest.mark.django_db


def a_person(**fields):
    return a_seller(
        **{"full_name": "Maya Lindqvist", "username": "maya", **fields},
    )


def look(client, person, at=NOON):
    with clock.frozen(at):
        return client.get(person.get_absolute_url())


def words_of(page):
    """The text of a page with its white space drawn together."""
    return " ".join(page.text.split())


def test_everybody_can_see_who_somebody_is(client):
    person = a_person(
        headline="Logo designer",
        bio="Marks that last.",
        location="Malmö",
        country="SE",
        time_zone="Europe/Stockholm",
        spoken_languages=["sv", "en"],
        skills=["Lettering"],
        seller_verified_at=NOON,
    )

    page = look(client, person).text

    assert page.count("<h1") == 1
    for words in (
        "Maya Lindqvist",
        "Logo designer",
        "Marks that last.",
        "Malmö, Sweden",
        ">13:00</time>",
        "Swedish, English",
        "Lettering",
        "Verified seller",
        "March 2026",
        "Nobody has reviewed Maya yet.",
    ):
        assert words in page


def test_strangers_learn_the_month_in_which_somebody_joined_and_not_the_moment(client):
    page = look(client, a_person(joined_at=NOON)).text

    assert '"dateCreated": "2026-03"' in page
    assert NOON.isoformat(timespec="minutes")[:16] not in page


def test_a_local_time_is_that_of_the_person_and_not_of_the_visitor(as_user):
    person = a_person(time_zone="Asia/Tokyo")
    visitor = a_user(time_zone="America/New_York")

    assert ">21:00</time>" in look(as_user(visitor), person).text


def test_a_buyer_has_a_page_without_a_record_or_gigs(client):
    page = look(client, a_user(username="sam", full_name="Sam")).text

    assert "Record" not in page
    assert 'id="gigs"' not in page


@pytest.mark.parametrize("standing", ["suspended", "closed"])
def test_who_is_not_active_is_not_there(client, standing):
    assert look(client, a_person(standing=standing)).status_code == 404


def test_nobody_with_that_name_is_a_404(client):
    assert client.get("/u/nobody/").status_code == 404


def test_another_case_of_letters_leads_to_the_one_address(client):
    a_person()

    answer = client.get("/u/MAYA/")

    assert (answer.status_code, answer.url) == (301, "/u/maya/")


@pytest.mark.parametrize(
    "name", ["ש" * 300, "👩‍🎨 Ana", "<img src=x onerror=alert(1)>", "x" * 300]
)
def test_any_name_is_shown_as_text(client, name):
    page = look(client, a_person(full_name=name, bio=name, headline=name[:120])).text

    assert "<img src=x" not in page
    assert name in page or "&lt;img" in page


# --- The record ---------------------------------------------------------------


def complete(gig, buyer, *, days=1):
    order = an_order(gig=gig, buyer=buyer, status=OrderStatus.IN_PROGRESS)
    at = NOON + timedelta(days=days)
    orders.deliver(
        order_id=order.pk,
        actor=gig.seller,
        message="x",
        files=[a_stored_file()],
        now=at,
    )
    orders.accept(order_id=order.pk, actor=buyer, now=at)


def test_the_record_counts_what_was_completed_in_time_and_who_came_back(client):
    person = a_person()
    gig, faithful = a_gig(seller=person), a_user()
    complete(gig, faithful)
    complete(gig, faithful)
    complete(gig, a_user())
    complete(gig, a_user(), days=5)
    an_order(gig=gig, status=OrderStatus.IN_PROGRESS)

    words = words_of(look(client, person))

    assert "3 of 4 completed orders were delivered for the first time" in words
    assert "75 %" in words
    assert "1 of 3 buyers have completed two orders or more." in words
    assert "33 %" in words


def test_without_a_completed_order_there_is_no_rate(client):
    page = look(client, a_person()).text

    assert "Completed orders" in page
    assert "Delivered on time" not in page


def ask(person, *, minutes, at=NOON):
    other = a_user()
    thread = talk.open_conversation(between=(person, other), now=at)
    asked, replied = (at, other), (at + timedelta(minutes=minutes), person)
    for moment, sender in sorted([asked, replied], key=lambda each: each[0]):
        talk.send(
            conversation_id=thread.pk,
            sender=sender,
            body="x",
            client_id=uuid4(),
            now=moment,
        )


def test_the_response_time_is_the_median_of_the_first_replies(client):
    person = a_person()
    for minutes in (10, 20, 30, 600, 900):
        ask(person, minutes=minutes)

    assert "30\xa0minutes" in look(client, person, NOON + timedelta(days=2)).text


def test_a_response_time_of_four_replies_is_not_shown(client):
    person = a_person()
    for minutes in (10, 20, 30, 40):
        ask(person, minutes=minutes)
    ask(person, minutes=5, at=NOON - timedelta(days=100))

    assert "Usually answers" not in look(client, person, NOON + timedelta(days=1)).text


def test_who_wrote_first_has_nothing_to_reply_to(client):
    person = a_person()
    for _ in range(5):
        ask(person, minutes=-10)

    assert "Usually answers" not in look(client, person, NOON + timedelta(days=1)).text


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("visitor", "queries"), [(False, 6), (True, 10)])
def test_a_profile_takes_the_same_queries_for_any_number(
    client, as_user, django_assert_num_queries, count, visitor, queries
):
    person = a_person()
    for _ in range(count):
        gig = a_gig(seller=person)
        a_picture(gig=gig)
        complete(gig, a_user())
        ask(person, minutes=5)
    browser = as_user(a_user()) if visitor else client

    with django_assert_num_queries(queries):
        browser.get(person.get_absolute_url())


# --- Own view -----------------------------------------------------------------


def test_my_own_profile_says_what_it_lacks_and_leads_to_the_form(as_user):
    person = a_person(bio="Marks that last.")

    page = look(as_user(person), person).text

    assert "1 of 6" in words_of(look(as_user(person), person))
    assert 'href="/settings/profile/"' in page
    assert "/messages/with/" not in page


def test_others_do_not_see_what_a_profile_lacks(client):
    assert "Complete your profile" not in look(client, a_person()).text


# --- Contact ------------------------------------------------------------------


def test_contact_opens_the_one_conversation(as_user):
    person, visitor = a_person(), a_user()
    browser = as_user(visitor)

    first = browser.post(f"/messages/with/{person.pk}/")
    second = browser.post(f"/messages/with/{person.pk}/")

    assert first.url == second.url
    assert browser.get(first.url).status_code == 200


def test_nobody_contacts_themselves_or_somebody_suspended(as_user):
    person = a_person()
    gone = a_person(username="gone", standing="suspended")

    assert as_user(person).post(f"/messages/with/{person.pk}/").url == "/u/maya/"
    assert as_user(person).post(f"/messages/with/{gone.pk}/").status_code == 404


def test_gigs_and_orders_lead_to_the_profile(client, as_user):
    order = an_order(gig=a_gig(seller=a_person()), status=OrderStatus.IN_PROGRESS)

    for page in (
        client.get(order.gig.get_absolute_url()),
        as_user(order.buyer).get(order.get_absolute_url()),
    ):
        assert 'href="/u/maya/"' in page.text


def test_a_profile_says_when_its_person_is_back(client):
    person = a_person(
        vacation_from=date(2026, 3, 1),
        vacation_until=date(2026, 3, 9),
        vacation_message="Sailing.",
    )

    page = look(client, person).text

    assert "Back on 9 March" in page
    assert "Sailing." in page
