"""Resend as far as the site speaks to it: it takes e-mails, and an outbox shows them instead of sending."""

import base64
import hashlib
import hmac
import json
import re
import time
import uuid
from datetime import datetime
from typing import Any

import urllib3

from gigstream.core import clock
from gigstream.sandbox.store import Document, Store
from gigstream.sandbox.web import (
    NO_STORE,
    Html,
    Request,
    Response,
    Route,
    as_json,
    html,
    lines,
    not_found,
    page,
    redirect,
)

MOST_RECIPIENTS = 50
SHOWN = 100
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")

LIST = """
<form class="row" role="search">
  <p><label for="to">Sent to</label><input id="to" name="to" value="{to}" type="search"></p>
  <p class="buttons"><button class="quiet">Show</button></p>
</form>
<ul class="mails">{mails}</ul>
"""
LINE = """<li><a href="/sandbox/outbox/{id}/">{subject}</a>
<span>{to}</span> <time datetime="{at}">{moment}</time></li>"""
NO_MAIL = Html("<li>No mail yet.</li>")
MAIL = """
<dl>
  <dt>From</dt><dd>{sender}</dd>
  <dt>To</dt><dd>{to}</dd>
  <dt>Sent</dt><dd><time datetime="{at}">{moment}</time></dd>
  {files}
</dl>
<h2>As text</h2>
<pre>{text}</pre>
{html_version}
<h2>What becomes of it</h2>
<form class="row" method="post">
  <p class="buttons">
    <button class="quiet" formaction="/sandbox/outbox/{id}/bounce">The mailbox sends it back</button>
    <button class="quiet" formaction="/sandbox/outbox/{id}/complain">Its reader calls it spam</button>
  </p>
</form>
<p><a href="/sandbox/outbox/">Back to the outbox</a></p>
"""
FRAME = """<h2>As HTML</h2>
<iframe src="/sandbox/outbox/{id}/html" title="The mail as HTML" sandbox="{allowed}"></iframe>"""
ALLOWED = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
MAIL_POLICY = (
    f"sandbox {ALLOWED}; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'self'"
)


class ResendSandbox:
    """The API below `/sandbox/resend/`, and `/sandbox/outbox/`."""

    def __init__(
        self, store: Store, *, key: str, webhook_url: str, webhook_secret: str
    ) -> None:
        """Without a webhook address, nothing is told of what becomes of a mail."""
        self.webhook_url = webhook_url
        self._store = store
        self._key = key
        self._secret = webhook_secret

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/sandbox/resend/emails", self.send),
            Route("GET", r"/sandbox/resend/emails/([-\w]+)", self.look_up),
            Route("GET", "/sandbox/outbox/", self.show_all),
            Route("GET", r"/sandbox/outbox\.json", self.list_all),
            Route("GET", r"/sandbox/outbox/([-\w]+)/", self.show),
            Route("GET", r"/sandbox/outbox/([-\w]+)/html", self.show_html),
            Route("POST", r"/sandbox/outbox/([-\w]+)/bounce", self.bounce),
            Route("POST", r"/sandbox/outbox/([-\w]+)/complain", self.complain),
        ]

    # --- The API ----------------------------------------------------------------

    def send(self, request: Request) -> Response:
        """Take a mail. The same idempotency key brings the same answer, and no second mail."""
        if not self._is_authorized(request):
            return _error(401, "invalid_api_key", "API key is invalid")
        key = request.headers.get("idempotency-key", "")
        fingerprint = hashlib.sha256(request.body).hexdigest()
        with self._store.transaction():
            kept = self._store.get("mail-key", key) if key else None
            if kept and kept["fingerprint"] != fingerprint:
                message = "Same idempotency key used with a different request payload."
                return _error(409, "invalid_idempotent_request", message)
            if kept:
                return as_json({"id": kept["id"]})
            return self._take(request.body, key, fingerprint)

    def look_up(self, request: Request, mail_id: str) -> Response:
        if not self._is_authorized(request):
            return _error(401, "invalid_api_key", "API key is invalid")
        mail = self._store.get("mail", mail_id)
        if mail is None:
            return _error(404, "not_found", "Email not found")
        return as_json({**mail, "object": "email", "last_event": "delivered"})

    def _is_authorized(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._key}".encode())

    def _take(self, body: bytes, key: str, fingerprint: str) -> Response:
        try:
            mail = _read_mail(body)
        except ValueError as error:
            return _error(422, "validation_error", str(error))
        self._store.put("mail", mail["id"], mail)
        if key:
            self._store.put(
                "mail-key", key, {"fingerprint": fingerprint, "id": mail["id"]}
            )
        return as_json({"id": mail["id"]})

    # --- The outbox -------------------------------------------------------------

    def mails(self, to: str = "") -> list[Document]:
        """List the mails, newest first, to whom a part of an address fits."""
        mails = self._store.all("mail")
        return [mail for mail in mails if to.lower() in ", ".join(mail["to"]).lower()]

    def show_all(self, request: Request) -> Response:
        to = request.query.get("to", "")
        mails = [_line(mail) for mail in self.mails(to)[:SHOWN]]
        return page(
            "Outbox", html(LIST, to=to, mails=lines(mails) if mails else NO_MAIL)
        )

    def list_all(self, request: Request) -> Response:
        return as_json({"mails": self.mails(request.query.get("to", ""))})

    def show(self, _request: Request, mail_id: str) -> Response:
        mail = self._store.get("mail", mail_id)
        if mail is None:
            return not_found()
        frame = html(FRAME, id=mail_id, allowed=ALLOWED) if mail["html"] else Html()
        body = html(
            MAIL,
            id=mail_id,
            sender=mail["from"],
            to=", ".join(mail["to"]),
            at=mail["created_at"],
            moment=_moment(mail),
            text=_linked(mail["text"]),
            files=_files(mail),
            html_version=frame,
        )
        return page(mail["subject"], body)

    def show_html(self, _request: Request, mail_id: str) -> Response:
        """Serve the HTML version on its own: it runs nothing, and its links open the whole page."""
        mail = self._store.get("mail", mail_id)
        if mail is None or not mail["html"]:
            return not_found()
        content = mail["html"].replace("<head>", '<head><base target="_top">', 1)
        headers = {"Content-Type": "text/html; charset=utf-8", **NO_STORE}
        headers["Content-Security-Policy"] = MAIL_POLICY
        return Response(content=content.encode(), headers=headers)

    # --- What becomes of a mail --------------------------------------------------

    def bounce(self, request: Request, mail_id: str) -> Response:
        details = {"type": "Permanent", "subType": "General", "message": "No mailbox."}
        return self._tell(mail_id, "email.bounced", {"bounce": details})

    def complain(self, request: Request, mail_id: str) -> Response:
        return self._tell(mail_id, "email.complained", {})

    def signed(self, event: Document) -> tuple[bytes, dict[str, str]]:
        """The body and the headers with which an event arrives (Svix's scheme)."""
        body = json.dumps(event).encode()
        name, moment = f"msg_{uuid.uuid4().hex}", str(int(time.time()))
        key = base64.b64decode(self._secret.removeprefix("whsec_"))
        content = f"{name}.{moment}.".encode() + body
        digest = base64.b64encode(hmac.digest(key, content, "sha256")).decode()
        return body, {
            "Content-Type": "application/json",
            "svix-id": name,
            "svix-timestamp": moment,
            "svix-signature": f"v1,{digest}",
        }

    def _tell(self, mail_id: str, kind: str, about: Document) -> Response:
        mail = self._store.get("mail", mail_id)
        if mail is None:
            return not_found()
        data = {"email_id": mail_id, "to": mail["to"], "subject": mail["subject"]}
        body, headers = self.signed({"type": kind, "data": data | about})
        if self.webhook_url:
            urllib3.request(
                "POST", self.webhook_url, body=body, headers=headers, timeout=5
            )
        return redirect(f"/sandbox/outbox/{mail_id}/")


def _read_mail(body: bytes) -> Document:
    """Check a mail as Resend does, or raise ValueError with its words."""
    data = json.loads(body)
    if not isinstance(data, dict):
        raise ValueError("The request body must be an object.")
    for name in ("from", "to", "subject"):
        if not data.get(name):
            raise ValueError(f"Missing `{name}` field.")
    if not data.get("html") and not data.get("text"):
        raise ValueError("Missing `html` or `text` field.")
    to = _addresses(data["to"])
    if len(to) > MOST_RECIPIENTS or not all("@" in address for address in to):
        raise ValueError("Invalid `to` field.")
    return {
        "id": str(uuid.uuid4()),
        "created_at": clock.now().isoformat(),
        "from": str(data["from"]),
        "to": to,
        "cc": _addresses(data.get("cc")),
        "bcc": _addresses(data.get("bcc")),
        "reply_to": _addresses(data.get("reply_to")),
        "subject": str(data["subject"]),
        "text": str(data.get("text") or ""),
        "html": str(data.get("html") or ""),
        "headers": data.get("headers") or {},
        "attachments": _attached(data.get("attachments")),
    }


def _attached(value: Any) -> list[Document]:
    """What goes along: names and sizes, the content is not kept."""
    files = value if isinstance(value, list) else []
    return [
        {
            "filename": str(file.get("filename") or ""),
            "size": len(base64.b64decode(str(file.get("content") or ""))),
        }
        for file in files
        if isinstance(file, dict)
    ]


def _addresses(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(address) for address in value]
    return [str(value)] if value else []


def _error(status: int, name: str, message: str) -> Response:
    return as_json(
        {"statusCode": status, "name": name, "message": message}, status=status
    )


def _line(mail: Document) -> Html:
    return html(
        LINE,
        id=mail["id"],
        subject=mail["subject"],
        to=", ".join(mail["to"]),
        at=mail["created_at"],
        moment=_moment(mail),
    )


def _moment(mail: Document) -> str:
    return f"{datetime.fromisoformat(mail['created_at']):%d %b %Y, %H:%M} UTC"


def _files(mail: Document) -> Html:
    """Name what went along; mails of an earlier sandbox know of nothing."""
    files = mail.get("attachments") or []
    words = ", ".join(f"{file['filename']} ({file['size']:,} bytes)" for file in files)
    return html("<dt>Files</dt><dd>{words}</dd>", words=words) if files else Html()


def _linked(plain: str) -> Html:
    """Escape a text and make its addresses clickable."""
    pieces, end = [], 0
    for match in LINK.finditer(plain):
        pieces.append(html("{text}", text=plain[end : match.start()]))
        pieces.append(html('<a href="{url}">{url}</a>', url=match.group()))
        end = match.end()
    pieces.append(html("{text}", text=plain[end:]))
    return Html("".join(pieces))
