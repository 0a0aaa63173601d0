import pytest

from tests.factories import a_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo_people():
    return {
        name: a_user(email=f"{name}@example.com")
        for name in ("buyer", "seller", "admin")
    }


@pytest.mark.parametrize("person", ["buyer", "seller", "admin"])
def test_a_visitor_becomes_a_demo_person(client, demo_people, person):
    response = client.post("/sandbox-login/", {"person": person})

    assert response.url == "/dashboard/"
    assert client.session["_auth_user_id"] == str(demo_people[person].pk)


def test_nothing_of_the_last_person_stays_in_the_session(client):
    client.post("/sandbox-login/", {"person": "buyer"})
    session = client.session
    session["secret"] = "of the buyer"
    session.save()

    client.post("/sandbox-login/", {"person": "seller"})

    assert "secret" not in client.session


@pytest.mark.parametrize("person", ["", "other", "other@example.com"])
def test_nobody_else_can_be_chosen(client, person):
    a_user(email="other@example.com")

    response = client.post("/sandbox-login/", {"person": person})

    assert response.status_code == 404
    assert "_auth_user_id" not in client.session


def test_without_the_sandbox_there_is_no_such_door(client, settings):
    settings.SANDBOX = False

    response = client.post("/sandbox-login/", {"person": "admin"})

    assert response.status_code == 404
    assert "_auth_user_id" not in client.session


def test_looking_opens_no_door(client):
    response = client.get("/sandbox-login/")

    assert response.status_code == 405
    assert "_auth_user_id" not in client.session
