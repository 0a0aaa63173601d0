"""Operations: what each takes and answers, who may ask, and what may go wrong.

An operation returns a `Schema`, which was validated when it was made, and is written as
JSON once. Its refusals are documented by what it takes: whoever needs a login may get
401, a body may be too large, and so on.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, set_response_etag
from ninja import Router
from pydantic import BaseModel

from gigstream.core.api.once import HEADER, once
from gigstream.core.api.problems import MEDIA_TYPE

View = TypeVar("View", bound=Callable[..., Any])
Auth = Sequence[Callable[[HttpRequest], Any]] | None

PROBLEMS = {
    400: "What was sent cannot be read.",
    401: "Log in, or send a token that is good.",
    403: "This token, session or person may not do that.",
    404: "There is no such thing, or it is not yours.",
    409: "Somebody was faster, or it is not the moment; look again.",
    411: "Say with Content-Length how long the body is.",
    413: "The body is too large.",
    415: "The body is of a kind that this operation does not take.",
    422: "Something is missing or wrong, or the rules say no.",
    429: "Too many requests; wait for Retry-After.",
    503: "Something that is needed is away; try again after Retry-After.",
}
FILE = bytes
"""The answer of an operation that passes a file on."""
KEY_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Sent again with the same key, it is done once and answered the same.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 255,
        "pattern": "^[!-~]+$",
    },
}


class Routes:
    """The operations of one app, under one heading of the document."""

    def __init__(self, heading: str) -> None:
        self.router = Router(tags=[heading])

    def get(self, path: str, **options: Any) -> Callable[[View], View]:
        return self._operation(["GET", "HEAD"], path, **options)

    def post(self, path: str, **options: Any) -> Callable[[View], View]:
        return self._operation(["POST"], path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[View], View]:
        return self._operation(["PATCH"], path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[View], View]:
        return self._operation(["DELETE"], path, **options)

    def _operation(
        self,
        methods: list[str],
        path: str,
        *,
        auth: Auth,
        answer: Any = None,
        status: int = 200,
        also: Sequence[int] = (),
    ) -> Callable[[View], View]:
        """`auth` is `needs(…)`, `anybody(…)` or None; without an `answer` it is a 204.

        `also` are refusals that this one has beside the usual ones.
        """

        is_public = any(hasattr(each, "is_nobody") for each in auth or ())
        # Not where people come in: nobody is known yet, or somebody else.
        comes_twice = auth is not None and "POST" in methods

        def decorate(view: View) -> View:
            @wraps(view)
            def run(
                request: HttpRequest, *args: Any, **kwargs: Any
            ) -> HttpResponseBase:
                def act() -> HttpResponseBase:
                    return _written(view(request, *args, **kwargs), status)

                response = once(request, act) if comes_twice else act()
                return _unless_known(request, response) if is_public else response

            self.router.add_api_operation(
                path,
                methods,
                run,
                auth=auth,
                response={
                    status if answer else 204: None if answer is FILE else answer
                },
                by_alias=True,
                operation_id=view.__name__,
                url_name=view.__name__,
                openapi_extra=_documented(
                    methods[0], auth, is_public, is_file=answer is FILE, also=also
                ),
            )
            return view

        return decorate


def _written(
    answer: BaseModel | HttpResponseBase | None, status: int
) -> HttpResponseBase:
    if answer is None:
        return HttpResponse(status=204)
    if isinstance(answer, HttpResponseBase):
        return answer
    text = answer.model_dump_json(by_alias=True)
    return HttpResponse(text, status=status, content_type="application/json")


def _unless_known(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """What strangers see has an ETag; whoever has it already is told so."""
    if request.user.is_authenticated or request.method not in {"GET", "HEAD"}:
        return response
    set_response_etag(response)
    etag = response.headers["ETag"]
    known: Any = get_conditional_response(request, etag=etag, response=response)  # type: ignore[arg-type]
    return known  # type: ignore[no-any-return]


def _documented(
    method: str,
    auth: Auth,
    is_public: bool,
    *,
    is_file: bool,
    also: Sequence[int],
) -> dict[str, Any]:
    statuses = {400, 404, 411, 413, 415, 422, 429, 503, *also}
    if auth:
        statuses |= {401, 403}
    if method != "GET":
        statuses |= {409}
    if method == "GET":
        statuses -= {411, 413, 415}
    said: dict[str, Any] = {
        "responses": {
            status: {
                "description": PROBLEMS[status],
                "content": {
                    MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}
                },
            }
            for status in sorted(statuses)
        }
    }
    if is_file:
        binary = {"schema": {"type": "string", "format": "binary"}}
        said["responses"][200] = {"content": {"*/*": binary}}
    if is_public and method == "GET":
        said["responses"][304] = {"description": "You have it already."}
    if method == "POST" and auth:
        said["parameters"] = [KEY_PARAMETER]
    if is_public:
        said["security"] = [{}]
    return said
