"""Google and GitHub as far as a login needs them: an OAuth 2 server over real HTTP.

It insists on what the companies insist on: the client's id and secret, the same callback
address twice, each code once, and the proof (PKCE) that belongs to the question.
"""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

CLIENT_ID, CLIENT_SECRET = "our-id", "our-secret"


class OAuthStandIn:
    """`person` is who logs in there next; `refuse` makes them press Cancel."""

    def __init__(self):
        self.person, self.refuse = {}, False
        self.codes, self.tokens = {}, {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(
            target=self.server.serve_forever, args=(0.02,), daemon=True
        )
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def authorize(self, query):
        """Send the browser back, with a code or with the refusal."""
        if (
            query.get("client_id") != CLIENT_ID
            or query["code_challenge_method"] != "S256"
        ):
            return 400, {}, {"error": "invalid_request"}
        back = {"state": query["state"]}
        if self.refuse:
            back["error"] = "access_denied"
        else:
            back["code"] = f"code-{len(self.codes)}"
            self.codes[back["code"]] = query, self.person
        return 302, {"Location": f"{query['redirect_uri']}?{urlencode(back)}"}, {}

    def token(self, form):
        question, person = self.codes.pop(form.get("code"), ({}, None))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            person is None
            or form.get("client_id") != CLIENT_ID
            or form.get("client_secret") != CLIENT_SECRET
            or form.get("redirect_uri") != question["redirect_uri"]
            or proof != question["code_challenge"]
        ):
            return 400, {}, {"error": "invalid_grant"}
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = person
        return 200, {}, {"access_token": token, "token_type": "bearer"}

    def who(self, path, headers):
        token = headers.get("Authorization", "").partition(" ")[2]
        if token not in self.tokens:
            return 401, {}, {"error": "invalid_token"}
        person = self.tokens[token]
        return 200, {}, person["emails"] if path == "/user/emails" else person["user"]


def _handler(standin):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            address = urlsplit(self.path)
            if address.path == "/authorize":
                self._answer(*standin.authorize(dict(parse_qsl(address.query))))
            else:
                self._answer(*standin.who(address.path, self.headers))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*standin.token(form))

        def _answer(self, status, headers, content):
            body = json.dumps(content).encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    return Handler
