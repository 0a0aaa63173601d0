"""Stripe's faces: the card form without JavaScript, the 3-D Secure page, and the control page."""

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from gigstream.sandbox.store import Store
from gigstream.sandbox.stripe import objects
from gigstream.sandbox.stripe.api import Api
from gigstream.sandbox.stripe.bank import OPEN, Bank
from gigstream.sandbox.stripe.cards import CARDS
from gigstream.sandbox.stripe.errors import ApiError
from gigstream.sandbox.stripe.objects import Object
from gigstream.sandbox.stripe.setups import Setups
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

PAY = """
<p>{description}</p>
{error}
<form method="post">
  <p>
    <label for="number">Card number</label>
    <input id="number" name="number" value="{number}" inputmode="numeric"
           autocomplete="cc-number" placeholder="4242 4242 4242 4242" required {invalid}>
  </p>
  <div class="pair">
    <p>
      <label for="expiry">Expiry</label>
      <input id="expiry" name="expiry" value="{expiry}" inputmode="numeric"
             autocomplete="cc-exp" placeholder="MM / YY" required>
    </p>
    <p>
      <label for="cvc">CVC</label>
      <input id="cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc"
             placeholder="123" maxlength="4" required>
    </p>
  </div>
  <button>{verb}</button>
</form>
<p><a href="{return_url}">{back}</a></p>
<details>
  <summary>Test cards</summary>
  {cards}
</details>
"""
CHALLENGE = """
<p>Your bank asks: do you approve {what}?</p>
<form method="post" class="buttons">
  <button name="outcome" value="complete">Complete</button>
  <button name="outcome" value="fail" class="quiet">Fail</button>
</form>
"""
ALERT = '<p class="alert" role="alert" id="error">{message}</p>'
CARDS_TABLE = """
<p>Any expiry in the future and any three digits as CVC will do.</p>
<table>
  <thead><tr><th scope="col">Number</th><th scope="col">What happens</th></tr></thead>
  <tbody>{rows}</tbody>
</table>
"""
CARD_ROW = "<tr><td><code>{number}</code></td><td>{purpose}</td></tr>"


class PaymentPages:
    """Where a buyer pays, or has a card kept, when our own page cannot take the card."""

    def __init__(self, store: Store, bank: Bank, setups: Setups, api: Api) -> None:
        self._store = store
        self._bank = bank
        self._setups = setups
        self._api = api

    def routes(self) -> list[Route]:
        pay, challenge = r"/sandbox/stripe/pay/(\w+)", r"/sandbox/stripe/3ds/(\w+)"
        return [
            Route("GET", pay, self.show_form),
            Route("POST", pay, self.pay),
            Route("GET", challenge, self.show_challenge),
            Route("POST", challenge, self.end_challenge),
        ]

    def show_form(self, request: Request, key: str) -> Response:
        intent = self._intent(request, key)
        if intent is None:
            return _unknown()
        return self._elsewhere(request, intent) or _form(request, intent, {})

    def pay(self, request: Request, key: str) -> Response:
        """Take the card; whoever paid meanwhile, or must pass 3-D Secure, is sent on."""
        with self._store.transaction():
            intent = self._intent(request, key)
            if intent is None:
                return _unknown()
            elsewhere = self._elsewhere(request, intent)
            if elsewhere:
                return elsewhere
            try:
                intent = self._desk(intent).confirm(key, _typed_card(request))
            except ApiError as error:
                return _form(request, intent, request.form, error=str(error))
        return self._elsewhere(request, intent) or _unknown()

    def show_challenge(self, request: Request, key: str) -> Response:
        intent = self._intent(request, key)
        if intent is None:
            return _unknown()
        if intent["status"] != "requires_action":
            return _closed(intent)
        what = "this card" if _is_setup(intent) else f"the payment of {_total(intent)}"
        return page("3-D Secure", html(CHALLENGE, what=what))

    def end_challenge(self, request: Request, key: str) -> Response:
        with self._store.transaction():
            intent = self._intent(request, key)
            if intent is None:
                return _unknown()
            if intent["status"] != "requires_action":
                return _closed(intent)
            return_url = intent["next_action"]["redirect_to_url"]["return_url"] or ""
            try:
                passed = request.form.get("outcome") == "complete"
                intent = self._desk(intent).authenticate(key, passed=passed)
            except ApiError:
                intent = self._bank.get(intent["object"], key)
        return _return(request, intent, return_url)

    def _intent(self, request: Request, key: str) -> Object | None:
        try:
            return self._api.check_secret(key, request.query.get("client_secret", ""))
        except ApiError:
            return None

    def _desk(self, intent: Object) -> Bank | Setups:
        return self._setups if _is_setup(intent) else self._bank

    def _elsewhere(self, request: Request, intent: Object) -> Response | None:
        """Where to go instead of the form, if there is nothing to fill in."""
        if intent["status"] == "requires_action":
            return redirect(_challenge_url(intent))
        if intent["status"] not in OPEN:
            return _return(request, intent, request.query.get("return_url", ""))
        return None


def cards_table() -> Html:
    """List the test cards and what each is for."""
    rows = (
        html(CARD_ROW, number=_grouped(c.number), purpose=c.purpose)
        for c in CARDS.values()
    )
    return html(CARDS_TABLE, rows=lines(rows))


def _form(
    request: Request, intent: Object, typed: dict[str, str], error: str = ""
) -> Response:
    return_url = request.query.get("return_url", "")
    is_setup = _is_setup(intent)
    body = html(
        PAY,
        description=intent.get("description") or "",
        verb="Keep this card" if is_setup else f"Pay {_total(intent)}",
        back="Back without keeping it" if is_setup else "Back without paying",
        error=html(ALERT, message=error) if error else Html(),
        invalid=Html('aria-invalid="true" aria-describedby="error"' if error else ""),
        number=_grouped(typed.get("number", "")),
        expiry=typed.get("expiry", ""),
        return_url=return_url if is_local_url(return_url, request) else "/",
        cards=cards_table(),
    )
    return page(
        "Keep a card" if is_setup else "Pay by card", body, status=422 if error else 200
    )


def _typed_card(request: Request) -> dict[str, object]:
    form = request.form
    month, year = [*re.split(r"[\s/]+", form.get("expiry", "").strip()), "", ""][:2]
    card = {
        "number": form.get("number", ""),
        "exp_month": month,
        "exp_year": year,
        "cvc": form.get("cvc", ""),
    }
    return {
        "payment_method_data": {"card": card},
        "return_url": request.query.get("return_url", ""),
    }


def _challenge_url(intent: Object) -> str:
    secret = quote(intent["client_secret"])
    return f"/sandbox/stripe/3ds/{intent['id']}?client_secret={secret}"


def _return(request: Request, intent: Object, return_url: str) -> Response:
    """Send the buyer back to the shop, with Stripe's parameters."""
    if not is_local_url(return_url, request):
        return _closed(intent)
    target = urlsplit(return_url)
    query = dict(parse_qsl(target.query)) | {
        intent["object"]: intent["id"],
        f"{intent['object']}_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if intent["status"] == "succeeded" else "failed",
    }
    return redirect(urlunsplit(target._replace(query=urlencode(query))))


def _closed(intent: Object) -> Response:
    status = intent["status"].replace("_", " ")
    return page(
        "Nothing to pay", html("<p>This payment is: {status}.</p>", status=status)
    )


def _unknown() -> Response:
    return page("No such payment", html("<p>The link is not complete.</p>"), status=404)


def _is_setup(intent: Object) -> bool:
    return bool(intent["object"] == "setup_intent")


def _total(intent: Object) -> str:
    return objects.money(intent["amount"], intent["currency"])


def _grouped(number: str) -> str:
    return " ".join(re.findall(r"\d{1,4}", re.sub(r"\D", "", number)))
