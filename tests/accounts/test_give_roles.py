import pytest
from django.contrib.auth.models import Group

from accounts import actions
from accounts.models import SecurityEvent, Standing, User
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry
from tests.accounts.codes import prove
from tests.factories import NOON, a_user

pytestmark = pytest.mark.django_db


def a_colleague(*names, **fields):
    user = a_user(is_staff=True, **fields)
    user.groups.set(Group.objects.filter(name__in=names))
    return user


@pytest.fixture
def ada():
    return a_colleague("admin", full_name="Ada")


def give(user, actor, *names):
    actions.give_roles(
        user_id=user.pk, names=names, actor=actor, reason="She asked.", now=NOON
    )


def roles_of(user):
    return set(user.groups.values_list("name", flat=True))


def test_an_admin_gives_roles_and_takes_them_back(ada):
    user = a_user()

    give(user, ada, "support", "moderator")
    given = User.objects.get(pk=user.pk)
    may_look_into_reports = given.has_perm("accounts.change_report")
    give(user, ada)
    taken = User.objects.get(pk=user.pk)

    assert given.is_staff
    assert may_look_into_reports
    assert not taken.is_staff
    assert roles_of(taken) == set()
    assert list(
        AuditEntry.objects.order_by("id").values_list(
            "actor", "verb", "before", "after"
        )
    ) == [
        (
            ada.pk,
            "accounts.give_roles",
            {"roles": []},
            {"roles": ["moderator", "support"]},
        ),
        (
            ada.pk,
            "accounts.give_roles",
            {"roles": ["moderator", "support"]},
            {"roles": []},
        ),
    ]


def test_the_person_sees_it_and_gets_a_mail(ada, run_tasks, mailoutbox):
    user = a_user()

    give(user, ada, "support")
    run_tasks()

    event = SecurityEvent.objects.get(user=user)
    assert (event.kind, event.address) == ("roles_changed", None)
    assert [mail.to for mail in mailoutbox] == [[user.email]]
    assert "changed your staff roles" in mailoutbox[0].body


def test_the_same_roles_again_change_nothing_and_tell_nobody(
    ada, run_tasks, mailoutbox
):
    user = a_colleague("support")

    give(user, ada, "support")
    run_tasks()

    assert not AuditEntry.objects.exists()
    assert mailoutbox == []


@pytest.mark.parametrize("role", ["support", "finance", "moderator", None])
def test_nobody_but_admins_gives_roles(role):
    actor = a_colleague(role) if role else a_user()
    user = a_user()

    with pytest.raises(NotAllowed, match="Only admins"):
        give(user, actor, "admin")

    assert roles_of(user) == set()


def test_nobody_raises_or_lowers_themselves(ada):
    with pytest.raises(NotAllowed, match="Another admin"):
        give(ada, ada)

    assert roles_of(ada) == {"admin"}


def test_two_admins_cannot_remove_each_other(ada):
    """So one always stays: who was removed a moment ago removes nobody any more."""
    bob = a_colleague("admin")
    assert bob.has_perm("accounts.appoint_user")
    give(bob, ada)

    with pytest.raises(NotAllowed, match="Only admins"):
        give(ada, bob)

    assert roles_of(ada) == {"admin"}


def test_the_owner_of_the_site_stands_above_admins(ada):
    owner = a_user(is_staff=True, is_superuser=True)

    with pytest.raises(NotAllowed, match="owner"):
        give(owner, ada)
    with pytest.raises(NotAllowed, match="to the staff"):
        actions.suspend(user_id=owner.pk, actor=ada, reason="", now=NOON)


def test_a_moderator_suspends_no_colleague():
    moderator, colleague = a_colleague("moderator"), a_colleague("support")

    with pytest.raises(NotAllowed, match="to the staff"):
        actions.suspend(user_id=colleague.pk, actor=moderator, reason="", now=NOON)

    colleague.refresh_from_db()
    assert colleague.standing == Standing.ACTIVE


@pytest.mark.parametrize("standing", ["suspended", "closed"])
def test_who_cannot_log_in_gets_no_role(ada, standing):
    with pytest.raises(NotAllowed, match="active account"):
        give(a_user(standing=standing), ada, "support")


def test_there_are_only_the_roles_of_the_table(ada):
    Group.objects.create(name="gods")

    with pytest.raises(NotAllowed, match="gods"):
        give(a_user(), ada, "gods")


# --- The page -----------------------------------------------------------------


def path_of(user):
    return f"/admin/accounts/user/{user.pk}/roles/"


def test_the_page_saves_roles_with_a_reason(ada, as_user):
    user, browser = a_user(), as_user(ada)
    prove(browser)
    way = browser.get(f"/admin/accounts/user/{user.pk}/change/")

    page = browser.get(path_of(user))
    empty = browser.post(path_of(user), {"names": ["support"], "reason": ""})
    saved = browser.post(path_of(user), {"names": ["support"], "reason": "Joined us"})

    assert path_of(user) in way.text
    assert page.status_code == 200
    assert empty.status_code == 422
    assert saved.url == f"/admin/accounts/user/{user.pk}/change/"
    assert roles_of(user) == {"support"}
    assert AuditEntry.objects.get().reason == "Joined us"


def test_the_page_refuses_ones_own_roles_with_words(ada, as_user):
    browser = as_user(ada)
    prove(browser)

    page = browser.post(path_of(ada), {"names": [], "reason": "Tired"})

    assert page.status_code == 422
    assert "Another admin must change your own roles" in page.text


@pytest.mark.parametrize("role", ["support", "finance", "moderator"])
def test_others_of_the_staff_have_no_such_page(role, as_user):
    user, browser = a_user(), as_user(a_colleague(role))
    prove(browser)

    answer = browser.post(path_of(user), {"names": ["admin"], "reason": "Please"})

    assert answer.status_code == 403
    assert roles_of(user) == set()
    assert path_of(user) not in browser.get(f"/admin/accounts/user/{user.pk}/").text


def test_the_page_asks_for_the_password_of_an_old_login(ada, as_user):
    answer = as_user(ada).get(path_of(a_user()))

    assert answer.url.startswith("/accounts/reauthenticate/")
