"""Rules that a constraint cannot hold, kept by triggers on PostgreSQL and SQLite alike.

A guard refuses an INSERT, UPDATE or DELETE of a row while its condition is true. The
condition is SQL that both engines understand, over NEW and OLD.

SQLite rebuilds a table to alter it and silently drops the table's triggers, and a trigger
that reads another table makes that table's rebuild fail. So guards are dropped before
migrations run and made again after them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate


class Trigger(Protocol):
    """What is dropped before migrations and made after them, under its own name."""

    @property
    def name(self) -> str: ...
    @property
    def table(self) -> str: ...
    def create(self, vendor: str) -> list[str]: ...
    def drop(self, vendor: str) -> list[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Refuse `event` on a row of `table` where `condition` is true, naming the rule."""

    name: str
    table: str
    event: Literal["INSERT", "UPDATE", "DELETE"]
    condition: str = "TRUE"

    def create(self, vendor: str) -> list[str]:
        if vendor == "sqlite":
            return [
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
                f"WHEN {self.condition} "
                f"BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
            ]
        row = "OLD" if self.event == "DELETE" else "NEW"
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF {self.condition} THEN "
            f"RAISE EXCEPTION '{self.name}' USING ERRCODE = 'check_violation'; END IF; "
            f"RETURN {row}; END $$",
            f"CREATE OR REPLACE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        ]

    def drop(self, vendor: str) -> list[str]:
        if vendor == "sqlite":
            return [f"DROP TRIGGER IF EXISTS {self.name}"]
        return [f"DROP FUNCTION IF EXISTS {self.name}() CASCADE"]


_guards: dict[str, Trigger] = {}


def guard(*guards: Trigger) -> None:
    """Register guards; apps do so while they get ready."""
    _guards.update({each.name: each for each in guards})


def append_only(table: str) -> None:
    """Refuse every change and removal of this table's rows, by raw SQL too."""
    guard(
        Guard(name=f"{table}_is_never_changed", table=table, event="UPDATE"),
        Guard(name=f"{table}_is_never_deleted", table=table, event="DELETE"),
    )


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make every guard whose table is there; those that exist are made anew."""
    connection = connections[using]
    remove(using)
    tables = set(connection.introspection.table_names())
    _run(
        connection,
        (
            statement
            for each in _guards.values()
            if each.table in tables
            for statement in each.create(connection.vendor)
        ),
    )


def remove(using: str = DEFAULT_DB_ALIAS) -> None:
    connection = connections[using]
    _run(
        connection,
        (
            statement
            for each in _guards.values()
            for statement in each.drop(connection.vendor)
        ),
    )


def missing(using: str = DEFAULT_DB_ALIAS) -> set[str]:
    """The guards that should be in force and are not."""
    connection = connections[using]
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }
    with connection.cursor() as cursor:
        cursor.execute(names[connection.vendor])
        return set(_guards) - {name for (name,) in cursor.fetchall()}


def _run(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _before(*, using: str, **_: Any) -> None:
    _limit(using, "SET statement_timeout = 0")
    remove(using)


def _after(*, using: str, **_: Any) -> None:
    install(using)
    _limit(using, "RESET statement_timeout")


def _limit(using: str, statement: str) -> None:
    """A page may not wait for a query for long; a migration of a large table has to."""
    if connections[using].vendor == "postgresql":
        _run(connections[using], [statement])


def connect(sender: Any) -> None:
    """Hang the guards on the migrations of one app: Django announces all apps together."""
    pre_migrate.connect(_before, sender=sender, dispatch_uid="guards")
    post_migrate.connect(_after, sender=sender, dispatch_uid="guards")
