import importlib

import pytest
from django.apps import apps

from accounts import handles
from accounts.models import User
from tests.accounts.people import join
from tests.factories import a_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("Maya Lindqvist", "maya-lindqvist"),
        ("  José  Ñandú ", "jose-nandu"),
        ("x" * 300, "x" * 24),
        ("Wolfeschlegelsteinhausen-Bergerdorff", "wolfeschlegelsteinhausen"),
    ],
)
def test_a_username_is_made_from_the_name(name, username):
    assert handles.free(name) == username


@pytest.mark.parametrize("name", ["نور الهدى", "🦊🦊", "李小龍", "Admin", "Billing"])
def test_a_name_without_plain_letters_or_of_ours_gets_a_number(name):
    word, number = handles.free(name).rsplit("-", 1)

    assert word in {"person", "admin", "billing"}
    assert 10_000 <= int(number) < 100_000


def test_the_second_of_a_name_gets_a_number_in_any_case_of_letters():
    a_user(username="MAYA-lindqvist")

    assert handles.free("Maya Lindqvist").startswith("maya-lindqvist-")


def test_who_joins_has_a_username(client):
    join(client, full_name="Nora Nordin")
    join(client, full_name="Nora Nordin", email="other@example.com")

    first, second = User.objects.order_by("id")
    assert first.username == "nora-nordin"
    assert second.username.startswith("nora-nordin-")


def test_two_of_one_name_at_once_both_get_one(monkeypatch):
    a_user(username="nora")
    late, answers = a_user(full_name="Nora"), iter(["nora", "nora-12345"])
    monkeypatch.setattr(handles, "free", lambda name: next(answers))

    handles.give(late)

    assert late.username == "nora-12345"


def test_the_migration_gives_one_to_everybody_who_was_here_before():
    migration = importlib.import_module(
        "accounts.migrations.0003_everybody_has_a_username"
    )
    kept = a_user(full_name="Nora", username="Nora")
    people = [a_user(full_name=name) for name in ("Nora", "Nora", "نور", "Kim")]
    closed = a_user(full_name="Gone", standing="closed")

    migration.give_usernames(apps, None)
    migration.give_usernames(apps, None)

    names = list(User.objects.order_by("id").values_list("pk", "username"))
    named = dict(names)
    assert named[kept.pk] == "Nora"
    assert named[closed.pk] is None
    assert len({named[person.pk] for person in people}) == 4
    assert named[people[3].pk] == "kim"
