"""Sellers' accounts at Stripe: onboarding, transfers to them, and payouts to their banks."""

import secrets

from gigstream.sandbox.store import Store
from gigstream.sandbox.stripe import objects
from gigstream.sandbox.stripe.bank import Bank, Emit
from gigstream.sandbox.stripe.errors import invalid, public
from gigstream.sandbox.stripe.objects import Object
from gigstream.sandbox.stripe.params import (
    Params,
    fields,
    integer,
    only_known,
    required,
)

DUE = ["individual.first_name", "individual.last_name", "external_account"]

UNSENT = {"failed", "canceled"}

# Stripe's own test accounts: what becomes of a payout to them.
BANKS = {
    "000123456789": "",
    "000111111116": "no_account",
    "000111111113": "account_closed",
    "000222222227": "insufficient_funds",
}
FAILURES = {
    "no_account": "The bank account details on file are probably incorrect. "
    "No bank account could be located with those details.",
    "account_closed": "The bank account has been closed.",
    "insufficient_funds": "The bank could not process this payout.",
    "could_not_process": "The bank could not process this payout.",
}
ACCOUNT_PARAMS = {
    "type",
    "email",
    "country",
    "capabilities",
    "settings",
    "metadata",
    "business_type",
}
LINK_PARAMS = {"account", "refresh_url", "return_url", "type"}
TRANSFER_PARAMS = {
    "amount",
    "currency",
    "destination",
    "transfer_group",
    "metadata",
    "description",
    "source_transaction",
}
PAYOUT_PARAMS = {"amount", "currency", "metadata", "description", "method"}


class Connect:
    """Express accounts, with separate charges and transfers."""

    def __init__(self, store: Store, bank: Bank, emit: Emit, public_url: str) -> None:
        self._store = store
        self._bank = bank
        self._emit = emit
        self._public_url = public_url

    # --- Accounts ---------------------------------------------------------------

    def open_account(self, params: Params) -> Object:
        only_known(params, ACCOUNT_PARAMS)
        return self._save(
            objects.account(
                email=params.get("email"),
                country=params.get("country") or "US",
                due=DUE,
                metadata=fields(params, "metadata"),
            )
        )

    def account(self, key: str) -> Object:
        return self._bank.get("account", key)

    def link(self, params: Params) -> Object:
        """An address that opens the onboarding once."""
        only_known(params, LINK_PARAMS)
        account = self.account(required(params, "account"))
        token = secrets.token_hex(16)
        note = {"account": account["id"], "return_url": required(params, "return_url")}
        self._store.put("account-link", token, note)
        now = objects.timestamp()
        return {
            "object": "account_link",
            "created": now,
            "expires_at": now + 300,
            "url": f"{self._public_url}/stripe/connect/{account['id']}?token={token}",
        }

    def visit(self, key: str, token: str) -> Object | None:
        """What a link leads to; None if it is not this account's."""
        note = self._store.get("account-link", token)
        return note if note and note["account"] == key else None

    def onboard(self, key: str, *, number: str, verified: bool) -> Object:
        """Take the seller's details, and check them at once or leave them to be checked."""
        if number not in BANKS:
            raise invalid("You must use a test bank account number in test mode.")
        account = self.account(key)
        account |= {"details_submitted": True, "_number": number}
        account["external_accounts"]["data"] = [objects.bank_account(key, number)]
        return self.judge(account, verified=verified)

    def judge(self, account: Object, *, verified: bool) -> Object:
        """Stripe's decision on who somebody is; it may be taken back."""
        account["payouts_enabled"] = verified
        account["charges_enabled"] = verified
        account["requirements"] = {
            "currently_due": [] if account["details_submitted"] else DUE,
            "pending_verification": [] if verified else ["individual.id_number"],
            "disabled_reason": None
            if verified
            else "requirements.pending_verification",
        }
        self._save(account)
        self._emit("account.updated", account)
        return account

    # --- Transfers --------------------------------------------------------------

    def transfer(self, params: Params) -> Object:
        """Move money from the platform's balance to an account's."""
        only_known(params, TRANSFER_PARAMS)
        account = self.account(required(params, "destination"))
        amount = _positive(params)
        if not account["payouts_enabled"]:
            message = "Your destination account needs to have the transfers capability enabled."
            raise invalid(message, code="insufficient_capabilities_for_transfer")
        if amount > self._bank.net():
            message = "You have insufficient available funds in your Stripe account."
            raise invalid(message, code="balance_insufficient")
        transfer = objects.transfer(
            amount=amount,
            currency=required(params, "currency").lower(),
            destination=account["id"],
            transfer_group=params.get("transfer_group"),
            metadata=fields(params, "metadata"),
        )
        entry = objects.balance_transaction("transfer", transfer, amount=-amount)
        transfer["balance_transaction"] = self._save(entry)["id"]
        self._save(transfer)
        self._emit("transfer.created", transfer)
        return transfer

    def reverse(self, params: Params, key: str) -> Object:
        """Fetch a transfer back, if the account still has the money."""
        only_known(params, {"amount", "metadata", "description"})
        transfer = self._bank.get("transfer", key)
        left = transfer["amount"] - transfer["amount_reversed"]
        amount = _positive(params) if "amount" in params else left
        if amount > left or left == 0:
            raise invalid(
                "The transfer has already been reversed.",
                code="transfer_already_reversed",
            )
        if amount > self.balance_of(transfer["destination"]):
            message = (
                "Insufficient funds in the connected account to reverse this transfer."
            )
            raise invalid(message, code="balance_insufficient")
        reversal = objects.reversal(transfer, amount=amount)
        entry = objects.balance_transaction("transfer_refund", reversal, amount=amount)
        reversal["balance_transaction"] = self._save(entry)["id"]
        transfer["amount_reversed"] += amount
        transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
        self._save(reversal)
        self._save(transfer)
        self._emit("transfer.reversed", transfer)
        return reversal

    # --- Payouts ----------------------------------------------------------------

    def balance_of(self, key: str) -> int:
        transfers = self._store.all("transfer", destination=key)
        payouts = self._store.all("payout", _account=key)
        came = sum(each["amount"] - each["amount_reversed"] for each in transfers)
        went = sum(each["amount"] for each in payouts if each["status"] not in UNSENT)
        return int(came - went)

    def pay_out(self, params: Params, account_key: str) -> Object:
        """Send money to the bank. The answer comes before the bank has spoken."""
        only_known(params, PAYOUT_PARAMS)
        account = self.account(account_key)
        amount = _positive(params)
        if not account["payouts_enabled"]:
            raise invalid("Payouts are not enabled.", code="payouts_not_allowed")
        if amount > self.balance_of(account_key):
            message = (
                "You have insufficient funds in your Stripe account for this payout."
            )
            raise invalid(message, code="balance_insufficient")
        payout = objects.payout(
            account,
            amount=amount,
            currency=required(params, "currency").lower(),
            metadata=fields(params, "metadata"),
        )
        self._save(payout)
        self._emit("payout.created", payout)
        answer = dict(payout)
        if failure := BANKS[account["_number"]]:
            self._fail(payout, failure)
        else:
            payout["status"] = "paid"
            self._save(payout)
            self._emit("payout.paid", payout)
        return answer

    def fail_payout(self, key: str) -> Object:
        """The bank sends the money back, days after all seemed well."""
        payout = self._bank.get("payout", key)
        if payout["status"] != "paid":
            raise invalid(f"This payout is {payout['status']}.")
        return self._fail(payout, "could_not_process")

    def payouts(self, _params: Params, account_key: str) -> Object:
        rows = self._store.all("payout", _account=account_key)
        return {
            "object": "list",
            "url": "/v1/payouts",
            "has_more": False,
            "data": [public(row) for row in rows],
        }

    def payout(self, _params: Params, account_key: str, key: str) -> Object:
        payout = self._bank.get("payout", key)
        if payout["_account"] != account_key:
            raise invalid(
                f"No such payout: '{key}'", status=404, code="resource_missing"
            )
        return payout

    def _fail(self, payout: Object, failure: str) -> Object:
        payout |= {
            "status": "failed",
            "failure_code": failure,
            "failure_message": FAILURES[failure],
        }
        self._save(payout)
        self._emit("payout.failed", payout)
        return payout

    def _save(self, thing: Object) -> Object:
        return self._store.put(thing["object"], thing["id"], thing)


def _positive(params: Params) -> int:
    amount = integer(params, "amount")
    if amount < 1:
        raise invalid("Invalid positive integer", param="amount")
    return amount
