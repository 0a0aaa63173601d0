"""Counts what a request asks the database, and names the queries that took long."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from gigstream.core.monitoring import trace

log = logging.getLogger("gigstream.slow_queries")

LONGEST_SHOWN = 2000


def watch(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
) -> Any:
    """Run one query. Its values are never logged: they may be anybody's secret."""
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = time.perf_counter() - began
        if mine := trace.current():
            mine.queries += 1
            mine.query_seconds += seconds
        if 0 < settings.SLOW_QUERY_MS <= seconds * 1000:
            milliseconds = round(seconds * 1000)
            log.warning(
                "%s ms: %s",
                milliseconds,
                str(sql)[:LONGEST_SHOWN],
                extra={"ms": milliseconds},
            )


def _watch_connection(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)


def connect() -> None:
    connection_created.connect(_watch_connection, dispatch_uid="slow queries")
