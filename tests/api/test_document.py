"""The document of the API: complete, readable under our content policy, and true.

Schemathesis makes requests from it, good and bad ones, and asks the site in this process.
`API_EXAMPLES` says how many of each operation; `make test-api` makes many.
"""

import json
import os
import re
from collections import defaultdict
from enum import Enum
from typing import Annotated, get_args, get_origin

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from pydantic import BaseModel, WithJsonSchema
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gigstream.api import api
from gigstream.core import clock
from gigstream.core.api import Schema
from tests.factories import NOON, an_api_token
from tests.security.routes import build_world
from tests.security.test_api_routes import bodies, queries

# No 500 is in the document, so one is an answer that is unheard of.
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = int(os.environ.get("API_EXAMPLES", "1"))
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="API_EXAMPLES" not in os.environ,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def schema():
    """As a client reads it: the JSON, and nothing else that we know."""
    document = json.loads(json.dumps(api.get_openapi_schema()))
    read = schemathesis.openapi.from_dict(document)
    read.app = get_wsgi_application()
    return read


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture(autouse=True)
def _connection_stays():
    """Outside of tests each request may end the connection; here it holds the world."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _ask(operation, mode, headers, seen, things=None):
    """Ask an operation what Schemathesis makes up; return what was not as the document says.

    `things` are keys of what is there, put in place of those that are made up.
    """

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        for part, keys in (things or {}).items():
            if isinstance(made := getattr(case, part), dict):
                setattr(case, part, {**made, **keys})
        with transaction.atomic():
            response = case.call(base_url="http://testserver", headers=headers)
            transaction.set_rollback(True)
        seen.add((operation.label, response.status_code))
        case.validate_response(response, checks=CHECKS)

    try:
        ask()
    except Unsatisfiable:
        pass  # it takes nothing that could be wrong
    except FailureGroup as failures:
        return [f"{operation.label}: {each}" for each in failures.exceptions]
    return []


@pytest.mark.django_db
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_answer_breaks_or_is_unheard_of(schema, world, mode):
    secret = an_api_token(world.operator)[1]
    wrong, seen = [], set()
    for known in ({}, {"Authorization": f"Bearer {secret}"}):
        headers = {"Accept-Encoding": "identity", **known}
        for result in schema.get_all_operations():
            wrong += _ask(result.ok(), mode, headers, seen)

    assert wrong == [], "\n\n".join(wrong)
    assert len({label for label, _status in seen}) > 30


def _things(world, operation):
    name = operation.definition.raw["operationId"]
    path = world.arguments.get(f"api:{name}", {})
    sent, asked = bodies(world).get(name, {}), queries(world).get(name, {})
    return {
        "path_parameters": {key: str(path[key]) for key in path if key != "verb"},
        "body": {key: sent[key] for key in sent if key.endswith("Id")},
        "query": {key: asked[key] for key in asked if key.endswith("Id")},
    }


@pytest.mark.django_db
@pytest.mark.parametrize("side", ["buyer", "seller"])
def test_what_is_asked_of_things_that_are_there_is_answered_as_said(
    schema, world, side
):
    wrong, seen = [], set()
    with clock.frozen(NOON):
        secret = an_api_token(world.person(side))[1]
        headers = {"Accept-Encoding": "identity", "Authorization": f"Bearer {secret}"}
        for result in schema.get_all_operations():
            operation = result.ok()
            things = _things(world, operation)
            wrong += _ask(operation, GenerationMode.POSITIVE, headers, seen, things)

    assert wrong == [], "\n\n".join(wrong)
    assert len({label for label, status in seen if status < 300}) > 30


def test_the_document_is_read_under_our_content_policy(client):
    page = client.get("/api/docs")

    policy = page.headers["Content-Security-Policy"]
    scripts = re.findall(r"<script[^>]*>", page.content.decode())
    nonce = re.search(r"script-src 'nonce-([^']+)'", policy)[1]
    assert page.status_code == 200
    assert all(
        f'nonce="{nonce}"' in tag or 'type="application/json"' in tag for tag in scripts
    )
    assert "img-src 'self' data:" in policy


def _kinds(schema):
    """The types of a schema's fields, however deep they lie in its annotations."""
    waiting = [
        (field.annotation, field.metadata) for field in schema.model_fields.values()
    ]
    while waiting:
        kind, told = waiting.pop()
        if get_origin(kind) is Annotated:
            kind, *told = get_args(kind)
        waiting += [(each, ()) for each in get_args(kind)]
        is_inline = any(isinstance(each, WithJsonSchema) for each in told)
        if (
            isinstance(kind, type)
            and issubclass(kind, (Enum, BaseModel))
            and not is_inline
        ):
            yield kind


def test_each_name_in_the_document_is_one_thing():
    schemas, known = [Schema], defaultdict(set)
    for schema in schemas:
        schemas += schema.__subclasses__()
        for kind in (schema, *_kinds(schema)):
            known[kind.__name__].add(f"{kind.__module__}.{kind.__qualname__}")

    assert {name: things for name, things in known.items() if len(things) > 1} == {}
    assert len(known) > 100


def test_every_operation_says_in_words_what_it_does():
    silent = [
        f"{method} {path}"
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, told in operations.items()
        if not told.get("description")
    ]

    assert silent == []
