"""Sentry, where errors are collected. The only module that imports its SDK.

It hears which request failed and where in the code, and nothing of what people typed: no
body, no cookie, no header but a few, no local variables, no address.
"""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.types import Event, Hint

from gigstream.core.monitoring import trace

HEADERS = {"User-Agent", "Host", "Content-Type", "Hx-Request"}


def start(*, dsn: str, environment: str, release: str, traces: float) -> None:
    """Report errors from now on; `traces` is the share of requests that is timed, 0 to 1."""
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release or None,
        include_local_variables=False,
        max_request_body_size="never",
        traces_sample_rate=traces,
        # Other companies need not know which request of ours they serve.
        trace_propagation_targets=[],
        # The others look around for packages that we do not use.
        auto_enabling_integrations=False,
        integrations=[DjangoIntegration(middleware_spans=False)],
        before_send=_without_secrets,
        before_send_transaction=_without_secrets,
        before_breadcrumb=lambda _crumb, _hint: None,
    )


def _without_secrets(event: Event, _hint: Hint) -> Event:
    request: dict[str, Any] = event.get("request") or {}
    headers: dict[str, str] = request.get("headers") or {}
    event["request"] = {
        "method": request.get("method"),
        "headers": {name: value for name, value in headers.items() if name in HEADERS},
    }
    event.pop("user", None)
    if mine := trace.current():
        event.setdefault("tags", {})["request"] = mine.id
        if mine.user:
            event["user"] = {"id": mine.user}
    return event
