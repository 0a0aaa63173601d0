"""The JSON API: the operations of all apps under /api/, and the document that lists them."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Swagger
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

import accounts.api
import admin_panel.api
import gigs.api
import messaging.api
import orders.api
import payments.api
from accounts.api_access import needs
from accounts.models import Scope
from gigstream.core.api import Problem
from gigstream.core.api.problems import ProblemDetails
from gigstream.core.errors import Refusal, TooMany
from gigstream.services.cloudinary import StorageUnavailable
from gigstream.services.stripe import StripeFailure

ABOUT = """
What the pages of this site do, for programs; the same rules hold. Browsers use their
session and send the CSRF token that `/api/auth/session` tells as `X-CSRFToken`; others
send `Authorization: Bearer …` with a token that is made in the settings.

Amounts are whole minor units (`12650` and `usd` for $126.50), moments are ISO 8601 with
their offset. Lists come a page at a time: send `next` as `cursor` for the following one.
Whatever is refused is told as problem details (RFC 9457). A POST that may be sent twice
carries an `Idempotency-Key`.
"""


class JsonParser(Parser):
    """JSON without what no database takes."""

    def parse_body(self, request: HttpRequest) -> Any:
        body = super().parse_body(request)
        if b"\\u0000" in request.body and _has_nul(body):
            raise ValueError("NUL")
        return body


def _has_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(map(_has_nul, value))


class Docs(Swagger):
    """The document to read and to try, with our nonce on its scripts."""

    def render_page(
        self, request: HttpRequest, api: NinjaAPI, **kwargs: Any
    ) -> HttpResponse:
        address = self.get_openapi_url(api, kwargs)
        options = {**self.settings, "url": address, "persistAuthorization": False}
        context = {"options": options, "title": api.title}
        answer = render(request, "core/api_docs.html", context)
        # Swagger's style sheet draws its arrows as data: addresses.
        answer._csp_update = {"img-src": ["data:"]}  # type: ignore[attr-defined]
        return answer


class SiteApi(NinjaAPI):
    """Ninja's, with a document that knows our problems and is made once."""

    document: OpenAPISchema | None = None

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        if self.document is None:
            self.document = super().get_openapi_schema(**options)
            self._complete(self.document)
        return self.document

    def _complete(self, document: OpenAPISchema) -> None:
        reference = "#/components/schemas/{model}"
        problem = ProblemDetails.model_json_schema(ref_template=reference)
        schemas = document["components"]["schemas"]
        schemas |= {**problem.pop("$defs"), "Problem": problem}
        for operations in document["paths"].values():
            operations.pop("head", None)


api = SiteApi(
    title="GigStream API",
    description=ABOUT,
    urls_namespace="api",
    auth=needs(Scope.ADMIN),
    docs=Docs(),
    docs_decorator=require_safe,
    parser=JsonParser(),
)
for app in (accounts, gigs, orders, payments, messaging, admin_panel):
    api.add_router("", app.api.routes.router)


# --- What goes wrong ----------------------------------------------------------------


@api.exception_handler(Problem)
def tell_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem.answer()


@api.exception_handler(Refusal)
def tell_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    wait = (
        {"Retry-After": str(refusal.retry_after)}
        if isinstance(refusal, TooMany)
        else {}
    )
    code = {409: "stale", 422: "not_allowed", 429: "too_many"}[refusal.status]
    return Problem(refusal.status, str(refusal), code=code, headers=wait).answer()


@api.exception_handler(Http404)
def tell_nothing(request: HttpRequest, error: Http404) -> HttpResponse:
    return Problem(404).answer()


@api.exception_handler(HttpError)
def tell_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja itself refuses: a body that is no JSON, or nobody to ask."""
    headers = {"WWW-Authenticate": "Bearer"} if error.status_code == 401 else {}
    return Problem(error.status_code, error.message, headers=headers).answer()


@api.exception_handler(ValidationError)
def tell_what_is_wrong(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = [
        {name: each[name] for name in ("loc", "msg", "type")} for each in error.errors
    ]
    text = _("Something is missing or wrong.")
    return Problem(422, text, code="invalid", errors=wrong).answer()


@api.exception_handler(StorageUnavailable)
@api.exception_handler(StripeFailure)
def tell_absence(request: HttpRequest, error: Exception) -> HttpResponse:
    text = _("A company that is needed for this does not answer. Try again soon.")
    return Problem(503, text, code="away", headers={"Retry-After": "30"}).answer()


@api.exception_handler(Exception)
def leave_to_django(request: HttpRequest, error: Exception) -> HttpResponse:
    """The middleware knows a busy database and a broken form; the rest is our mistake."""
    raise error


def _open(patterns: list[Any]) -> list[URLPattern]:
    """Open for everybody as addresses: each operation asks who it is by itself."""
    for pattern in patterns:
        login_not_required(pattern.callback)
    return patterns


_patterns, _app, _space = api.urls
urls = (_open(_patterns), _app, _space)
