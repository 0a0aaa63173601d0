"""A cardholder contests a payment: the bank takes the money, hears the shop, and decides."""

from collections.abc import Callable

from gigstream.sandbox.store import Store
from gigstream.sandbox.stripe import objects
from gigstream.sandbox.stripe.errors import invalid, missing
from gigstream.sandbox.stripe.objects import Object
from gigstream.sandbox.stripe.params import Params, fields

ANSWER_SECONDS = 9 * 24 * 60 * 60
FEE = 15_00
OUTCOMES = {"won", "lost", "warning_closed"}
# As with Stripe, these words as evidence decide a test dispute.
WORDS = {"winning_evidence": "won", "losing_evidence": "lost"}

Emit = Callable[[str, Object], Object]


class Disputes:
    """Disputes by Stripe's rules: funds move with events of their own."""

    def __init__(self, store: Store, emit: Emit) -> None:
        self._store = store
        self._emit = emit

    def open(
        self, charge_id: str, *, amount: int | None = None, kind: str = "dispute"
    ) -> Object:
        """Contest a charge: as a `dispute`, an `inquiry`, or one that was `prevented`."""
        charge = self._get("charge", charge_id)
        if not charge["paid"]:
            raise invalid("This charge was not paid.")
        dispute = objects.dispute(
            charge,
            amount=amount or charge["amount_captured"],
            due_by=objects.timestamp() + ANSWER_SECONDS,
        )
        if kind == "prevented":
            dispute["status"] = "prevented"
        elif kind == "inquiry":
            dispute["status"] = "warning_needs_response"
        self._save(dispute)
        self._emit("charge.dispute.created", dispute)
        if kind == "dispute":
            self._withdraw(dispute, charge)
        return dispute

    def escalate(self, key: str) -> Object:
        """What was a question becomes a dispute."""
        dispute = self._get("dispute", key)
        if not dispute["status"].startswith("warning_needs"):
            raise invalid(f"This dispute is {dispute['status']}.")
        dispute["status"] = "needs_response"
        self._save(dispute)
        self._emit("charge.dispute.updated", dispute)
        return self._withdraw(dispute, self._get("charge", dispute["charge"]))

    def update(self, params: Params, key: str) -> Object:
        """Take evidence, and with `submit` hand it to the bank."""
        dispute = self._get("dispute", key)
        if dispute["status"] not in {"needs_response", "warning_needs_response"}:
            raise invalid("This dispute cannot be updated any more.")
        evidence = fields(params, "evidence")
        if file := evidence.get("uncategorized_file"):
            self._get("file", file)
        dispute["evidence"] |= evidence
        dispute["evidence_details"]["has_evidence"] = True
        if params.get("submit") != "true":
            return self._save(dispute)
        dispute["evidence_details"]["submission_count"] += 1
        is_warning = dispute["status"].startswith("warning")
        dispute["status"] = "warning_under_review" if is_warning else "under_review"
        self._save(dispute)
        self._emit("charge.dispute.updated", dispute)
        outcome = WORDS.get(evidence.get("uncategorized_text", ""))
        return self.close(key, outcome) if outcome else dispute

    def close(self, key: str, outcome: str) -> Object:
        """The bank decides. What was won comes back by an event of its own."""
        dispute = self._get("dispute", key)
        if outcome not in OUTCOMES or dispute["status"] in OUTCOMES | {"prevented"}:
            raise invalid(f"This dispute is {dispute['status']}.")
        dispute["status"] = outcome
        self._save(dispute)
        self._emit("charge.dispute.closed", dispute)
        return self._reinstate(dispute) if outcome == "won" else dispute

    def _withdraw(self, dispute: Object, charge: Object) -> Object:
        charge["disputed"] = True
        self._save(charge)
        return self._move(dispute, -dispute["amount"], FEE, "funds_withdrawn")

    def _reinstate(self, dispute: Object) -> Object:
        return self._move(dispute, dispute["amount"], 0, "funds_reinstated")

    def _move(self, dispute: Object, amount: int, fee: int, name: str) -> Object:
        entry = objects.balance_transaction(
            "adjustment", dispute, amount=amount, fee=fee
        )
        dispute["balance_transactions"].append(self._save(entry))
        dispute["is_charge_refundable"] = False
        self._save(dispute)
        self._emit(f"charge.dispute.{name}", dispute)
        return dispute

    def _get(self, kind: str, key: str) -> Object:
        found = self._store.get(kind, key)
        if found is None:
            raise missing(kind, key)
        return found

    def _save(self, thing: Object) -> Object:
        return self._store.put(thing["object"], thing["id"], thing)
