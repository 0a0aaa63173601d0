"""Cards that are kept without a payment: SetupIntents."""

from collections.abc import Callable

from gigstream.sandbox.store import Store
from gigstream.sandbox.stripe import objects
from gigstream.sandbox.stripe.customers import Customers, check_owner
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
from gigstream.sandbox.stripe.params import Params, fields, only_known

OPEN = {"requires_payment_method", "requires_confirmation", "requires_action"}
PARAMS = {
    "automatic_payment_methods",
    "customer",
    "description",
    "metadata",
    "payment_method_types",
    "usage",
}
USAGES = {"on_session", "off_session"}

Emit = Callable[[str, Object], Object]


class Setups:
    """Asks a card's bank whether a shop may keep it."""

    def __init__(
        self,
        store: Store,
        emit: Emit,
        customers: Customers,
        faults: Faults,
        public_url: str,
    ) -> None:
        self._store = store
        self._emit = emit
        self._customers = customers
        self._faults = faults
        self._public_url = public_url

    def get(self, key: str) -> Object:
        found = self._store.get("setup_intent", key)
        if found is None:
            raise missing("setup_intent", key)
        return found

    def create(self, params: Params) -> Object:
        only_known(params, PARAMS)
        usage = params.get("usage", "off_session")
        if usage not in USAGES:
            raise invalid("Invalid usage", param="usage")
        setup = objects.setup_intent(
            customer=self._customers.named(params),
            description=params.get("description"),
            metadata=fields(params, "metadata"),
            usage=usage,
        )
        self._save(setup)
        self._emit("setup_intent.created", setup)
        return setup

    def cancel(self, key: str, params: Params) -> Object:
        setup = self._open(key, "canceled")
        setup |= {
            "status": "canceled",
            "cancellation_reason": params.get("cancellation_reason"),
            "next_action": None,
        }
        self._save(setup)
        self._emit("setup_intent.canceled", setup)
        return setup

    def confirm(self, key: str, params: Params) -> Object:
        """Ask the bank: it agrees, asks for 3-D Secure, or raises the decline."""
        setup = self._open(key, "confirmed")
        method = self._customers.method(params)
        check_owner(method, setup)
        setup["payment_method"] = method["id"]
        fault = self._faults.for_payment()
        setup["_declines"] = fault == PaymentFault.DECLINE
        if objects.card_of(method).challenge or fault == PaymentFault.CHALLENGE:
            return self._challenge(setup, str(params.get("return_url") or ""))
        return self._decide(setup, method)

    def authenticate(self, key: str, *, passed: bool) -> Object:
        """End a 3-D Secure challenge. A failed one is told in the intent, not raised."""
        setup = self.get(key)
        if setup["status"] != "requires_action":
            raise unexpected_state("authenticated", setup)
        method = self._customers.get_method(setup["payment_method"])
        if passed:
            return self._decide(setup, method)
        return self._ask_again(setup, objects.failed_challenge(method, "setup_intent"))

    def _challenge(self, setup: Object, return_url: str) -> Object:
        setup |= {
            "status": "requires_action",
            "next_action": objects.challenge(setup, self._public_url, return_url),
        }
        self._save(setup)
        self._emit("setup_intent.requires_action", setup)
        return setup

    def _decide(self, setup: Object, method: Object) -> Object:
        if objects.card_of(method).decline or setup.pop("_declines", False):
            raise self._decline(setup, method)
        setup |= {
            "status": "succeeded",
            "last_setup_error": None,
            "next_action": None,
        }
        self._save(setup)
        if setup["customer"] and method["customer"] is None:
            self._customers.attach({"customer": setup["customer"]}, method["id"])
        self._emit("setup_intent.succeeded", setup)
        return setup

    def _decline(self, setup: Object, method: Object) -> ApiError:
        error = objects.refusal(method)
        self._ask_again(setup, error)
        return card_error(
            error["code"],
            error["message"],
            decline_code=error["decline_code"],
            payment_method=error["payment_method"],
            setup_intent=public(setup),
        )

    def _ask_again(self, setup: Object, error: Object) -> Object:
        """After a failure the intent stays open for another card."""
        setup |= {
            "status": "requires_payment_method",
            "payment_method": None,
            "last_setup_error": error,
            "next_action": None,
        }
        self._save(setup)
        self._emit("setup_intent.setup_failed", setup)
        return setup

    def _open(self, key: str, verb: str) -> Object:
        setup = self.get(key)
        if setup["status"] not in OPEN:
            raise unexpected_state(verb, setup)
        return setup

    def _save(self, setup: Object) -> Object:
        return self._store.put("setup_intent", setup["id"], setup)
