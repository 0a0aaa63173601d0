import pytest

from accounts import actions
from accounts.models import Standing
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry
from tests.accounts.codes import prove
from tests.factories import NOON, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return a_user(is_staff=True, is_superuser=True, full_name="Ada")


def act(verb, user, actor):
    verb(user_id=user.pk, actor=actor, reason="Spam", now=NOON)


def test_suspending_and_reinstating_are_written_down(admin):
    user = a_user()

    act(actions.suspend, user, admin)
    act(actions.reinstate, user, admin)

    user.refresh_from_db()
    assert user.standing == Standing.ACTIVE
    assert list(
        AuditEntry.objects.order_by("id").values_list("verb", "after", "reason")
    ) == [
        ("accounts.suspend", {"standing": "suspended"}, "Spam"),
        ("accounts.reinstate", {"standing": "active"}, "Spam"),
    ]


def test_only_staff_can_suspend():
    user = a_user()

    with pytest.raises(NotAllowed):
        act(actions.suspend, user, a_user())

    user.refresh_from_db()
    assert user.standing == Standing.ACTIVE


def test_nobody_suspends_themselves(admin):
    with pytest.raises(NotAllowed):
        act(actions.suspend, admin, admin)


def test_a_closed_account_stays_closed(admin):
    user = a_user(standing=Standing.CLOSED)

    with pytest.raises(NotAllowed):
        act(actions.reinstate, user, admin)


def test_operators_suspend_from_the_list(admin, as_user):
    user = a_user()

    browser = as_user(admin)
    prove(browser)
    form = {"action": "suspend", "_selected_action": [str(user.pk)]}
    browser.post("/admin/accounts/user/", form)
    browser.post("/admin/accounts/user/", {**form, "sure": "yes", "reason": "Spam."})

    user.refresh_from_db()
    assert user.standing == Standing.SUSPENDED


def test_operators_see_a_person_but_never_the_password(admin, as_user):
    user = a_user(full_name="Nora Nordin")

    page = as_user(admin).get(f"/admin/accounts/user/{user.pk}/change/").text

    assert "Nora Nordin" in page
    assert user.password not in page


def test_a_form_sent_to_the_admin_changes_nobody(admin, as_user):
    user = a_user()

    as_user(admin).post(
        f"/admin/accounts/user/{user.pk}/change/",
        {"is_staff": "on", "email": "x@example.com"},
    )

    before = user.email
    user.refresh_from_db()
    assert (user.is_staff, user.email) == (False, before)


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(
    admin, as_user, django_assert_num_queries, people
):
    for _ in range(people):
        a_user()
    client = as_user(admin)

    with django_assert_num_queries(4):
        client.get("/admin/accounts/user/")
