"""What the sandbox remembers: JSON documents in an SQLite file of its own.

Not the project's database, where an open transaction of a view that waits for
the sandbox would lock the sandbox out.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
)
"""
SAVE = """
INSERT INTO document (kind, id, body) VALUES (?, ?, ?)
ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body
"""


class Store:
    """Documents by kind and id, in the order in which they were first put."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(
            path, check_same_thread=False, isolation_level=None, timeout=20
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        # Nothing here is worth waiting for the disk.
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold everyone else off; all that is put inside is kept, or nothing is."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def put(self, kind: str, key: str, body: Document) -> Document:
        with self._lock:
            self._db.execute(SAVE, (kind, key, json.dumps(body)))
        return body

    def get(self, kind: str, key: str) -> Document | None:
        rows = self._rows("kind = ? AND id = ?", kind, key)
        return rows[0] if rows else None

    def all(self, kind: str, limit: int = -1, **equal: str) -> list[Document]:
        """List documents, newest first, whose fields equal the given ones."""
        wheres = ["kind = ?"] + ["json_extract(body, ?) = ?"] * len(equal)
        values = [v for name, value in equal.items() for v in (f"$.{name}", value)]
        return self._rows(" AND ".join(wheres), kind, *values, limit=limit)

    def delete(self, kind: str, key: str) -> bool:
        with self._lock:
            cursor = self._db.execute(
                "DELETE FROM document WHERE kind = ? AND id = ?", (kind, key)
            )
        return cursor.rowcount > 0

    def delete_before(self, kind: str, moment: int) -> None:
        """Delete documents of a kind that say they are from before a moment."""
        with self._lock:
            self._db.execute(
                "DELETE FROM document WHERE kind = ? AND json_extract(body, '$.at') < ?",
                (kind, moment),
            )

    def clear(self) -> None:
        with self._lock:
            self._db.execute("DELETE FROM document")

    def _rows(self, where: str, *values: str, limit: int = -1) -> list[Document]:
        query = f"SELECT body FROM document WHERE {where} ORDER BY number DESC LIMIT ?"  # noqa: S608
        with self._lock:
            rows = self._db.execute(query, (*values, limit)).fetchall()
        return [json.loads(body) for (body,) in rows]
