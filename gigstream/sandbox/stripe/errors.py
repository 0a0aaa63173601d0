"""Stripe's errors, as they go over the wire."""

from typing import Any


class ApiError(Exception):
    """Carries the status and the body of the answer."""

    def __init__(self, status: int, message: str, *, kind: str, **details: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "message": message, **details}


def invalid(message: str, *, status: int = 400, **details: Any) -> ApiError:
    return ApiError(status, message, kind="invalid_request_error", **details)


def card_error(code: str, message: str, **details: Any) -> ApiError:
    return ApiError(402, message, kind="card_error", code=code, **details)


def missing(kind: str, key: str) -> ApiError:
    message = f"No such {kind}: '{key}'"
    return invalid(message, status=404, code="resource_missing", param="id")


def unexpected_state(verb: str, intent: dict[str, Any]) -> ApiError:
    status = intent["status"]
    return invalid(
        f"This PaymentIntent could not be {verb} because it has a status of {status}.",
        code="payment_intent_unexpected_state",
        payment_intent=public(intent),
    )


def public(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out what only the sandbox itself knows of an object."""
    return {name: value for name, value in document.items() if not name.startswith("_")}
