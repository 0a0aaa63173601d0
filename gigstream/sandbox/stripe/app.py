"""Stripe put together."""

from gigstream.sandbox.store import Store
from gigstream.sandbox.stripe.api import Api
from gigstream.sandbox.stripe.bank import Bank
from gigstream.sandbox.stripe.connect import Connect
from gigstream.sandbox.stripe.connect_pages import ConnectPages
from gigstream.sandbox.stripe.control import ControlPages
from gigstream.sandbox.stripe.customers import Customers
from gigstream.sandbox.stripe.disputes import Disputes
from gigstream.sandbox.stripe.faults import Faults
from gigstream.sandbox.stripe.pages import PaymentPages
from gigstream.sandbox.stripe.setups import Setups
from gigstream.sandbox.stripe.webhooks import Webhooks
from gigstream.sandbox.web import Route, asset


class StripeSandbox:
    """Everything below `/sandbox/stripe/`."""

    def __init__(
        self,
        store: Store,
        *,
        public_url: str,
        webhook_url: str,
        webhook_secret: str,
        secret_key: str,
        publishable_key: str,
    ) -> None:
        self.faults = Faults()
        self.webhooks = Webhooks(
            store, self.faults, url=webhook_url, secret=webhook_secret
        )
        customers = Customers(store, self.webhooks.emit)
        self.disputes = Disputes(store, self.webhooks.emit)
        self.bank = Bank(
            store,
            self.webhooks.emit,
            customers,
            self.disputes,
            self.faults,
            public_url,
        )
        setups = Setups(store, self.webhooks.emit, customers, self.faults, public_url)
        self.connect = Connect(store, self.bank, self.webhooks.emit, public_url)
        self._api = Api(
            store,
            self.bank,
            customers,
            setups,
            self.disputes,
            self.connect,
            self.faults,
            secret_key=secret_key,
            publishable_key=publishable_key,
        )
        self._pages = PaymentPages(store, self.bank, setups, self._api)
        self._connect_pages = ConnectPages(store, self.connect)
        self._control = ControlPages(
            store, self.bank, self.disputes, self.connect, self.webhooks, self.faults
        )

    def routes(self) -> list[Route]:
        script = asset("stripe.js", "text/javascript; charset=utf-8")
        return [
            *(
                Route(method, "/sandbox/stripe(/v1/.+)", self._api)
                for method in ("GET", "POST", "DELETE")
            ),
            Route("GET", "/sandbox/stripe/v3/stripe.js", script),
            *self._pages.routes(),
            *self._connect_pages.routes(),
            *self._control.routes(),
        ]

    def forget(self) -> None:
        """Drop what was planned and what is still on its way."""
        self.faults.clear()
        self.webhooks.forget()
