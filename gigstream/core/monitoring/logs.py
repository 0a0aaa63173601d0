"""Logs for machines: one JSON object a line, with the request that it belongs to."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from gigstream.core.monitoring import trace

# What every record has; the rest is what the caller gave as `extra`.
_USUAL = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
# Django hangs whole requests and sockets on its records.
_NEVER = {"request", "server_time", "status_code"}


class JsonFormatter(logging.Formatter):
    """Time in UTC, level, logger, message, then request and user where there are any."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if mine := trace.current():
            line["request"] = mine.id
            if mine.user:
                line["user"] = mine.user
        line |= {
            name: value
            for name, value in record.__dict__.items()
            if name not in _USUAL and name not in _NEVER
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)
