"""Files that a shop gives Stripe as evidence: weighed, and named."""

from gigstream.sandbox.store import Store
from gigstream.sandbox.stripe import objects
from gigstream.sandbox.stripe.errors import invalid
from gigstream.sandbox.stripe.objects import Object
from gigstream.sandbox.stripe.params import Params, required

KINDS = {b"%PDF-": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}
MOST = 5_000_000


class Files:
    """What was uploaded, and what it is; its content is of no more use here."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def upload(self, params: Params) -> Object:
        if required(params, "purpose") != "dispute_evidence":
            raise invalid("Invalid purpose", param="purpose")
        content = params.get("file")
        starts = content[:8] if isinstance(content, bytes) else b""
        kind = next((KINDS[each] for each in KINDS if starts.startswith(each)), "")
        if not isinstance(content, bytes) or not kind or len(content) > MOST:
            message = "Evidence is a PDF, PNG or JPEG of up to 5 MB."
            raise invalid(message, param="file")
        file = objects.new(
            "file", "file", purpose="dispute_evidence", size=len(content), type=kind
        )
        return self._store.put("file", file["id"], file)
