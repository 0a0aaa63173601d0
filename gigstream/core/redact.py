"""Hiding secrets in what staff read: a traceback or the arguments of a task may quote one."""

import re
from typing import Any

from django.conf import settings
from django.views.debug import SafeExceptionReporterFilter

HIDDEN = "********"
_NAMES = SafeExceptionReporterFilter.hidden_settings
# Keys as the companies write them, the second half of a payment's secret, a password in an
# address, and whatever follows a word that announces a secret.
_SHAPES = re.compile(
    r"\b(?:sk|rk|pk)_(?:live|test)_\w+"
    r"|\bwhsec_\w+"
    r"|\bre_\w{8,}_\w+"
    r"|\bpi_\w+_secret_\w+"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
    r"|(?i:(?<=bearer )\S+)"
    r"|(?i:(?<=password=)[^\s,)]+)"
    r"|(?i:(?<=token=)[^\s,)&]+)"
    r"|(?i:(?<=secret=)[^\s,)&]+)"
)
SHORTEST = 8


def redacted(text: str) -> str:
    """The text without our secrets, and without what looks like one."""
    for secret in _secrets():
        text = text.replace(secret, HIDDEN)
    return _SHAPES.sub(HIDDEN, text)


def redacted_values(said: Any) -> Any:
    """The same for the arguments of a task, where a name may tell a secret, too."""
    if isinstance(said, dict):
        return {
            name: HIDDEN if _NAMES.search(str(name)) else redacted_values(value)
            for name, value in said.items()
        }
    if isinstance(said, list):
        return [redacted_values(value) for value in said]
    return redacted(said) if isinstance(said, str) else said


def _secrets() -> list[str]:
    """The values of our settings whose names say that they are secret, the longest first."""
    found = [
        value
        for name in dir(settings)
        if name.isupper() and _NAMES.search(name)
        for value in _strings(getattr(settings, name))
    ]
    return sorted((each for each in found if len(each) >= SHORTEST), key=len)[::-1]


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [each for each in value if isinstance(each, str)] if _is_many(value) else []


def _is_many(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset)
