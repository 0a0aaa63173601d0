"""Stripe's API on the wire: keys, idempotency, expansion, lists, and faults on order."""

import base64
import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gigstream.sandbox.store import Store
from gigstream.sandbox.stripe import objects
from gigstream.sandbox.stripe.bank import Bank
from gigstream.sandbox.stripe.connect import Connect
from gigstream.sandbox.stripe.customers import Customers
from gigstream.sandbox.stripe.disputes import Disputes
from gigstream.sandbox.stripe.errors import ApiError, invalid, public
from gigstream.sandbox.stripe.faults import CallFault, Faults, PlannedCallFault
from gigstream.sandbox.stripe.files import Files
from gigstream.sandbox.stripe.objects import Object
from gigstream.sandbox.stripe.params import Params, integer, nest
from gigstream.sandbox.stripe.setups import Setups
from gigstream.sandbox.web import Pairs, Request, Response, as_json, parts

KEYS_LAST = 24 * 60 * 60
"""Seconds after which Stripe forgets an idempotency key."""

LISTS = {
    "payment_intents": "payment_intent",
    "charges": "charge",
    "disputes": "dispute",
    "refunds": "refund",
    "events": "event",
    "balance_transactions": "balance_transaction",
    "transfers": "transfer",
    "customers": "customer",
    "payment_methods": "payment_method",
    "files": "file",
    "setup_intents": "setup_intent",
}
FILTERS = (
    "payment_intent",
    "charge",
    "type",
    "source",
    "transfer_group",
    "customer",
)
SOURCES = {
    "ch": "charge",
    "re": "refund",
    "du": "dispute",
    "tr": "transfer",
    "trr": "transfer_reversal",
}
EXPANDABLE = {
    "balance_transaction": "balance_transaction",
    "charge": "charge",
    "failure_balance_transaction": "balance_transaction",
    "latest_charge": "charge",
    "payment_intent": "payment_intent",
    "payment_method": "payment_method",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call of the API. `for_browser`: a publishable key and the intent's secret will do."""

    method: str
    path: str
    call: Callable[..., Object]
    for_browser: bool = False
    for_account: bool = False
    """Takes the account of the `Stripe-Account` header, before the ids of the path."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request, understood."""

    endpoint: Endpoint
    ids: tuple[str, ...]
    params: Params
    expand: list[str]
    idempotency_key: str
    fingerprint: str


class Api:
    """Answers below `/v1`."""

    def __init__(
        self,
        store: Store,
        bank: Bank,
        customers: Customers,
        setups: Setups,
        disputes: Disputes,
        connect: Connect,
        faults: Faults,
        *,
        secret_key: str,
        publishable_key: str,
    ) -> None:
        self._store = store
        self._bank = bank
        self._customers = customers
        self._setups = setups
        self._disputes = disputes
        self._connect = connect
        self._faults = faults
        self._secret_key = secret_key
        self._publishable_key = publishable_key
        self._prune_at = 0
        self._endpoints = [
            *self._payment_endpoints(),
            *self._setup_endpoints(),
            *self._customer_endpoints(),
            *self._connect_endpoints(),
            *self._other_endpoints(),
        ]

    def __call__(self, request: Request, path: str) -> Response:
        try:
            call = self._understand(request, path)
        except ApiError as error:
            return _answer(error.status, {"error": error.error})
        planned = self._faults.for_call()
        return self._with_fault(call, planned) if planned else self._perform(call)

    def _payment_endpoints(self) -> list[Endpoint]:
        bank, one = self._bank, r"/v1/payment_intents/(\w+)"
        return [
            Endpoint("POST", "/v1/payment_intents", bank.create_intent),
            Endpoint("GET", one, self._look_up_intent, for_browser=True),
            Endpoint("POST", one, lambda params, key: bank.update_intent(key, params)),
            Endpoint(
                "POST",
                f"{one}/confirm",
                lambda params, key: bank.confirm(key, params),
                True,
            ),
            Endpoint(
                "POST", f"{one}/cancel", lambda params, key: bank.cancel(key, params)
            ),
            # Not Stripe's: there the bank's own page ends the challenge.
            Endpoint(
                "POST", f"{one}/authenticate", self._authenticate, for_browser=True
            ),
        ]

    def _setup_endpoints(self) -> list[Endpoint]:
        setups, one = self._setups, r"/v1/setup_intents/(\w+)"
        return [
            Endpoint("POST", "/v1/setup_intents", setups.create),
            Endpoint("GET", one, lambda _params, key: setups.get(key), True),
            Endpoint(
                "POST",
                f"{one}/confirm",
                lambda params, key: setups.confirm(key, params),
                True,
            ),
            Endpoint(
                "POST", f"{one}/cancel", lambda params, key: setups.cancel(key, params)
            ),
            Endpoint(
                "POST",
                f"{one}/authenticate",
                lambda params, key: setups.authenticate(
                    key, passed=params.get("success") == "true"
                ),
                True,
            ),
        ]

    def _customer_endpoints(self) -> list[Endpoint]:
        buyers, card = self._customers, r"/v1/payment_methods/(\w+)"
        return [
            Endpoint("POST", "/v1/customers", buyers.open_customer),
            Endpoint("DELETE", r"/v1/customers/(\w+)", buyers.close_customer),
            Endpoint("POST", f"{card}/attach", buyers.attach),
            Endpoint("POST", f"{card}/detach", buyers.detach),
        ]

    def _connect_endpoints(self) -> list[Endpoint]:
        connect, one = self._connect, r"/v1/payouts/(\w+)"
        return [
            Endpoint("POST", "/v1/accounts", connect.open_account),
            Endpoint(
                "GET", r"/v1/accounts/(\w+)", lambda _params, key: connect.account(key)
            ),
            Endpoint("POST", "/v1/account_links", connect.link),
            Endpoint("POST", "/v1/transfers", connect.transfer),
            Endpoint("POST", r"/v1/transfers/(\w+)/reversals", connect.reverse),
            Endpoint("POST", "/v1/payouts", connect.pay_out, for_account=True),
            Endpoint("GET", "/v1/payouts", connect.payouts, for_account=True),
            Endpoint("GET", one, connect.payout, for_account=True),
        ]

    def _other_endpoints(self) -> list[Endpoint]:
        kinds = "|".join(LISTS)
        return [
            Endpoint("POST", "/v1/refunds", self._bank.refund),
            Endpoint("POST", "/v1/files", Files(self._store).upload),
            Endpoint("POST", r"/v1/disputes/(\w+)", self._disputes.update),
            Endpoint("GET", "/v1/balance", lambda _params: self._bank.balance()),
            Endpoint("GET", rf"/v1/({kinds})", self._list),
            Endpoint("GET", rf"/v1/({kinds})/(\w+)", self._look_up),
        ]

    # --- Understanding ----------------------------------------------------------

    def _understand(self, request: Request, path: str) -> Call:
        typed, files = _typed(request)
        pairs = [*request.query_pairs, *typed]
        params = {**nest(pairs), **files}
        expand = params.pop("expand", [])
        is_browser = self._is_browser(request, params.pop("key", ""))
        endpoint, ids = self._endpoint(request.method, path)
        if is_browser:
            self._check_browser(endpoint, ids, params.pop("client_secret", ""))
        account = request.headers.get("stripe-account", "")
        content = json.dumps([request.method, path, account, sorted(pairs)])
        return Call(
            endpoint=endpoint,
            ids=(account, *ids) if endpoint.for_account else ids,
            params=params,
            expand=expand if isinstance(expand, list) else [],
            idempotency_key=request.headers.get("idempotency-key", ""),
            fingerprint=hashlib.sha256(content.encode()).hexdigest(),
        )

    def _is_browser(self, request: Request, key_param: str) -> bool:
        key = key_param or _bearer(request.headers.get("authorization", ""))
        if secrets.compare_digest(key.encode(), self._secret_key.encode()):
            return False
        if secrets.compare_digest(key.encode(), self._publishable_key.encode()):
            return True
        message = (
            f"Invalid API Key provided: {key[:8]}***" if key else "No API key provided."
        )
        raise invalid(message, status=401, code="api_key_invalid")

    def _endpoint(self, method: str, path: str) -> tuple[Endpoint, tuple[str, ...]]:
        for endpoint in self._endpoints:
            match = re.fullmatch(endpoint.path, path)
            if match and endpoint.method == method:
                return endpoint, match.groups()
        raise invalid(f"Unrecognized request URL ({method}: {path}).", status=404)

    def _check_browser(
        self, endpoint: Endpoint, ids: tuple[str, ...], secret: str
    ) -> None:
        if not endpoint.for_browser:
            message = "This API call cannot be made with a publishable API key."
            raise invalid(message, status=403, code="secret_key_required")
        self.check_secret(ids[0], secret)

    def check_secret(self, intent_id: str, secret: str) -> Object:
        """Find the intent to which this client secret belongs."""
        is_setup = intent_id.startswith("seti_")
        kind = "setup_intent" if is_setup else "payment_intent"
        intent = self._bank.get(kind, intent_id)
        if not secrets.compare_digest(
            intent["client_secret"].encode(), secret.encode()
        ):
            name = "SetupIntent" if is_setup else "PaymentIntent"
            raise invalid(
                f"The client_secret provided does not match any associated {name}."
            )
        return intent

    # --- Performing -------------------------------------------------------------

    def _with_fault(self, call: Call, planned: PlannedCallFault) -> Response:
        match planned.fault:
            case CallFault.HOLE:
                time.sleep(planned.seconds)
                return Response(cut=True)
            case CallFault.BUSY:
                return _answer(
                    429, {"error": {"type": "rate_limit_error", "message": "Busy."}}
                )
            case CallFault.BROKEN:
                return _answer(
                    500, {"error": {"type": "api_error", "message": "Broken."}}
                )
        response = self._perform(call)
        response.cut = planned.fault == CallFault.DROP
        time.sleep(planned.seconds if planned.fault == CallFault.DELAY else 0)
        return response

    def _perform(self, call: Call) -> Response:
        """Act once for each idempotency key; the lock makes a simultaneous twin wait."""
        with self._store.transaction():
            if not call.idempotency_key:
                return _answer(*self._run(call))
            return self._replay(call) or self._run_and_keep(call)

    def _replay(self, call: Call) -> Response | None:
        self._prune_keys()
        kept = self._store.get("idempotency", call.idempotency_key)
        if kept is None or kept["at"] < objects.timestamp() - KEYS_LAST:
            return None
        if kept["fingerprint"] != call.fingerprint:
            message = "Keys for idempotent requests can only be used with the same parameters."
            return _answer(
                400, {"error": {"type": "idempotency_error", "message": message}}
            )
        return _answer(kept["status"], kept["body"], replayed=True)

    def _prune_keys(self) -> None:
        """Forget the keys of yesterday, once an hour of a clock that may be moved on."""
        now = objects.timestamp()
        if now >= self._prune_at:
            self._store.delete_before("idempotency", now - KEYS_LAST)
            self._prune_at = now + 60 * 60

    def _run_and_keep(self, call: Call) -> Response:
        status, body = self._run(call)
        if (
            status != 400
        ):  # As with Stripe, a call that was not valid leaves its key free.
            kept = {
                "fingerprint": call.fingerprint,
                "status": status,
                "body": body,
                "at": objects.timestamp(),
            }
            self._store.put("idempotency", call.idempotency_key, kept)
        return _answer(status, body)

    def _run(self, call: Call) -> tuple[int, Object]:
        """A decline is kept like a success: it happened, too."""
        try:
            result = call.endpoint.call(call.params, *call.ids)
        except ApiError as error:
            return error.status, {"error": error.error}
        return 200, self._expand(public(result), call.expand)

    def _expand(self, result: Object, paths: list[str]) -> Object:
        for path in paths:
            name, _, rest = path.partition(".")
            if name == "data":
                result["data"] = [self._expand(item, [rest]) for item in result["data"]]
            elif isinstance(result.get(name), str) and (
                kind := _kind_of(name, result[name])
            ):
                found = public(self._bank.get(kind, result[name]))
                result[name] = self._expand(found, [rest]) if rest else found
            elif rest and isinstance(result.get(name), dict):
                result[name] = self._expand(result[name], [rest])
        return result

    # --- Calls that only look ---------------------------------------------------

    def _look_up_intent(self, _params: Params, key: str) -> Object:
        return self._bank.get("payment_intent", key)

    def _look_up(self, _params: Params, plural: str, key: str) -> Object:
        return self._bank.get(LISTS[plural], key)

    def _list(self, params: Params, plural: str) -> Object:
        equal = {
            name: params[name] for name in FILTERS if isinstance(params.get(name), str)
        }
        rows = self._store.all(LISTS[plural], **equal)
        rows = _after(rows, params.get("starting_after"))
        limit = integer(params, "limit") if "limit" in params else 10
        if not 1 <= limit <= 100:
            raise invalid("Invalid integer: must be between 1 and 100", param="limit")
        return {
            "object": "list",
            "url": f"/v1/{plural}",
            "has_more": len(rows) > limit,
            "data": [public(row) for row in rows[:limit]],
        }

    def _authenticate(self, params: Params, key: str) -> Object:
        return self._bank.authenticate(key, passed=params.get("success") == "true")


def _kind_of(name: str, key: str) -> str:
    """What a name in an object leads to; the source of a line may be of several kinds."""
    if name == "source":
        return SOURCES.get(key.partition("_")[0], "")
    return EXPANDABLE.get(name, "")


def _typed(request: Request) -> tuple[Pairs, dict[str, bytes]]:
    """What a form says, and the files that came with it."""
    if not request.headers["content-type"].startswith("multipart/"):
        return request.form_pairs, {}
    sent = list(parts(request))
    typed = [
        (part.name, part.content.decode("utf-8", "replace"))
        for part in sent
        if not part.is_file
    ]
    return typed, {part.name: part.content for part in sent if part.is_file}


def _bearer(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "basic":
        return _decoded(value).partition(":")[0]
    return value if scheme.lower() == "bearer" else ""


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value).decode("latin-1")
    except ValueError:
        return ""


def _after(rows: list[Object], key: Any) -> list[Object]:
    if not isinstance(key, str):
        return rows
    places = [place for place, row in enumerate(rows) if row["id"] == key]
    return rows[places[0] + 1 :] if places else []


def _answer(status: int, body: Object, *, replayed: bool = False) -> Response:
    headers = {"Request-Id": f"req_{secrets.token_hex(7)}"}
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    return as_json(body, status=status, **headers)
