"""What Stripe does: it takes payments and sends refunds, and tells of each by an event."""

from collections.abc import Callable

from gigstream.core.money import CHARGED
from gigstream.sandbox.store import Store
from gigstream.sandbox.stripe import objects
from gigstream.sandbox.stripe.customers import Customers, check_owner
from gigstream.sandbox.stripe.disputes import Disputes
from gigstream.sandbox.stripe.errors import (
    ApiError,
    card_error,
    invalid,
    missing,
    public,
    unexpected_state,
)
from gigstream.sandbox.stripe.faults import Faults, PaymentFault
from gigstream.sandbox.stripe.objects import Object
from gigstream.sandbox.stripe.params import (
    Params,
    fields,
    integer,
    only_known,
    required,
)

LEAST, MOST = 50, 99_999_999
OPEN = {"requires_payment_method", "requires_confirmation", "requires_action"}
CREATE_PARAMS = {
    "amount",
    "automatic_payment_methods",
    "capture_method",
    "confirm",
    "currency",
    "customer",
    "description",
    "metadata",
    "off_session",
    "payment_method",
    "payment_method_types",
    "receipt_email",
    "return_url",
    "setup_future_usage",
    "statement_descriptor_suffix",
}
UPDATE_PARAMS = {
    "amount",
    "customer",
    "description",
    "metadata",
    "receipt_email",
    "setup_future_usage",
}
USAGES = {"on_session", "off_session"}
REFUND_PARAMS = {"amount", "charge", "metadata", "payment_intent", "reason"}

Emit = Callable[[str, Object], Object]


class Bank:
    """Moves money between nobody and nobody, by Stripe's rules."""

    def __init__(
        self,
        store: Store,
        emit: Emit,
        customers: Customers,
        disputes: Disputes,
        faults: Faults,
        public_url: str,
    ) -> None:
        self._store = store
        self._emit = emit
        self._customers = customers
        self._disputes = disputes
        self._faults = faults
        self._public_url = public_url

    def get(self, kind: str, key: str) -> Object:
        found = self._store.get(kind, key)
        if found is None:
            raise missing(kind, key)
        return found

    # --- Payments ---------------------------------------------------------------

    def create_intent(self, params: Params) -> Object:
        only_known(params, CREATE_PARAMS)
        intent = objects.payment_intent(
            amount=_amount(params),
            currency=_currency(params),
            description=params.get("description"),
            receipt_email=params.get("receipt_email"),
            metadata=fields(params, "metadata"),
        )
        self._take_whose(intent, params)
        self._save(intent)
        self._emit("payment_intent.created", intent)
        return (
            self.confirm(intent["id"], params)
            if params.get("confirm") == "true"
            else intent
        )

    def update_intent(self, key: str, params: Params) -> Object:
        only_known(params, UPDATE_PARAMS)
        intent = self._open_intent(key, "updated")
        if "amount" in params:
            intent["amount"] = _amount(params)
        intent["metadata"] |= fields(params, "metadata")
        for name in ("description", "receipt_email"):
            intent[name] = params.get(name, intent[name])
        self._take_whose(intent, params)
        return self._save(intent)

    def _take_whose(self, intent: Object, params: Params) -> None:
        """Whose payment it is, and whether the card is kept for them."""
        intent["customer"] = self._customers.named(params) or intent["customer"]
        if usage := params.get("setup_future_usage"):
            if usage not in USAGES:
                raise invalid("Invalid setup_future_usage", param="setup_future_usage")
            intent["setup_future_usage"] = usage

    def cancel(self, key: str, params: Params) -> Object:
        intent = self._open_intent(key, "canceled")
        intent |= {
            "status": "canceled",
            "canceled_at": objects.timestamp(),
            "cancellation_reason": params.get("cancellation_reason"),
            "next_action": None,
        }
        self._save(intent)
        self._emit("payment_intent.canceled", intent)
        return intent

    def confirm(self, key: str, params: Params) -> Object:
        """Try to take the money: it succeeds, asks for 3-D Secure, or raises the decline."""
        intent = self._open_intent(key, "confirmed")
        self._take_whose(intent, params)
        method = self._customers.method(params)
        check_owner(method, intent)
        intent["payment_method"] = method["id"]
        fault = self._faults.for_payment()
        intent["_fault"] = fault
        if objects.card_of(method).challenge or fault == PaymentFault.CHALLENGE:
            if params.get("off_session") == "true":
                raise self._absent(intent, method)
            return self._challenge(intent, str(params.get("return_url") or ""))
        return self._charge(intent, method)

    def authenticate(self, key: str, *, passed: bool) -> Object:
        """End a 3-D Secure challenge. A failed one is told in the intent, not raised."""
        intent = self.get("payment_intent", key)
        if intent["status"] != "requires_action":
            raise unexpected_state("authenticated", intent)
        method = self._customers.get_method(intent["payment_method"])
        if passed:
            return self._charge(intent, method)
        return self._ask_again(
            intent, objects.failed_challenge(method, "payment_intent")
        )

    def _challenge(self, intent: Object, return_url: str) -> Object:
        intent |= {
            "status": "requires_action",
            "next_action": objects.challenge(intent, self._public_url, return_url),
        }
        self._save(intent)
        self._emit("payment_intent.requires_action", intent)
        return intent

    def _charge(self, intent: Object, method: Object) -> Object:
        charge = objects.charge(intent, method)
        intent["latest_charge"] = charge["id"]
        fault = intent.pop("_fault", None)
        if objects.card_of(method).decline or fault == PaymentFault.DECLINE:
            raise self._decline(intent, charge, method)
        settled = self._settle(intent, charge)
        if fault == PaymentFault.DISPUTE:
            self._disputes.open(charge["id"])
        return settled

    def _settle(self, intent: Object, charge: Object) -> Object:
        amount = intent["amount"]
        fee = objects.processing_fee(amount)
        entry = objects.balance_transaction("charge", charge, amount=amount, fee=fee)
        charge |= {
            "status": "succeeded",
            "paid": True,
            "captured": True,
            "amount_captured": amount,
            "balance_transaction": self._save(entry)["id"],
        }
        intent |= {
            "status": "succeeded",
            "amount_received": amount,
            "last_payment_error": None,
            "next_action": None,
        }
        self._save(charge)
        self._save(intent)
        self._keep(intent)
        self._emit("charge.succeeded", charge)
        self._emit("payment_intent.succeeded", intent)
        return intent

    def _keep(self, intent: Object) -> None:
        """Attach the card to the buyer, if the shop has asked for it."""
        if intent["setup_future_usage"] and intent["customer"]:
            method = self.get("payment_method", intent["payment_method"])
            if method["customer"] is None:
                self._customers.attach({"customer": intent["customer"]}, method["id"])

    def _absent(self, intent: Object, method: Object) -> ApiError:
        """The bank asks for a buyer who is not there."""
        error = objects.needs_buyer(method)
        self._ask_again(intent, error)
        return card_error(
            error["code"],
            error["message"],
            decline_code=error["decline_code"],
            payment_intent=public(intent),
        )

    def _decline(self, intent: Object, charge: Object, method: Object) -> ApiError:
        error = objects.decline(charge, method)
        charge |= {
            "status": "failed",
            "failure_code": error["code"],
            "failure_message": error["message"],
        }
        self._save(charge)
        self._emit("charge.failed", charge)
        self._ask_again(intent, error)
        details = {
            name: error[name] for name in ("decline_code", "charge", "payment_method")
        }
        return card_error(
            error["code"], error["message"], payment_intent=public(intent), **details
        )

    def _ask_again(self, intent: Object, error: Object) -> Object:
        """After a failure the intent stays open for another card."""
        intent |= {
            "status": "requires_payment_method",
            "payment_method": None,
            "last_payment_error": error,
            "next_action": None,
        }
        self._save(intent)
        self._emit("payment_intent.payment_failed", intent)
        return intent

    def _open_intent(self, key: str, verb: str) -> Object:
        intent = self.get("payment_intent", key)
        if intent["status"] not in OPEN:
            raise unexpected_state(verb, intent)
        return intent

    # --- Refunds ----------------------------------------------------------------

    def refund(self, params: Params) -> Object:
        only_known(params, REFUND_PARAMS)
        charge = self._paid_charge(params)
        if charge["disputed"]:
            message = (
                f"Charge {charge['id']} has been charged back; cannot issue a refund."
            )
            raise invalid(message, code="charge_disputed")
        amount = _refund_amount(params, charge)
        refund = objects.refund(
            charge,
            amount=amount,
            metadata=fields(params, "metadata"),
            reason=params.get("reason"),
        )
        entry = objects.balance_transaction("refund", refund, amount=-amount)
        refund["balance_transaction"] = self._save(entry)["id"]
        self._save(refund)
        self._count_refund(charge, amount)
        self._emit("refund.created", refund)
        self._emit("charge.refunded", charge)
        return refund

    def fail_refund(self, key: str) -> Object:
        """The buyer's bank sends the money back, days after all seemed well."""
        refund = self.get("refund", key)
        if refund["status"] != "succeeded":
            raise invalid(f"This refund is {refund['status']}.")
        entry = objects.balance_transaction(
            "refund_failure", refund, amount=refund["amount"]
        )
        refund |= {
            "status": "failed",
            "failure_reason": "expired_or_canceled_card",
            "failure_balance_transaction": self._save(entry)["id"],
        }
        self._save(refund)
        self._count_refund(self.get("charge", refund["charge"]), -refund["amount"])
        self._emit("refund.failed", refund)
        return refund

    def _paid_charge(self, params: Params) -> Object:
        if "charge" in params:
            return self.get("charge", required(params, "charge"))
        intent = self.get("payment_intent", required(params, "payment_intent"))
        if intent["status"] != "succeeded":
            message = f"This PaymentIntent ({intent['id']}) does not have a successful charge."
            raise invalid(message, code="payment_intent_unexpected_state")
        return self.get("charge", intent["latest_charge"])

    def _count_refund(self, charge: Object, amount: int) -> None:
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
        self._save(charge)

    # --- The rest ---------------------------------------------------------------

    def net(self) -> int:
        """What the platform has here, whatever it is for."""
        return sum(entry["net"] for entry in self._store.all("balance_transaction"))

    def balance(self) -> Object:
        net = self.net()
        available = [{"amount": net, "currency": "usd", "source_types": {"card": net}}]
        return {
            "object": "balance",
            "livemode": False,
            "available": available,
            "pending": [],
        }

    def _save(self, thing: Object) -> Object:
        return self._store.put(thing["object"], thing["id"], thing)


def _amount(params: Params) -> int:
    amount = integer(params, "amount")
    if amount < LEAST:
        raise invalid(
            "Amount must be at least $0.50 usd", code="amount_too_small", param="amount"
        )
    if amount > MOST:
        message = "Amount must be no more than $999,999.99"
        raise invalid(message, code="amount_too_large", param="amount")
    return amount


def _currency(params: Params) -> str:
    currency = required(params, "currency").lower()
    if currency not in CHARGED:
        raise invalid(f"Invalid currency: {currency}", param="currency")
    return currency


def _refund_amount(params: Params, charge: Object) -> int:
    left: int = charge["amount_captured"] - charge["amount_refunded"]
    amount = integer(params, "amount") if "amount" in params else left
    if left <= 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise invalid(message, code="charge_already_refunded")
    if amount <= 0:
        raise invalid(
            "Invalid positive integer", code="parameter_invalid_integer", param="amount"
        )
    if amount > left:
        asked, rest = (
            objects.money(sum_, charge["currency"]) for sum_ in (amount, left)
        )
        message = f"Refund amount ({asked}) is greater than unrefunded amount on charge ({rest})"
        raise invalid(message, param="amount")
    return amount
