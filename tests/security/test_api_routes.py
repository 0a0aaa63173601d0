"""Who may ask which operation of the API, by session and by token, from the URLconf.

An unlisted operation fails the suite, so that none is without an answer to that.
"""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Scope
from gigstream.api import api
from tests.factories import an_api_token
from tests.security.routes import api_routes
from tests.security.test_routes import OURS, PARTIES, PEOPLE, ROLES, SELLERS

pytestmark = pytest.mark.django_db

ALL = set(ROLES)
READ, WRITE, ORDERS, MONEY = Scope.READ, Scope.WRITE, Scope.ORDERS, Scope.MONEY
MESSAGES, ADMIN = Scope.MESSAGES, Scope.ADMIN
STAFF = {"operator"}

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
    # Without a token: they are how one gets in.
    "register": (ALL, None),
    "login": (ALL, None),
    "get_session": (ALL, None),
    "forgot_password": (ALL, None),
    "reset_password": (ALL, None),
    "logout": (PEOPLE, None),
    "get_profile": (PEOPLE, READ),
    "edit_profile": (PEOPLE, WRITE),
    "list_orders": (PEOPLE, READ),
    "get_order": (PARTIES, READ),
    "get_file": (PARTIES, READ),
    "create_order": (PEOPLE, ORDERS),
    "checkout": (PEOPLE, ORDERS),
    "pay": (PARTIES, ORDERS),
    "deliver": (PARTIES, ORDERS),
    "request_revision": (PARTIES, ORDERS),
    "accept": (PARTIES, MONEY),
    "extend_review": (PARTIES, ORDERS),
    "cancel": (PARTIES, ORDERS),
    "cancel_late": (PARTIES, ORDERS),
    "decline": (PARTIES, ORDERS),
    "change_status": (PARTIES, ORDERS),
    "list_reviews": (ALL, READ),
    "write_review": (PARTIES, ORDERS),
    "remove_review": (STAFF, ADMIN),
    "get_dispute": (PARTIES, READ),
    "open_dispute": (PARTIES, ORDERS),
    "answer_dispute": (PARTIES, ORDERS),
    "settle_dispute": (PARTIES, MONEY),
    "escalate_dispute": (PARTIES, ORDERS),
    "withdraw_dispute": (PARTIES, ORDERS),
    "list_proposals": (PARTIES, READ),
    "ask_for_time": (PARTIES, ORDERS),
    "ask_to_cancel": (PARTIES, ORDERS),
    "offer_extra": (PARTIES, ORDERS),
    "agree": (PARTIES, ORDERS),
    "answer_proposal": (PARTIES, ORDERS),
    "list_extras": (PARTIES, READ),
    "buy_extra": (PARTIES, ORDERS),
    "pay_for_extra": (PARTIES, ORDERS),
    "tip": (PARTIES, ORDERS),
    "list_offers": (PEOPLE, READ),
    "get_offer": (PARTIES, READ),
    "take_up": (PARTIES, ORDERS),
    "end_offer": (PARTIES, ORDERS),
    "make_offer": ({"seller"}, ORDERS),
    "edit_review": ({"buyer"}, ORDERS),
    "reply": ({"seller"}, ORDERS),
    "get_wallet": (PEOPLE, READ),
    "list_entries": (PEOPLE, READ),
    "list_withdrawals": (PEOPLE, READ),
    "get_withdrawal": ({"seller"}, READ),
    "withdraw": (PEOPLE, MONEY),
    "cancel_withdrawal": ({"seller"}, MONEY),
    "get_person": (ALL, READ),
    "list_gigs_of": (ALL, READ),
    "list_conversations": (PEOPLE, MESSAGES),
    "start_conversation": (PEOPLE, MESSAGES),
    "read_conversation": (PARTIES, MESSAGES),
    "list_messages": (PARTIES, MESSAGES),
    "send_message": (PARTIES, MESSAGES),
    "get_attachment": (PARTIES, MESSAGES),
    "list_notifications": (PEOPLE, READ),
    "mark_notifications": (PEOPLE, WRITE),
    "upload": (PEOPLE, WRITE),
    "get_revenue": (STAFF, ADMIN),
    "get_settings": (STAFF, ADMIN),
    "change_settings": (STAFF, ADMIN),
    "seed": (ALL, None),
}
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
    order = {"orderId": str(world.arguments["orders:detail"]["pk"])}
    gig = {"gigId": str(world.arguments["gigs:save"]["pk"])}
    words = {"message": "Here it is.", "reason": "It is late.", "text": "I see."}
    email, password = "nobody@example.com", "a-good-password"
    return {
        "create_gig": {"title": "I will draw", "category": "logos"},
        "edit_gig": {"title": "I will paint"},
        "save_gig": gig,
        "register": {"email": email, "password": password, "fullName": "No Body"},
        "login": {"email": email, "password": password},
        "forgot_password": {"email": email},
        "reset_password": {"token": "abc-def", "password": password},
        "edit_profile": {"headline": "Draws"},
        "create_order": {**gig, "packageType": "basic"},
        "checkout": {**gig, "packageType": "basic"},
        "deliver": {**words, "files": ["made-up"]},
        "request_revision": words,
        "cancel_late": words,
        "decline": words,
        "change_status": {"status": "revision", **words},
        "write_review": {**order, "rating": 5, "comment": "Fine."},
        "edit_review": {"rating": 4, "comment": "Fine after all."},
        "reply": words,
        "ask_for_time": {"days": 3, **words},
        "ask_to_cancel": {"refund": 1_00, **words},
        "offer_extra": {"title": "A sign", "price": 30_00, **words},
        "buy_extra": {"extra": str(uuid4())},
        "tip": {"amount": 5_00},
        "take_up": {},
        "make_offer": {
            **gig,
            "title": "Ten logos",
            "scope": "Ten of them.",
            "price": 500_00,
            "deliveryDays": 9,
        },
        "withdraw": {"amount": 1_00},
        "open_dispute": {
            **order,
            "reason": "other",
            "description": "No.",
            "want": "refund",
        },
        "answer_dispute": words,
        "settle_dispute": {"statementId": str(uuid4())},
        "start_conversation": {"userId": str(world.seller.pk)},
        "send_message": {**_conversation(world), "body": "Hello"},
        "mark_notifications": {"all": True},
        "change_settings": {"settings": {}, "version": 0, "reason": "None."},
        "seed": {"gigs": 9},
    }


def queries(world):
    return {
        "suggest": {"q": "lo"},
        "list_messages": _conversation(world),
        "list_reviews": {"seller": "selma"},
        "unsave_gig": {"gigId": str(world.arguments["gigs:save"]["pk"])},
        "remove_review": {"reason": "Insults."},
    }


def _conversation(world):
    return {"conversationId": str(world.arguments["messaging:send"]["pk"])}


def _ask(ask, world, person, name, method, **options):
    """One request to an operation; with a token instead of a session if one is given."""
    address = reverse(f"api:{name}", kwargs=world.arguments.get(f"api:{name}", {}))
    query = queries(world).get(name, {})
    if method == "GET":
        return ask(person, "GET", address, query, **options)
    if query:
        options["query_params"] = query
    if name == "upload":
        file = SimpleUploadedFile("note.txt", b"Hello")
        sent = {"purpose": "order", "file": file}
        return ask(person, method, address, sent, **options)
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
    if status == 401:  # a login with the wrong password
        return answer.json()["code"] == "credentials"
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
            if answer.status_code in {401, 500} or is_refused != (scope != needed):
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
