"""Who may ask which operation of the API, by session and by token, from the URLconf.

An unlisted operation fails the suite, so that none is without an answer to that.
"""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Scope
from gigstream.api import api
from tests.factories import an_api_token
from tests.security.routes import api_routes
from tests.security.test_routes import OURS, PEOPLE, ROLES, SELLERS

pytestmark = pytest.mark.django_db

ALL = set(ROLES)
READ, WRITE = Scope.READ, Scope.WRITE

# Who an operation is for, and what a token must be good for; None takes no token.
OPERATIONS = {
    "list_gigs": (ALL, READ),
    "get_gig": (ALL, READ),
    "list_categories": (ALL, READ),
    "suggest": (ALL, READ),
    "list_own_gigs": (PEOPLE, READ),
    "create_gig": (SELLERS, WRITE),
    "edit_gig": ({"seller"}, WRITE),
    "archive_gig": ({"seller"}, WRITE),
    "move_gig": ({"seller"}, WRITE),
    "list_favorites": (PEOPLE, READ),
    "save_gig": (PEOPLE, WRITE),
    "unsave_gig": (PEOPLE, WRITE),
}
QUERIES = {"suggest": {"q": "lo"}}
# Neither an operation nor a secret: the document, and the root that is not there.
PUBLIC = {"openapi-json", "openapi-view", "api-root"}
# Not the moment, not the right words, a company that is away; or a login of yesterday.
EXPECTED_REFUSALS = {409, 422, 503}
CODE_OF_REFUSAL = "fresh_login"


def operations():
    return {
        operation.operation_id: (operation, operation.methods[0])
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
    }


def bodies(world):
    """What each operation is sent; the others take nothing."""
    return {
        "create_gig": {"title": "I will draw", "category": "logos"},
        "save_gig": {"gigId": str(world.arguments["gigs:save"]["pk"])},
    }


def _ask(ask, world, person, name, method, **options):
    """One request to an operation; with a token instead of a session if one is given."""
    address = reverse(f"api:{name}", kwargs=world.arguments.get(f"api:{name}", {}))
    if method == "GET":
        return ask(person, "GET", address, QUERIES.get(name, {}), **options)
    body = bodies(world).get(name, "")
    options |= {"data": body, "content_type": "application/json"}
    return ask(person, method, address, **options)


def test_every_operation_says_who_it_is_for():
    names = {name.removeprefix("api:") for name in api_routes()}

    assert set(operations()) == set(OPERATIONS)
    assert names == set(OPERATIONS) | PUBLIC


@pytest.mark.parametrize("role", ROLES)
def test_nobody_gets_further_than_the_table_says(world, ask, role):
    wrong = []
    for name, (_operation, method) in operations().items():
        audience, _scope = OPERATIONS[name]
        answer = _ask(ask, world, world.person(role), name, method)
        is_outside = role not in audience
        if not _fits(answer, role, is_outside) or (
            is_outside and answer.written & OURS
        ):
            wrong.append((name, answer.status_code, answer.content[:200]))
    assert wrong == [], wrong


def _fits(answer, role, is_outside):
    status = answer.status_code
    if is_outside:
        # What is not yours is not there; what you are not is said.
        return status == 401 if role == "visitor" else status in {403, 404, 422}
    if status == 403:
        return answer.json()["code"] == CODE_OF_REFUSAL
    return status < 400 or status in EXPECTED_REFUSALS


def test_a_token_does_what_it_is_for_and_nothing_else(world, ask):
    secrets = {
        scope: an_api_token(world.operator, scopes=[scope])[1] for scope in Scope
    }
    wrong = []
    for name, (_operation, method) in operations().items():
        needed = OPERATIONS[name][1]
        for scope, secret in secrets.items():
            if needed is None:
                continue
            headers = {"Authorization": f"Bearer {secret}"}
            answer = _ask(ask, world, None, name, method, headers=headers)
            is_refused = answer.status_code == 403 and answer.json()["code"] == "scope"
            if answer.status_code == 401 or is_refused != (scope != needed):
                wrong.append((name, scope.value, answer.status_code))
    assert wrong == [], wrong


def test_a_session_needs_the_csrf_token_to_change_anything(world, as_user):
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.cookies = as_user(world.operator).cookies
    wrong = []
    for name, (operation, method) in operations().items():
        if method == "GET" or not operation.auth_callbacks:
            continue
        kwargs = world.arguments.get(f"api:{name}", {})
        send = getattr(browser, method.lower())
        address = reverse(f"api:{name}", kwargs=kwargs)
        answer = send(address, content_type="application/json")
        if answer.status_code == 415:  # before anything else: it takes a file
            continue
        if (answer.status_code, answer.json()["code"]) != (403, "csrf"):
            wrong.append((name, answer.status_code))
    assert wrong == [], wrong


def test_other_methods_do_nothing(world, ask):
    wrong = []
    for name in OPERATIONS:
        operation, _method = operations()[name]
        known = {
            method
            for other, _ in operations().values()
            if other.path == operation.path
            for method in other.methods
        }
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - known:
            kwargs = world.arguments.get(f"api:{name}", {})
            address = reverse(f"api:{name}", kwargs=kwargs)
            answer = ask(world.buyer, method, address, content_type="application/json")
            allowed = set(answer.headers.get("Allow", "").split(", "))
            is_told = answer.headers["Content-Type"] == "application/problem+json"
            if answer.status_code == 415:  # it takes files, and was sent none
                continue
            if answer.status_code != 405 or allowed != known or not is_told:
                wrong.append((method, name, answer.status_code, allowed, known))
    assert wrong == [], wrong
