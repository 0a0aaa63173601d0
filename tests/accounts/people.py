"""What the tests about people do again and again, through the pages."""

import re

from django.test import Client

LINK = re.compile(r"http://[^\s\"<]+")


def join(
    client: Client, *, email="nora@example.com", password="a-long-way-home", **fields
):
    fields = {
        "full_name": "Nora Nordin",
        "email": email,
        "password1": password,
        **fields,
    }
    return client.post("/accounts/signup/", fields)


def log_in(client: Client, *, email, password, query="", **fields):
    return client.post(
        f"/accounts/login/{query}", {"login": email, "password": password, **fields}
    )


def path_in(mail) -> str:
    """The page on this site that a mail leads to first."""
    return "/" + LINK.search(mail.body)[0].split("/", 3)[3]


def answer(response) -> tuple[object, ...]:
    """All that a stranger can compare: status, target, headers, and the page without its token."""
    headers = {
        name: value for name, value in response.headers.items() if name not in VOLATILE
    }
    return response.status_code, headers, TOKEN.sub(b"", response.content)


# An `Expires` of now is another a second later; each request has an id of its own.
VOLATILE = {"Content-Security-Policy", "Content-Length", "Expires", "X-Request-ID"}
TOKEN = re.compile(rb'(csrfmiddlewaretoken" value|nonce)="[^"]+"')
