"""Who of the staff opens what: every page and choice of the admin, for everybody there is.

The expectations come from the table in `accounts.roles`. A page or a choice that the
table does not have fails here: add its line, and it is tested for every role.
"""

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve

from accounts import roles
from gigstream.core.admin import ReadOnlyAdmin
from tests.factories import a_user
from tests.security.routes import admin_address, admin_routes

pytestmark = pytest.mark.django_db

OUTSIDERS = ("visitor", "buyer", "suspended admin")
STAFF = (*roles.ROLES, "no role", "owner")
PAGES = [name.removeprefix("admin:") for name in admin_routes() if "?" not in name]
# For everybody: these say who somebody is, or lead to where that is asked.
DOORS = {"login", "logout"}
# This one reads in its question for what it is, and then asks the model's own page.
ASKED = {"autocomplete"}
READ_ONLY_FOR_ALL = [
    "core.auditentry",
    "payments.ledgeraccount",
    "payments.ledgertransaction",
    "payments.payment",
    "payments.paper",
]


def a_person(who):
    """One of those above; a suspended admin has the rights, and must not get to use them."""
    if who == "visitor":
        return AnonymousUser()
    fields = {
        "buyer": {},
        "suspended admin": {"is_staff": True, "standing": "suspended"},
        "owner": {"is_staff": True, "is_superuser": True},
    }.get(who, {"is_staff": True})
    person = a_user(**fields)
    role = "admin" if who == "suspended admin" else who
    person.groups.set(Group.objects.filter(name=role))
    return person


def request_of(person):
    request = RequestFactory().get("/admin/")
    request.user = person
    return request


def is_refused(person, page, *, method="get"):
    try:
        answer_of(person, page, method)
    except PermissionDenied:
        return True
    except Http404:
        return False
    return False


def answer_of(person, page, method):
    """What the page's own function says, without the frame that takes so long to draw."""
    address = admin_address(f"admin:{page}")
    request = getattr(RequestFactory(), method)(address, {"post": "yes"})
    request.user, request.session = person, SessionStore()
    request._messages = FallbackStorage(request)
    request._dont_enforce_csrf_checks = True
    request.resolver_match = found = resolve(address)
    return found.func(request, *found.args, **found.kwargs)


def may_see(person, page):
    """What the table says, less what the model keeps from everybody."""
    if not roles.may_open(person, page):
        return False
    model = next(
        (each for each in admin.site._registry if page == f"{_stem(each)}_add"), None
    )
    if model:
        return admin.site._registry[model].has_add_permission(request_of(person))
    return not page.endswith("_delete") or _may_delete(person, page)


def _may_delete(person, page):
    model = next(
        each for each in admin.site._registry if page == f"{_stem(each)}_delete"
    )
    return admin.site._registry[model].has_delete_permission(request_of(person))


def _stem(model):
    return f"{model._meta.app_label}_{model._meta.model_name}"


def test_every_page_of_the_admin_is_in_the_table():
    unlisted = [page for page in PAGES if roles.permission_for(page) is None]

    assert unlisted == [], "add them to PAGES, or their model to ROLES"


def test_the_table_names_no_page_and_no_choice_that_is_gone():
    offered = {
        model._meta.label_lower: {name for _, name, _ in each._get_base_actions()}
        for model, each in admin.site._registry.items()
    }

    assert set(roles.PAGES) - set(PAGES) == set()
    for model, choices in roles.ACTIONS.items():
        assert set(choices) - offered[model] == set(), model


def test_every_choice_above_a_list_is_in_the_table():
    unlisted = {
        f"{model._meta.label_lower}: {name}"
        for model, each in admin.site._registry.items()
        for _function, name, _label in each._get_base_actions()
        if name != "delete_selected"
        and name not in roles.ACTIONS.get(model._meta.label_lower, {})
    }

    assert unlisted == set(), "add them to ACTIONS"


@pytest.mark.parametrize("who", STAFF)
def test_a_role_opens_exactly_the_pages_of_the_table(who):
    person = a_person(who)
    wrong = [
        page
        for page in PAGES
        if page not in ASKED and is_refused(person, page) == may_see(person, page)
    ]

    assert wrong == []


@pytest.mark.parametrize("who", STAFF)
def test_what_a_role_may_not_see_takes_no_form_from_it_either(who):
    person = a_person(who)
    taken = [
        page
        for page in PAGES
        if not may_see(person, page) and not is_refused(person, page, method="post")
    ]

    assert taken == []


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_gets_in(who, method):
    person = a_person(who)
    wrong = [
        page
        for page in PAGES
        if page not in DOORS and "/login/" not in answer_of(person, page, method).url
    ]

    assert wrong == []


@pytest.mark.parametrize("who", STAFF)
def test_a_role_is_offered_exactly_the_choices_of_the_table(who):
    person = a_person(who)
    for model, each in admin.site._registry.items():
        table = roles.ACTIONS.get(model._meta.label_lower, {})
        expected = {name for name, need in table.items() if person.has_perm(need)}
        offered = set(each.get_actions(request_of(person))) - {"delete_selected"}

        assert offered == expected, model._meta.label


@pytest.mark.parametrize("who", STAFF)
def test_only_what_the_table_lets_be_deleted_is(who):
    person = a_person(who)
    request = request_of(person)
    for model, each in admin.site._registry.items():
        named = roles.permission_for(f"{_stem(model)}_delete")
        if each.has_delete_permission(request):
            assert person.has_perm(named), model._meta.label


@pytest.mark.parametrize("label", READ_ONLY_FOR_ALL)
def test_the_books_and_the_log_are_read_only_even_for_the_owner(label):
    model, each = next(
        found
        for found in admin.site._registry.items()
        if found[0]._meta.label_lower == label
    )
    request = request_of(a_person("owner"))

    assert isinstance(each, ReadOnlyAdmin)
    assert not each.has_add_permission(request)
    assert not each.has_change_permission(request)
    assert not each.has_delete_permission(request)


def test_a_page_that_the_table_lacks_is_closed_to_all(monkeypatch, as_user):
    monkeypatch.delitem(roles.PAGES, "accounts_user_roles")
    page = admin_address("admin:accounts_user_roles")

    assert as_user(a_person("owner")).get(page).status_code == 403
