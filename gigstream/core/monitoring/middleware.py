"""Gives each request an id, and writes one line about it when it is answered."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from gigstream.core.monitoring import metrics, trace

log = logging.getLogger("gigstream.requests")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class TraceMiddleware:
    """Outermost, so that refusals of every other middleware are seen as well."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        mine = trace.begin(trace.id_from(request))
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            # Asked for by now if at all: to look here must not cost a query.
            user = getattr(request, "_cached_user", None)
            mine.user = str(user.pk or "") if user else ""
            response.headers["X-Request-ID"] = mine.id
            _tell(request, response, mine, seconds=time.perf_counter() - began)
            return response
        finally:
            trace.end()


def _tell(
    request: HttpRequest,
    response: HttpResponseBase,
    mine: trace.Trace,
    *,
    seconds: float,
) -> None:
    route = trace.route_of(request.resolver_match)
    method = metrics.method_of(request)
    metrics.observe(method, route, response.status_code, seconds)
    if log.isEnabledFor(logging.INFO):
        log.info(
            "%s %s %s",
            method,
            trace.path_of(request),
            response.status_code,
            extra={
                "method": method,
                "route": route,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
                "queries": mine.queries,
                "query_ms": round(mine.query_seconds * 1000, 1),
            },
        )
