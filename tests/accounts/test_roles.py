"""The groups are what the table in `accounts.roles` says; the tests are made from it."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from accounts import roles
from tests.factories import a_user

pytestmark = pytest.mark.django_db

CELLS = [(role, model) for role, models in roles.ROLES.items() for model in models]


@pytest.mark.parametrize(("role", "model"), CELLS)
def test_a_role_may_do_with_a_model_what_the_table_says(role, model):
    user = a_user()
    user.groups.add(Group.objects.get(name=role))
    app, name = model.split(".")

    codes = Permission.objects.filter(
        content_type__app_label=app, content_type__model=name
    ).values_list("codename", flat=True)
    allowed = {
        code.removesuffix(f"_{name}")
        for code in codes
        if user.has_perm(f"{app}.{code}")
    }

    assert apps.get_model(model)
    assert allowed == set(roles.ROLES[role][model].split())


@pytest.mark.parametrize("role", roles.ROLES)
def test_a_role_may_do_nothing_that_the_table_does_not_say(role):
    group = Group.objects.get(name=role)

    held = set(group.permissions.values_list("content_type__app_label", "codename"))

    assert held == set(roles.permissions_of(role))


def test_a_permission_added_by_hand_goes_with_the_next_migration():
    support = Group.objects.get(name="support")
    support.permissions.add(Permission.objects.get(codename="delete_user"))

    roles.set_up(using="default")

    assert not support.permissions.filter(codename="delete_user").exists()


@pytest.mark.parametrize(
    ("role", "code"),
    [("moderator", 200), ("admin", 200), ("support", 403), ("finance", 403)],
)
def test_moderators_see_the_reports(as_user, role, code):
    user = a_user(is_staff=True)
    user.groups.add(Group.objects.get(name=role))

    assert as_user(user).get("/admin/accounts/report/").status_code == code


def test_a_buyer_has_no_permission_at_all():
    assert a_user().get_all_permissions() == set()
