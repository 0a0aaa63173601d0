from datetime import timedelta

import pytest

from accounts import actions
from accounts.models import Standing
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from tests.factories import NOON, a_seller, a_user

pytestmark = pytest.mark.django_db

FIELDS = {"headline": "Logo designer", "bio": "Marks that last.", "location": "Lund"}


def start(user, *, now=NOON, **fields):
    return actions.start_selling(user_id=user.pk, now=now, **(FIELDS | fields))


def test_starting_makes_a_seller():
    user = a_user()

    start(user)

    user.refresh_from_db()
    assert (user.headline, user.bio, user.location) == tuple(FIELDS.values())
    assert user.selling_since == NOON


def test_what_else_is_said_is_kept_and_what_is_not_said_changes_nothing(as_user):
    user = a_user(time_zone="Asia/Tokyo", skills=["Lettering"], country="SE")

    as_user(user).post(
        "/sell/start/",
        FIELDS | {"spoken_languages": ["sv"], "skills": "", "country": "NO"},
    )

    user.refresh_from_db()
    assert user.spoken_languages == ["sv"]
    assert (user.country.code, user.skills) == ("NO", ["Lettering"])
    assert user.time_zone == "Asia/Tokyo"


def test_the_form_shows_what_is_known_already(as_user):
    user = a_user(bio="Marks that last.", time_zone="Asia/Tokyo")

    page = as_user(user).get("/sell/start/").text

    assert "Marks that last.</textarea>" in page
    assert '<option value="Asia/Tokyo" selected>' in page


def test_a_new_seller_has_a_username_and_begins_on_the_selling_side():
    user = a_user(full_name="Maya Lindqvist")

    start(user)

    user.refresh_from_db()
    assert (user.username, user.last_side) == ("maya-lindqvist", "selling")


def test_starting_again_keeps_the_side():
    user = a_user()
    start(user)
    actions.look_at(user_id=user.pk, side="buying")

    start(user)

    user.refresh_from_db()
    assert user.last_side == "buying"


def test_starting_again_keeps_the_day():
    user = a_user()
    start(user)

    start(user, headline="Type designer", now=NOON + timedelta(days=1))

    user.refresh_from_db()
    assert (user.headline, user.selling_since) == ("Type designer", NOON)


def test_a_suspended_person_cannot_start():
    user = a_user(standing=Standing.SUSPENDED)

    with pytest.raises(NotAllowed):
        start(user)

    user.refresh_from_db()
    assert user.selling_since is None


def test_the_form_leads_to_the_first_gig(as_user):
    user = a_user()

    with clock.frozen(NOON):
        response = as_user(user).post("/sell/start/", FIELDS)

    user.refresh_from_db()
    assert response.url == "/sell/gigs/new/"
    assert user.selling_since == NOON


def test_the_form_leads_back_where_it_was_needed(as_user):
    response = as_user(a_user()).post("/sell/start/", FIELDS | {"next": "/wallet/"})

    assert response.url == "/wallet/"


def test_the_form_never_leads_to_another_site(as_user):
    response = as_user(a_user()).post(
        "/sell/start/", FIELDS | {"next": "https://evil.example/"}
    )

    assert response.url == "/sell/gigs/new/"


def test_who_sells_already_goes_on(as_user):
    response = as_user(a_seller()).get("/sell/start/")

    assert response.url == "/sell/gigs/new/"


def test_what_is_missing_is_said_and_nothing_is_lost(as_user):
    user = a_user()

    page = as_user(user).post(
        "/sell/start/", {"headline": "", "bio": "Marks that last."}
    )

    user.refresh_from_db()
    assert page.status_code == 422
    assert "This field is required." in page.text
    assert "Marks that last.</textarea>" in page.text
    assert user.selling_since is None


def test_only_the_fields_of_the_form_can_change(as_user):
    user = a_user()

    as_user(user).post("/sell/start/", FIELDS | {"is_staff": "on", "rating": "5"})

    user.refresh_from_db()
    assert (user.is_staff, user.rating) == (False, None)
