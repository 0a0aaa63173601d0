"""`make restore-drill`: a dump that was never restored is a hope. This restores one.

It dumps a database, restores it into a new one on the same server, and compares: the rows
of every table (counted in the very snapshot that was dumped, so that people may go on
working), the triggers, and the books. The new database is dropped afterwards.

    .venv/bin/python deploy/restore_drill.py "$DATABASE_URL" [--admin URL] [--keep FILE]

`--admin` names whoever may create databases, where the owner may not.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
COPY = "gigstream_restore_drill"

TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.relname
"""
TRIGGERS = """
SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' ORDER BY tgname
"""

Connection = psycopg.Connection[tuple[object, ...]]


def names(connection: Connection, query: str) -> list[str]:
    return [str(row[0]) for row in connection.execute(query)]  # type: ignore[arg-type]


def counts(connection: Connection) -> dict[str, int]:
    """Rows of every table, as this connection sees them."""
    found: dict[str, int] = {}
    for table in names(connection, TABLES):
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        row = connection.execute(query).fetchone()
        found[table] = int(str(row[0])) if row else 0
    return found


def dump(url: str, file: Path) -> tuple[dict[str, int], list[str]]:
    """Dump into a file; return the counts and triggers of that very moment."""
    with psycopg.connect(url, options="-c statement_timeout=0") as source:
        source.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = source.execute("SELECT pg_export_snapshot()").fetchone()
        command = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges"]
        command += [f"--snapshot={row[0] if row else ''}", f"--file={file}", url]
        subprocess.run(command, check=True)
        return counts(source), names(source, TRIGGERS)


@contextmanager
def new_database(admin_url: str) -> Iterator[str]:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
        sql.Identifier(COPY)
    )
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(drop)
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(COPY)))
        try:
            yield urlsplit(admin_url)._replace(path=f"/{COPY}").geturl()
        finally:
            admin.execute(drop)


def books(url: str) -> dict[str, object]:
    """What `ledger_check` says of a database, under the settings of this environment."""
    done = subprocess.run(
        [sys.executable, "manage.py", "ledger_check", "--json"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
    )
    said: dict[str, object] = json.loads(done.stdout or '{"problems": "no answer"}')
    return said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--admin", default="")
    parser.add_argument("--keep", type=Path, help="Where the dump shall stay.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        file = options.keep or Path(directory) / "gigstream.dump"
        began = time.monotonic()
        before, triggers = dump(options.url, file)
        dumped = time.monotonic()
        with new_database(options.admin or options.url) as copy:
            command = ["pg_restore", "--no-owner", "--exit-on-error"]
            subprocess.run([*command, f"--dbname={copy}", file], check=True)
            restored = time.monotonic()
            with psycopg.connect(copy, options="-c statement_timeout=0") as target:
                after, kept = counts(target), names(target, TRIGGERS)
            problems = books(copy)["problems"]
        file_size = file.stat().st_size

    rows = sum(before.values())
    size = f"{file_size / 1e6:.1f} MB"
    differ = {
        table for table in before | after if before.get(table) != after.get(table)
    }
    lost = set(triggers) ^ set(kept)
    print(
        f"dumped    {rows} rows of {len(before)} tables, {size}, {dumped - began:.1f} s"
    )
    print(f"restored  {sum(after.values())} rows, {restored - dumped:.1f} s")
    print(f"counts    {differ or 'equal'}")
    print(f"triggers  {lost or f'all {len(kept)}'}")
    print(f"books     {problems or 'clean'}")
    return 1 if differ or lost or problems else 0


if __name__ == "__main__":
    sys.exit(main())
