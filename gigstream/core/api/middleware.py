"""What holds for every request under /api/, before an operation sees it and after."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from gigstream.core.api.problems import MEDIA_TYPE, Problem

PREFIX = "/api/"
WEBHOOKS = "/api/webhooks/"
TAKES_FILES = "/api/upload"  # and no other address does
KEPT_HEADERS = ("Retry-After", "Allow", "WWW-Authenticate")
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class ApiMiddleware:
    """Refuse bodies that no operation takes; turn whatever was refused into problem details.

    Limits, hosts, methods and a database that is away are told by pages elsewhere. The
    pages are not shown here; their status and the headers that matter are kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path.startswith(PREFIX):
            return response
        patch_vary_headers(response, ["Authorization"])
        if response.status_code < HTTPStatus.BAD_REQUEST or _is_problem(response):
            return response
        kept = {name: response[name] for name in KEPT_HEADERS if name in response}
        return Problem(response.status_code, headers=kept).answer()

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        is_ours = request.path.startswith(PREFIX) and not request.path.startswith(
            WEBHOOKS
        )
        if not is_ours or request.method not in WRITING:
            return None
        if refusal := _refused_body(request):
            return refusal.answer()
        return None


def _is_problem(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith(MEDIA_TYPE)


def _refused_body(request: HttpRequest) -> Problem | None:
    """JSON and nothing else: other sites' forms cannot send that without asking first."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if "Transfer-Encoding" in request.headers:
        return Problem(411, "Say with Content-Length how long the body is.")
    if not (length.isascii() and length.isdigit() and len(length) < 16):
        return Problem(400, "Content-Length is a number.")
    if request.path == TAKES_FILES:
        if request.content_type != "multipart/form-data":
            return Problem(415, "Send the file as multipart/form-data.")
        return None
    size = int(length)
    if size > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
        return Problem(413, "A body has at most 1 MB.")
    if size and request.content_type != "application/json":
        return Problem(415, "Send application/json.")
    return None
