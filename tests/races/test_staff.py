"""Two admins who remove each other at the same moment, with a negative control."""

import pytest

from accounts import actions
from accounts.models import User
from gigstream.core.errors import NotAllowed
from tests.accounts.test_give_roles import a_colleague
from tests.factories import NOON
from tests.races.together import meet_at, take_locks_out, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def each_removes_the_other(monkeypatch):
    one, other = a_colleague("admin"), a_colleague("admin")
    # Both have been asked what they may do before either is removed.
    meet_at(monkeypatch, "accounts.actions.staff.roles_of")
    return together(
        *[
            lambda actor=actor, user=user: actions.give_roles(
                user_id=user.pk, names=[], actor=actor, reason="Left.", now=NOON
            )
            for actor, user in ((one, other), (other, one))
        ]
    )


def admins():
    return User.objects.filter(groups__name="admin", is_staff=True).count()


def test_two_admins_cannot_remove_each_other(monkeypatch):
    results = each_removes_the_other(monkeypatch)

    assert sum(isinstance(each, NotAllowed) for each in results) == 1
    assert admins() == 1


def test_without_the_lock_nobody_is_left(monkeypatch):
    take_locks_out(monkeypatch)

    each_removes_the_other(monkeypatch)

    assert admins() == 0
