"""Stripe's onboarding, as far as a seller sees it."""

from gigstream.sandbox.store import Store
from gigstream.sandbox.stripe.connect import BANKS, Connect
from gigstream.sandbox.stripe.errors import ApiError
from gigstream.sandbox.stripe.objects import Object
from gigstream.sandbox.web import (
    Html,
    Request,
    Response,
    Route,
    html,
    is_local_url,
    lines,
    page,
    redirect,
)

FORM = """
<p>GigStream works with Stripe to send you your earnings. Nothing here is real.</p>
{error}
<form method="post">
  <p><label for="number">Bank account</label>
    <select id="number" name="number">{options}</select></p>
  <p class="buttons">
    <button name="verified" value="true">Submit</button>
    <button name="verified" value="" class="quiet">Submit, and let it be checked for long</button>
  </p>
</form>
<p><a href="{return_url}">Go back without finishing</a></p>
"""
OPTION = '<option value="{number}">{number}: {words}</option>'
ALERT = '<p class="alert" role="alert">{message}</p>'


class ConnectPages:
    """Where Stripe asks a seller who they are."""

    def __init__(self, store: Store, connect: Connect) -> None:
        self._store = store
        self._connect = connect

    def routes(self) -> list[Route]:
        path = r"/sandbox/stripe/connect/(\w+)"
        return [Route("GET", path, self.show), Route("POST", path, self.submit)]

    def show(self, request: Request, key: str) -> Response:
        visit = self._connect.visit(key, request.query.get("token", ""))
        return _form(visit, request) if visit else _used_up()

    def submit(self, request: Request, key: str) -> Response:
        visit = self._connect.visit(key, request.query.get("token", ""))
        if visit is None:
            return _used_up()
        form = request.form
        try:
            with self._store.transaction():
                self._connect.onboard(
                    key,
                    number=form.get("number", ""),
                    verified=form.get("verified") == "true",
                )
        except ApiError as error:
            return _form(visit, request, error=str(error))
        return redirect(_back(visit, request))


def _form(visit: Object, request: Request, *, error: str = "") -> Response:
    options = (
        html(OPTION, number=number, words=fate.replace("_", " ") or "pays")
        for number, fate in BANKS.items()
    )
    body = html(
        FORM,
        error=html(ALERT, message=error) if error else Html(),
        options=lines(options),
        return_url=_back(visit, request),
    )
    return page("Get paid by GigStream", body, status=400 if error else 200)


def _back(visit: Object, request: Request) -> str:
    url: str = visit["return_url"]
    return url if is_local_url(url, request) else "/"


def _used_up() -> Response:
    return page("Link expired", html("<p>Ask GigStream for a new one.</p>"), status=404)
