"""Buyers, and the cards that a shop keeps for them."""

from collections.abc import Callable

from gigstream.core import clock
from gigstream.sandbox.store import Store
from gigstream.sandbox.stripe import cards, objects
from gigstream.sandbox.stripe.errors import invalid, missing
from gigstream.sandbox.stripe.objects import Object
from gigstream.sandbox.stripe.params import Params, fields, only_known, required

Emit = Callable[[str, Object], Object]


class Customers:
    """A card belongs to nobody, or to one of them."""

    def __init__(self, store: Store, emit: Emit) -> None:
        self._store = store
        self._emit = emit

    def open_customer(self, params: Params) -> Object:
        only_known(params, {"email", "name", "metadata", "description"})
        customer = objects.customer(
            email=params.get("email"),
            name=params.get("name"),
            metadata=fields(params, "metadata"),
        )
        self._save(customer)
        self._emit("customer.created", customer)
        return customer

    def close_customer(self, _params: Params, key: str) -> Object:
        self._get("customer", key)
        for method in self._store.all("payment_method", customer=key):
            self.detach({}, method["id"])
        self._store.delete("customer", key)
        return {"id": key, "object": "customer", "deleted": True}

    def attach(self, params: Params, key: str) -> Object:
        method = self._get("payment_method", key)
        customer = self._get("customer", required(params, "customer"))["id"]
        if method["customer"] not in {None, customer}:
            message = "The payment method you provided has already been attached to a customer."
            raise invalid(message)
        method["customer"] = customer
        self._save(method)
        self._emit("payment_method.attached", method)
        return method

    def detach(self, _params: Params, key: str) -> Object:
        """Take a card from its buyer. Nobody can pay with it any more."""
        method = self._get("payment_method", key)
        if method["customer"] is None:
            message = (
                "The payment method you provided is not attached to a customer so "
                "detachment is impossible."
            )
            raise invalid(message)
        method |= {"customer": None, "_detached": True}
        self._save(method)
        self._emit("payment_method.detached", method)
        return method

    def named(self, params: Params) -> str | None:
        """The customer whom a call is for, if it names one."""
        key = params.get("customer")
        return str(self._get("customer", str(key))["id"]) if key else None

    def method(self, params: Params) -> Object:
        """Find the means of payment, or make it from the card that was typed."""
        data = params.get("payment_method_data")
        if isinstance(data, dict):
            typed = fields(data, "card")
            card = cards.read_card(typed, now=clock.now())
            return self._save(objects.payment_method(card, typed))
        key = required(params, "payment_method")
        if key in cards.TEST_METHODS:
            card = cards.CARDS[cards.TEST_METHODS[key]]
            return self._save(objects.payment_method(card, {}))
        return self.get_method(key)

    def get_method(self, key: str) -> Object:
        return self._get("payment_method", key)

    def _get(self, kind: str, key: str) -> Object:
        found = self._store.get(kind, key)
        if found is None:
            raise missing(kind, key)
        return found

    def _save(self, thing: Object) -> Object:
        return self._store.put(thing["object"], thing["id"], thing)


def check_owner(method: Object, intent: Object) -> None:
    """A kept card pays only for its buyer, and one that was taken from them for nobody."""
    if method.get("_detached"):
        message = (
            "The provided PaymentMethod was previously used with a PaymentIntent "
            "without Customer attachment, or was detached from a Customer, and may not "
            "be used again."
        )
        raise invalid(message, code="resource_missing")
    if method["customer"] not in {None, intent["customer"]}:
        message = (
            f"The customer does not have a payment method with the ID {method['id']}."
        )
        raise invalid(message, code="resource_missing")
