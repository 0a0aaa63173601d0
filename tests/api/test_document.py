"""The document of the API: complete, readable under our content policy, and true.

Schemathesis makes requests from it, good and bad ones, and asks the site in this process.
`API_EXAMPLES` says how many of each operation; `make test-api` makes many.
"""

import json
import os
import re

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gigstream.api import api
from tests.factories import an_api_token
from tests.security.routes import build_world

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


def _ask(operation, mode, headers, seen):
    """Ask an operation what Schemathesis makes up; return what was not as the document says."""

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
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


def test_every_operation_says_in_words_what_it_does():
    silent = [
        f"{method} {path}"
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, told in operations.items()
        if not told.get("description")
    ]

    assert silent == []
