import pytest
from django.core.exceptions import ValidationError

from accounts import usernames
from accounts.actions import security as actions
from accounts.security import Client as Place
from gigstream.core.errors import NotAllowed
from tests.factories import NOON, a_user

pytestmark = pytest.mark.django_db

NOWHERE = Place(address=None, browser="")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("nora", "nora"),
        ("Nora-Nordin_7", "nora-nordin_7"),
        ("  nora  ", "nora"),
        ("abc", "abc"),
        ("n" * 30, "n" * 30),
    ],
)
def test_these_names_are_fine(typed, kept):
    assert usernames.cleaned(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "length"),
        ("ab", "length"),
        ("n" * 31, "length"),
        ("7nora", "characters"),
        ("-nora", "characters"),
        ("nora nordin", "characters"),
        ("nora.nordin", "characters"),
        ("nora@home", "characters"),
        ("nora/../x", "characters"),
        ("nоra", "characters"),  # a Cyrillic o
        ("norа", "characters"),  # a Cyrillic a
        (
            "\u212aarin",
            "characters",
        ),  # the Kelvin sign, which becomes a k in lower case
        ("nora\u200b", "characters"),  # a space of no width
        ("no\u00adra", "characters"),  # a soft hyphen
        ("\u202earon", "characters"),  # from right to left
        ("nora\n", None),
        ("no\nra", "characters"),
        ("zoë", "characters"),
        ("nora😀", "characters"),
        ("admin", "reserved"),
        ("Admin", "reserved"),
        ("admin_", "reserved"),
        ("support24", "reserved"),
        ("gigstream", "reserved"),
    ],
)
def test_these_names_are_refused_with_a_reason(typed, why):
    if why is None:
        assert usernames.cleaned(typed) == typed.strip()
        return
    with pytest.raises(ValidationError) as refused:
        usernames.cleaned(typed)

    assert refused.value.code == why


def test_every_reserved_name_could_otherwise_be_had():
    odd = [name for name in usernames.RESERVED if not usernames.ALLOWED.fullmatch(name)]

    assert odd == []


def test_people_choose_a_username(as_user):
    nora = a_user()

    done = as_user(nora).post("/settings/account/username/", {"username": "Nora"})

    nora.refresh_from_db()
    assert done.url == "/settings/account/"
    assert nora.username == "nora"


@pytest.mark.parametrize("typed", ["nora", "NORA", " Nora "])
def test_a_taken_name_is_refused_in_any_case(as_user, typed):
    a_user(username="nora")
    other = a_user(username="other")

    page = as_user(other).post("/settings/account/username/", {"username": typed})

    other.refresh_from_db()
    assert page.status_code == 422
    assert "This name is taken." in page.text
    assert other.username == "other"


def test_a_refused_name_stays_in_the_field(as_user):
    page = as_user(a_user()).post("/settings/account/username/", {"username": "ab"})

    assert page.status_code == 422
    assert 'value="ab"' in page.text
    assert "Take 3 to 30 characters." in page.text


def test_a_lost_race_is_refused_not_an_error(monkeypatch):
    a_user(username="nora")
    other = a_user()
    monkeypatch.setattr(usernames, "is_taken", lambda *_a, **_k: False)

    with pytest.raises(NotAllowed, match="taken"):
        actions.change_username(
            user_id=other.pk, username="nora", client=NOWHERE, now=NOON
        )


def test_the_owner_hears_of_a_change_but_not_of_the_same_name(
    as_user, run_tasks, mailoutbox
):
    nora = a_user(username="nora")
    browser = as_user(nora)
    for name in ("nora", "nora-n"):
        browser.post("/settings/account/username/", {"username": name})
    run_tasks()

    assert [mail.to for mail in mailoutbox] == [[nora.email]]
    assert "username of your account was changed" in mailoutbox[0].body
