"""Typed readers for environment variables. `.env.example` explains each one."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def required(name: str) -> str:
    """Read a variable that has no safe default; without it the process must not start."""
    value = text(name)
    if not value:
        raise ImproperlyConfigured(
            f"Set the environment variable {name}; see .env.example."
        )
    return value


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name)
    return value.lower() in TRUE if value else default


def number(name: str, default: int) -> int:
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must be a whole number, not {value!r}."
        ) from error


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]


def links(name: str) -> list[dict[str, str]]:
    """Read `Name=https://…` pairs, with commas between them."""
    pairs = [word.partition("=") for word in words(name)]
    found = [{"name": title.strip(), "url": url.strip()} for title, _, url in pairs]
    if wrong := [link for link in found if not link["url"].startswith("https://")]:
        raise ImproperlyConfigured(f"{name} wants Name=https://…, not {wrong[0]}.")
    return found


def load_dotenv(path: Path) -> None:
    """Read `KEY=value` lines; what the environment already says wins."""
    if not path.is_file():
        return
    for line in path.read_text().splitlines():
        key, separator, value = line.partition("=")
        if separator and not key.lstrip().startswith("#"):
            os.environ.setdefault(key.strip(), value.strip().strip("'\""))


def database(url: str) -> dict[str, Any]:
    """Turn DATABASE_URL (`sqlite:///path` or `postgres://user:pass@host:port/name`) into Django's dict."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path.removeprefix("/")) or ":memory:")
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(
            NAME=unquote(parts.path.lstrip("/")),
            USER=unquote(parts.username or ""),
            PASSWORD=unquote(parts.password or ""),
            HOST=parts.hostname or "",
            PORT=str(parts.port or ""),
            options=dict(parse_qsl(parts.query)),
        )
    raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:/// or postgres://")


def _sqlite(name: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        # Opening the file costs as much as a page: SQLite reads all tables and triggers anew.
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "timeout": 20,
            # A writer takes its lock when it begins, so two cannot deadlock.
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
                "PRAGMA recursive_triggers=ON;PRAGMA mmap_size=134217728;"
            ),
        },
    }


def _postgresql(*, options: dict[str, str], **names: str) -> dict[str, Any]:
    limits = (
        "-c statement_timeout=10s -c lock_timeout=3s "
        "-c idle_in_transaction_session_timeout=15s "
        # Our queries are short: compiling one costs more than running it. And no disk of
        # today reads a page any slower because it lies elsewhere.
        "-c jit=off -c random_page_cost=1.1"
    )
    return {
        "ENGINE": "django.db.backends.postgresql",
        **names,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 30,
            "options": limits,
            "pool": {"min_size": 1, "max_size": 10, "timeout": 30},
            **options,
        },
    }
