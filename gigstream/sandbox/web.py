"""As much of a web framework as the sandbox needs, on plain WSGI."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

ASSETS = Path(__file__).parent / "assets"
BODY_LIMIT = 12 * 1024 * 1024
NO_STORE = {"Cache-Control": "no-store"}
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What came in."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return dict(self.query_pairs)

    @property
    def query_pairs(self) -> Pairs:
        return parse_qsl(self.query_string, keep_blank_values=True)

    @property
    def form(self) -> dict[str, str]:
        return dict(self.form_pairs)

    @property
    def form_pairs(self) -> Pairs:
        text = self.body.decode("utf-8", "replace")
        return parse_qsl(text, keep_blank_values=True)

    @property
    def wants_json(self) -> bool:
        return "application/json" in self.headers.get("accept", "")


@dataclass(slots=True, kw_only=True)
class Response:
    """What goes out. A `cut` answer breaks off, as if the line had gone dead."""

    status: int = 200
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


class Refused(Exception):
    """Carries the answer that ends a request."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


Handler = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a pattern; the pattern's groups become the handler's arguments."""

    method: str
    pattern: str
    handler: Handler


class Router:
    """A WSGI app over a list of routes."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = [(re.compile(route.pattern), route) for route in routes]

    def __call__(
        self, environ: WSGIEnvironment, start: StartResponse
    ) -> Iterable[bytes]:
        try:
            response = self._answer(_request(environ))
        except Refused as refusal:
            response = refusal.response
        return _send(response, start, is_head=environ["REQUEST_METHOD"] == "HEAD")

    def _answer(self, request: Request) -> Response:
        _refuse_foreign_form(request)
        method = "GET" if request.method == "HEAD" else request.method
        matches = [
            (route, match)
            for pattern, route in self._routes
            if (match := pattern.fullmatch(request.path))
        ]
        for route, match in matches:
            if route.method == method:
                return route.handler(request, *match.groups())
        return not_found() if not matches else text("Method not allowed.", status=405)


def _request(environ: WSGIEnvironment) -> Request:
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
        query_string=environ.get("QUERY_STRING", ""),
        headers=_headers(environ),
        body=_body(environ),
    )


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    return {"content-type": environ.get("CONTENT_TYPE", ""), **headers}


def _body(environ: WSGIEnvironment) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit():
        raise Refused(text("Bad Content-Length.", status=400))
    if int(length) > BODY_LIMIT:
        raise Refused(text("Too large.", status=413))
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def _refuse_foreign_form(request: Request) -> None:
    is_foreign = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
    if is_foreign and request.method != "GET":
        raise Refused(text("This form came from another site.", status=403))


def _send(
    response: Response, start: StartResponse, *, is_head: bool
) -> Iterable[bytes]:
    length = len(response.content) + (1024 if response.cut else 0)
    headers = {
        "Content-Length": str(length),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        **response.headers,
    }
    start(
        f"{response.status} {HTTPStatus(response.status).phrase}", list(headers.items())
    )
    return [] if is_head else [response.content]


# --- Kinds of answers ---------------------------------------------------------


def text(message: str, *, status: int = 200) -> Response:
    headers = {"Content-Type": "text/plain; charset=utf-8", **NO_STORE}
    return Response(status=status, content=message.encode(), headers=headers)


def not_found() -> Response:
    return text("The sandbox has nothing here.", status=404)


def as_json(data: object, *, status: int = 200, **headers: str) -> Response:
    return Response(
        status=status,
        content=json.dumps(data).encode(),
        headers={"Content-Type": "application/json", **NO_STORE, **headers},
    )


def redirect(url: str) -> Response:
    return Response(status=303, headers={"Location": url, **NO_STORE})


def asset(name: str, content_type: str) -> Handler:
    """Make a handler that serves one of our own files."""

    def serve(_request: Request) -> Response:
        headers = {"Content-Type": content_type, "Cache-Control": "no-cache"}
        return Response(content=(ASSETS / name).read_bytes(), headers=headers)

    return serve


# --- Pages --------------------------------------------------------------------


class Html(str):
    """Markup that is ready to be sent. What comes from outside becomes it by `html` only."""

    __slots__ = ()


def html(template: str, **values: object) -> Html:
    """Fill a template; whatever is not `Html` itself is escaped."""
    return Html(
        template.format_map({name: _safe(value) for name, value in values.items()})
    )


def lines(parts: Iterable[Html]) -> Html:
    return Html("\n".join(parts))


def _safe(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))


PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex">
  <title>{title} · Sandbox</title>
  <link rel="stylesheet" href="/sandbox/style.css">
</head>
<body>
  <header>
    <p><strong>Sandbox</strong> Nothing here is real: no money moves, no mail leaves.</p>
    <nav aria-label="Sandbox">
      <a href="/sandbox/">Overview</a>
      <a href="/sandbox/outbox/">Outbox</a>
      <a href="/sandbox/stripe/">Payments</a>
      <a href="/">GigStream</a>
    </nav>
  </header>
  <main>
    <h1>{title}</h1>
    {body}
  </main>
</body>
</html>
"""


def page(title: str, body: Html, *, status: int = 200) -> Response:
    return Response(
        status=status,
        content=html(PAGE, title=title, body=body).encode(),
        headers={
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": PAGE_POLICY,
            **NO_STORE,
        },
    )


def is_local_url(url: str, request: Request) -> bool:
    """Tell whether a page may send its visitor to this address: only to this very site."""
    if re.search(r"[\x00-\x20\x7f\\]", url):
        return False
    target = urlsplit(url)
    if target.scheme or target.netloc:
        return target.scheme in (
            "http",
            "https",
        ) and target.netloc == request.headers.get("host")
    # Browsers take any number of slashes at the front for the two before a host.
    return url.startswith("/") and not url.startswith("//")


# --- Multipart forms ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a multipart form, or one file."""

    name: str
    is_file: bool
    content: bytes


def parts(request: Request) -> Iterator[Part]:
    """Take a multipart form apart, byte for byte."""
    mark = _boundary(request)
    for chunk in (b"\r\n" + request.body).split(b"\r\n--" + mark)[1:-1]:
        head, _, content = chunk.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = message_from_bytes(head)
        name = headers.get_param("name", "", header="content-disposition")
        yield Part(str(name), headers.get_filename() is not None, content)


def _boundary(request: Request) -> bytes:
    header = Message()
    header["Content-Type"] = request.headers["content-type"]
    boundary: Any = header.get_param("boundary")
    if not isinstance(boundary, str):
        raise Refused(text("A multipart form is needed.", status=400))
    return boundary.encode("latin-1")
