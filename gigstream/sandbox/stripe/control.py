"""The control page: what happened at Stripe, and what shall go wrong next."""

import math

from gigstream.sandbox.store import Store
from gigstream.sandbox.stripe import objects
from gigstream.sandbox.stripe.bank import Bank
from gigstream.sandbox.stripe.connect import Connect
from gigstream.sandbox.stripe.disputes import Disputes
from gigstream.sandbox.stripe.errors import ApiError
from gigstream.sandbox.stripe.faults import (
    DEFAULT_KIND,
    CallFault,
    Faults,
    PaymentFault,
    Planned,
    PlannedCallFault,
    PlannedWebhookFault,
    WebhookFault,
)
from gigstream.sandbox.stripe.objects import Object
from gigstream.sandbox.stripe.webhooks import Webhooks
from gigstream.sandbox.web import (
    Html,
    Request,
    Response,
    Route,
    as_json,
    html,
    lines,
    page,
    redirect,
    text,
)

HOME = "/sandbox/stripe/"
RECENT = 30
LONGEST_DELAY = 60
KINDS = [
    DEFAULT_KIND,
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
    "refund.created",
    "refund.failed",
    "account.updated",
    "transfer.created",
    "payout.paid",
    "payout.failed",
]

CONTROL = """
<section aria-labelledby="faults">
  <h2 id="faults">Let something go wrong</h2>
  {waiting}
  <h3>With the next event</h3>
  <form method="post" action="/sandbox/stripe/faults/webhook" class="row">
    <p><label for="kind">Kind</label><select id="kind" name="kind">{kinds}</select></p>
    <p><label for="webhook-seconds">Seconds</label>
      <input id="webhook-seconds" name="seconds" type="number" min="0" max="60" value="10"></p>
    <p class="buttons">{webhook_buttons}</p>
  </form>
  <h3>With the next payment</h3>
  <form method="post" action="/sandbox/stripe/faults/payment">
    <p class="buttons">{payment_buttons}</p>
  </form>
  <h3>With the next call of the API</h3>
  <form method="post" action="/sandbox/stripe/faults/call" class="row">
    <p><label for="call-seconds">Seconds</label>
      <input id="call-seconds" name="seconds" type="number" min="0" max="60" value="5"></p>
    <p class="buttons">{call_buttons}</p>
  </form>
</section>
<section aria-labelledby="payments">
  <h2 id="payments">Payments</h2>
  <div class="scroll" tabindex="0" role="group" aria-labelledby="payments"><table>
    <thead><tr><th scope="col">Payment</th><th scope="col">Amount</th><th scope="col">Status</th><th scope="col">Action</th></tr></thead>
    <tbody>{intents}</tbody>
  </table></div>
</section>
<section aria-labelledby="refunds">
  <h2 id="refunds">Refunds</h2>
  <div class="scroll" tabindex="0" role="group" aria-labelledby="refunds"><table>
    <thead><tr><th scope="col">Refund</th><th scope="col">Amount</th><th scope="col">Status</th><th scope="col">Action</th></tr></thead>
    <tbody>{refunds}</tbody>
  </table></div>
</section>
<section aria-labelledby="disputes">
  <h2 id="disputes">Disputes</h2>
  <div class="scroll" tabindex="0" role="group" aria-labelledby="disputes"><table>
    <thead><tr><th scope="col">Dispute</th><th scope="col">Amount</th><th scope="col">Status</th><th scope="col">Action</th></tr></thead>
    <tbody>{disputes}</tbody>
  </table></div>
</section>
<section aria-labelledby="payouts">
  <h2 id="payouts">Payouts to sellers</h2>
  <div class="scroll" tabindex="0" role="group" aria-labelledby="payouts"><table>
    <thead><tr><th scope="col">Payout</th><th scope="col">Amount</th><th scope="col">Status</th><th scope="col">Action</th></tr></thead>
    <tbody>{payouts}</tbody>
  </table></div>
</section>
<section aria-labelledby="accounts">
  <h2 id="accounts">Sellers' accounts</h2>
  <div class="scroll" tabindex="0" role="group" aria-labelledby="accounts"><table>
    <thead><tr><th scope="col">Account</th><th scope="col">Payouts</th><th scope="col">Action</th></tr></thead>
    <tbody>{accounts}</tbody>
  </table></div>
</section>
<section aria-labelledby="events">
  <h2 id="events">Events</h2>
  <div class="scroll" tabindex="0" role="group" aria-labelledby="events"><table>
    <thead><tr><th scope="col">Event</th><th scope="col">Delivery</th><th scope="col">Action</th></tr></thead>
    <tbody>{events}</tbody>
  </table></div>
</section>
"""
WAITING = """<form method="post" action="/sandbox/stripe/faults/forget" role="status">
    <p>This waits, and happens once:</p>
    <ul>{planned}</ul>
    <p class="buttons"><button>Let all go well</button></p>
  </form>"""
WAITS = "<li>{label}: {what}</li>"
BUTTON = '<button name="fault" value="{value}" class="quiet">{label}</button>'
OPTION = "<option>{kind}</option>"
INTENT_ROW = """<tr><td>{description}<br><code>{key}</code></td>
<td class="number">{total}</td><td>{status}</td><td>{contest}</td></tr>"""
CONTEST = """<form method="post" action="/sandbox/stripe/payments/{key}/dispute">
  <button name="kind" value="dispute" class="quiet" aria-label="Dispute {key}">Dispute</button>
  <button name="kind" value="inquiry" class="quiet" aria-label="Inquire about {key}">Inquire</button>
</form>"""
DISPUTE_ROW = """<tr><td><code>{key}</code></td><td class="number">{total}</td><td>{status}</td>
<td><form method="post" action="/sandbox/stripe/disputes/{key}/close">
  <button name="outcome" value="won" class="quiet" aria-label="Won: the shop keeps the money of {key}">Won</button>
  <button name="outcome" value="lost" class="quiet" aria-label="Lost: the bank keeps the money of {key}">Lost</button>
  <button name="outcome" value="warning_closed" class="quiet" aria-label="Close the inquiry {key}">Close</button>
  <button name="outcome" value="escalate" class="quiet" aria-label="Escalate {key}">Escalate</button>
</form></td></tr>"""
REFUND_ROW = """<tr><td><code>{key}</code></td><td class="number">{total}</td><td>{status}</td>
<td><form method="post" action="/sandbox/stripe/refunds/{key}/fail">
  <button class="quiet" aria-label="Fail {key}">Fail</button></form></td></tr>"""
PAYOUT_ROW = """<tr><td><code>{key}</code></td><td class="number">{total}</td><td>{status}</td>
<td><form method="post" action="/sandbox/stripe/payouts/{key}/fail">
  <button class="quiet" aria-label="Send back {key}">Send back</button></form></td></tr>"""
ACCOUNT_ROW = """<tr><td>{email}<br><code>{key}</code></td><td>{status}</td>
<td><form method="post" action="/sandbox/stripe/accounts/{key}/judge">
  <button name="verified" value="true" class="quiet" aria-label="Verify {key}">Verify</button>
  <button name="verified" value="" class="quiet" aria-label="Hold {key}">Hold</button></form></td></tr>"""
EVENT_ROW = """<tr><td>{kind}<br><code>{key}</code></td><td>{delivery}</td>
<td><form method="post" action="/sandbox/stripe/events/{key}/resend">
  <button class="quiet" aria-label="Resend {key}">Resend</button></form></td></tr>"""
EMPTY_ROW = Html('<tr><td colspan="4">Nothing yet.</td></tr>')

LABELS = {
    "3ds": "Ask for 3-D Secure",
    "dispute": "Pay, then dispute",
    "429": "Answer 429",
    "500": "Answer 500",
    "drop": "Act, drop the answer",
    "hole": "Never answer",
}


class ControlPages:
    """For people by buttons, for tests as JSON."""

    def __init__(
        self,
        store: Store,
        bank: Bank,
        disputes: Disputes,
        connect: Connect,
        webhooks: Webhooks,
        faults: Faults,
    ) -> None:
        self._store = store
        self._bank = bank
        self._disputes = disputes
        self._connect = connect
        self._webhooks = webhooks
        self._faults = faults

    def routes(self) -> list[Route]:
        return [
            Route("GET", HOME, self.show),
            Route("GET", f"{HOME}events.json", self.list_events),
            Route("POST", rf"{HOME}events/(\w+)/resend", self.resend),
            Route("POST", rf"{HOME}refunds/(\w+)/fail", self.fail_refund),
            Route("POST", rf"{HOME}payments/(\w+)/dispute", self.open_dispute),
            Route("POST", rf"{HOME}disputes/(\w+)/close", self.close_dispute),
            Route("POST", rf"{HOME}payouts/(\w+)/fail", self.fail_payout),
            Route("POST", rf"{HOME}accounts/(\w+)/judge", self.judge),
            Route("POST", f"{HOME}faults/webhook", self.plan_webhook_fault),
            Route("POST", f"{HOME}faults/call", self.plan_call_fault),
            Route("POST", f"{HOME}faults/payment", self.plan_payment_fault),
            Route("POST", f"{HOME}faults/forget", self.forget_faults),
        ]

    def show(self, _request: Request) -> Response:
        body = html(
            CONTROL,
            waiting=_waiting(self._faults.waiting()),
            kinds=lines(html(OPTION, kind=kind) for kind in KINDS),
            webhook_buttons=_buttons(list(WebhookFault)),
            call_buttons=_buttons(list(CallFault)),
            payment_buttons=_buttons(list(PaymentFault)),
            intents=_rows(
                [_intent_row(i) for i in self._store.all("payment_intent", RECENT)]
            ),
            disputes=_rows(
                [_dispute_row(d) for d in self._store.all("dispute", RECENT)]
            ),
            refunds=_rows([_refund_row(r) for r in self._store.all("refund", RECENT)]),
            payouts=_rows([_payout_row(r) for r in self._store.all("payout", RECENT)]),
            accounts=_rows(
                [_account_row(r) for r in self._store.all("account", RECENT)]
            ),
            events=_rows(
                [_event_row(event) for event in self._webhooks.events(RECENT)]
            ),
        )
        return page("Payments", body)

    def list_events(self, _request: Request) -> Response:
        return as_json({"events": self._webhooks.events()})

    def resend(self, request: Request, key: str) -> Response:
        try:
            self._webhooks.resend(key)
        except ApiError as error:
            return text(str(error), status=404)
        return _done(request)

    def fail_refund(self, request: Request, key: str) -> Response:
        try:
            with self._store.transaction():
                self._bank.fail_refund(key)
        except ApiError as error:
            return text(str(error), status=error.status)
        return _done(request)

    def open_dispute(self, request: Request, key: str) -> Response:
        """Contest a payment, all of it or an `amount`; `kind` may be inquiry or prevented."""
        form = request.form
        amount = form.get("amount", "")
        try:
            with self._store.transaction():
                intent = self._bank.get("payment_intent", key)
                self._disputes.open(
                    intent["latest_charge"] or "",
                    amount=int(amount) if amount.isdigit() else None,
                    kind=form.get("kind", "dispute"),
                )
        except ApiError as error:
            return text(str(error), status=error.status)
        return _done(request)

    def fail_payout(self, request: Request, key: str) -> Response:
        try:
            with self._store.transaction():
                self._connect.fail_payout(key)
        except ApiError as error:
            return text(str(error), status=error.status)
        return _done(request)

    def close_dispute(self, request: Request, key: str) -> Response:
        """Let the bank decide: `outcome` is won, lost, warning_closed or escalate."""
        outcome = request.form.get("outcome", "")
        try:
            with self._store.transaction():
                if outcome == "escalate":
                    self._disputes.escalate(key)
                else:
                    self._disputes.close(key, outcome)
        except ApiError as error:
            return text(str(error), status=error.status)
        return _done(request)

    def judge(self, request: Request, key: str) -> Response:
        """Decide on who a seller is, as Stripe does after it has looked."""
        verified = request.form.get("verified") == "true"
        try:
            with self._store.transaction():
                account = self._connect.account(key)
                self._connect.judge(account, verified=verified)
        except ApiError as error:
            return text(str(error), status=error.status)
        return _done(request)

    def plan_webhook_fault(self, request: Request) -> Response:
        form = request.form
        try:
            fault = WebhookFault(form.get("fault", ""))
        except ValueError:
            return text("No such fault.", status=400)
        kind = form.get("kind") or DEFAULT_KIND
        self._faults.plan(PlannedWebhookFault(fault, kind, _seconds(form)))
        return _done(request)

    def plan_call_fault(self, request: Request) -> Response:
        form = request.form
        try:
            fault = CallFault(form.get("fault", ""))
        except ValueError:
            return text("No such fault.", status=400)
        self._faults.plan(PlannedCallFault(fault, _seconds(form)))
        return _done(request)

    def plan_payment_fault(self, request: Request) -> Response:
        try:
            self._faults.plan(PaymentFault(request.form.get("fault", "")))
        except ValueError:
            return text("No such fault.", status=400)
        return _done(request)

    def forget_faults(self, request: Request) -> Response:
        self._faults.clear()
        return _done(request)


def _done(request: Request) -> Response:
    return as_json({"done": True}) if request.wants_json else redirect(HOME)


def _seconds(form: dict[str, str]) -> float:
    try:
        seconds = float(form.get("seconds") or 0)
    except ValueError:
        return 0
    return min(max(seconds, 0), LONGEST_DELAY) if math.isfinite(seconds) else 0


def _buttons(
    faults: list[WebhookFault] | list[CallFault] | list[PaymentFault],
) -> Html:
    return lines(html(BUTTON, value=fault, label=_label(fault)) for fault in faults)


def _label(fault: WebhookFault | CallFault | PaymentFault) -> str:
    return LABELS.get(fault, fault.capitalize())


def _waiting(planned: list[Planned]) -> Html:
    rows = [_waits(each) for each in planned]
    return html(WAITING, planned=lines(rows)) if rows else Html()


def _waits(planned: Planned) -> Html:
    match planned:
        case PaymentFault():
            return html(WAITS, label=_label(planned), what="the next payment")
        case PlannedCallFault(fault=fault):
            what = "the next call of the API"
        case PlannedWebhookFault(fault=fault, kind=kind):
            what = f"the next {kind}"
    if fault in {CallFault.DELAY, WebhookFault.DELAY}:
        what = f"{what}, for {planned.seconds:g} seconds"
    return html(WAITS, label=_label(fault), what=what)


def _rows(rows: list[Html]) -> Html:
    return lines(rows) if rows else EMPTY_ROW


def _intent_row(intent: Object) -> Html:
    is_paid = intent["status"] == "succeeded"
    return html(
        INTENT_ROW,
        description=intent.get("description") or "Payment",
        key=intent["id"],
        total=objects.money(intent["amount"], intent["currency"]),
        status=intent["status"].replace("_", " "),
        contest=html(CONTEST, key=intent["id"]) if is_paid else Html(),
    )


def _dispute_row(dispute: Object) -> Html:
    return html(
        DISPUTE_ROW,
        key=dispute["id"],
        total=objects.money(dispute["amount"], dispute["currency"]),
        status=dispute["status"].replace("_", " "),
    )


def _refund_row(refund: Object) -> Html:
    total = objects.money(refund["amount"], refund["currency"])
    return html(REFUND_ROW, key=refund["id"], total=total, status=refund["status"])


def _payout_row(payout: Object) -> Html:
    total = objects.money(payout["amount"], payout["currency"])
    return html(PAYOUT_ROW, key=payout["id"], total=total, status=payout["status"])


def _account_row(account: Object) -> Html:
    status = "enabled" if account["payouts_enabled"] else "held"
    return html(
        ACCOUNT_ROW, key=account["id"], email=account["email"] or "", status=status
    )


def _event_row(event: Object) -> Html:
    delivery = event["delivery"] or {}
    words = [str(delivery.get(name) or "") for name in ("status", "answer")]
    return html(
        EVENT_ROW, kind=event["type"], key=event["id"], delivery=" ".join(words)
    )
