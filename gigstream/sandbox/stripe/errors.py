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
    kind, status = str(intent["object"]), intent["status"]
    name = kind.title().replace("_", "")
    details = {"code": f"{kind}_unexpected_state", kind: public(intent)}
    message = f"This {name} could not be {verb} because it has a status of {status}."
    return ApiError(400, message, kind="invalid_request_error", **details)


def public(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out what only the sandbox itself knows of an object."""
    return {name: value for name, value in document.items() if not name.startswith("_")}
