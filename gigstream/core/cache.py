"""The caches in which all processes count together: our database, or Redis.

Counting is one statement in either, so that no two processes can read the same number
and both add to it. Beside Django's interface both have `take_token`, a token bucket.
Time is real here, not the business clock: who moves that must not unlock a door.
"""

import json
import math
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache as DjangoRedisCache
from django.db import DatabaseError, connection

from gigstream.core.models.cache import CacheRow


def store_errors() -> tuple[type[Exception], ...]:
    """What a cache raises when it cannot be asked; for `except`, which asks when one comes.

    So the client of Redis, a fifth of a second to load, is there only where it is used.
    """
    from redis.exceptions import RedisError

    return DatabaseError, RedisError


NEVER = 2**62
TABLE = CacheRow._meta.db_table

# A row whose time is over counts as gone: it may be overwritten, and is never read.
ADD = f"""
    INSERT INTO {TABLE} (key, value, expires_at) VALUES (%(key)s, %(value)s, %(until)s)
    ON CONFLICT (key) DO UPDATE
    SET value = excluded.value, expires_at = excluded.expires_at
    WHERE {TABLE}.expires_at <= %(now)s
    RETURNING key
"""  # noqa: S608 - the only thing filled in is the name of our table
SET = f"""
    INSERT INTO {TABLE} (key, value, expires_at) VALUES (%(key)s, %(value)s, %(until)s)
    ON CONFLICT (key) DO UPDATE
    SET value = excluded.value, expires_at = excluded.expires_at
"""  # noqa: S608
INCREMENT = f"""
    UPDATE {TABLE} SET value = CAST(CAST(value AS BIGINT) + %(delta)s AS TEXT)
    WHERE key = %(key)s AND expires_at > %(now)s
    RETURNING value
"""  # noqa: S608

# The value is the moment at which the bucket will be full again. A token moves it on by
# one step, and there is no token left where that would lead beyond a whole bucket.
_FULL_AT = f"""
    CASE WHEN CAST({TABLE}.value AS BIGINT) > %(now)s
    THEN CAST({TABLE}.value AS BIGINT) ELSE %(now)s END + %(step)s
"""
TAKE = f"""
    INSERT INTO {TABLE} (key, value, expires_at)
    VALUES (%(key)s, CAST(%(now)s + %(step)s AS TEXT), %(latest)s)
    ON CONFLICT (key) DO UPDATE
    SET value = CAST({_FULL_AT} AS TEXT), expires_at = %(latest)s
    WHERE {_FULL_AT} <= %(latest)s
    RETURNING value
"""  # noqa: S608
REDIS_TAKE = """
    local now, step, latest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
    local full_at = tonumber(redis.call('GET', KEYS[1]) or now)
    full_at = math.max(full_at, now) + step
    if full_at > latest then return full_at - latest end
    redis.call('SET', KEYS[1], string.format('%d', full_at), 'PX', latest - now)
    return 0
"""


def _now() -> int:
    return int(time.time() * 1000)


def _bucket(capacity: int, seconds: int) -> dict[str, int]:
    """A bucket that fills evenly, from empty to its capacity in so many seconds."""
    now = _now()
    return {
        "now": now,
        "step": math.ceil(seconds * 1000 / capacity),
        "latest": now + seconds * 1000,
    }


class DatabaseCache(BaseCache):
    """Keeps JSON values in a table of the default database.

    Inside a transaction a count is part of it, so count before one begins.
    """

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(
        self,
        key: Any,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        row = self._row(key, value, timeout, version)
        return self._run(ADD, row) is not None

    def set(
        self,
        key: Any,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        with connection.cursor() as cursor:
            cursor.execute(SET, self._row(key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        rows = self._rows(key, version)
        value = rows.values_list("value", flat=True).first()
        return default if value is None else json.loads(value)

    def touch(
        self,
        key: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        until = self._until(timeout)
        return bool(self._rows(key, version).update(expires_at=until))

    def delete(self, key: Any, version: int | None = None) -> bool:
        deleted, _by_model = self._rows(key, version).delete()
        return bool(deleted)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        name = self.make_and_validate_key(key, version=version)
        row = self._run(INCREMENT, {"key": name, "delta": delta, "now": _now()})
        if row is None:
            raise ValueError(f"Key {key!r} not found")
        return int(row[0])

    def clear(self) -> None:
        CacheRow.objects.all().delete()

    def take_token(self, key: str, *, capacity: int, seconds: int) -> float:
        """Take one token from a bucket; 0 if there was one, else the seconds until there is."""
        name, bucket = self.make_and_validate_key(key), _bucket(capacity, seconds)
        if self._run(TAKE, {"key": name, **bucket}):
            return 0
        full_at = int(self.get(key, bucket["now"])) + bucket["step"]
        return max(full_at - bucket["latest"], 1) / 1000

    def _row(
        self, key: Any, value: Any, timeout: float | None, version: int | None
    ) -> dict[str, Any]:
        return {
            "key": self.make_and_validate_key(key, version=version),
            "value": json.dumps(value),
            "until": self._until(timeout),
            "now": _now(),
        }

    def _rows(self, key: Any, version: int | None) -> Any:
        name = self.make_and_validate_key(key, version=version)
        return CacheRow.objects.filter(key=name, expires_at__gt=_now())

    def _until(self, timeout: float | None) -> int:
        moment = self.get_backend_timeout(timeout)
        return NEVER if moment is None else int(moment * 1000)

    def _run(self, statement: str, values: dict[str, Any]) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()


class RedisCache(DjangoRedisCache):
    """Django's, with a token bucket."""

    def take_token(self, key: str, *, capacity: int, seconds: int) -> float:
        """Take one token from a bucket; 0 if there was one, else the seconds until there is."""
        name, bucket = self.make_and_validate_key(key), _bucket(capacity, seconds)
        client = self._cache.get_client(name, write=True)
        wait = client.eval(REDIS_TAKE, 1, name, *bucket.values())
        return int(wait) / 1000


def prune() -> int:
    """Throw away what is over; nobody sees it any more, but it takes room."""
    pruned, _by_model = CacheRow.objects.filter(expires_at__lte=_now()).delete()
    return pruned
