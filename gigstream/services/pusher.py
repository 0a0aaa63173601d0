"""Pusher, by which open pages hear of news at once. The only module that imports its SDK.

A push is a hint: it names what changed, never what is in it, and it may be lost. The page
that hears it asks us, and asks by itself while it hears nothing. So nobody waits for one:
it goes out after the commit, from threads of its own.
"""

import logging
import queue
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pusher
import pusher.errors
import requests
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)

TIMEOUT = 1
TRIES = 2
SENDERS = 2
MOST_WAITING = 200
STALE_AFTER = 5
"""Seconds after which a hint helps nobody: whoever needed it has asked in the meantime."""


class Malformed(Exception):
    """This is no name of a channel, or no id of a socket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Socket:
    """What a browser needs to connect: at `host` if there is one, else at Pusher's cluster.

    The sandbox `is_here`: at whatever host the browser has come to.
    """

    key: str
    cluster: str
    host: str
    port: int
    is_here: bool


@dataclass(frozen=True, slots=True)
class _Hint:
    channels: list[str]
    event: str
    data: dict[str, str]
    at: float


def push(channels: Iterable[str], event: str, data: Mapping[str, object]) -> None:
    """Tell the listeners of at most 100 channels, once the transaction has committed."""
    told = {name: str(value) for name, value in data.items()}
    hint = _Hint(list(channels), event, told, time.monotonic())
    transaction.on_commit(lambda: _senders.take(hint))


def allow(channel: str, socket_id: str, *, member: str = "") -> dict[str, str]:
    """Sign that a socket may listen, in a presence channel as this member. Asks nobody."""
    if not socket_id.isascii():
        raise Malformed(socket_id)
    about = {"user_id": member} if member else None
    try:
        signed: dict[str, str] = _client().authenticate(channel, socket_id, about)
    except ValueError as error:
        raise Malformed(str(error)) from error
    return signed


def socket() -> Socket:
    return Socket(
        key=settings.PUSHER_KEY,
        cluster=settings.PUSHER_CLUSTER,
        host=settings.PUSHER_HOST,
        port=settings.PUSHER_PORT,
        is_here=settings.PUSHER_IS_HERE,
    )


def wait_until_sent() -> None:
    """Block until nothing waits: for tests and measurements."""
    _senders.waiting.join()


class _Senders:
    """A few threads that send what waits; what is too much is dropped."""

    def __init__(self) -> None:
        self.waiting: queue.Queue[_Hint] = queue.Queue(MOST_WAITING)
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()

    def take(self, hint: _Hint) -> None:
        self._start()
        try:
            self.waiting.put_nowait(hint)
        except queue.Full:
            log.warning("Pusher is too slow: a hint is dropped")

    def _start(self) -> None:
        """Start the threads with the first hint, and anew in a process that was forked."""
        if self._threads and all(each.is_alive() for each in self._threads):
            return
        with self._starting:
            alive = [each for each in self._threads if each.is_alive()]
            new = [
                threading.Thread(target=self._run, name="pusher", daemon=True)
                for _ in range(SENDERS - len(alive))
            ]
            self._threads = [*alive, *new]
            for thread in new:
                thread.start()

    def _run(self) -> None:
        while True:
            hint = self.waiting.get()
            try:
                # Heard twice, a hint is the same.
                for _ in range(TRIES):
                    if time.monotonic() - hint.at >= STALE_AFTER or _send(hint):
                        break
            finally:
                self.waiting.task_done()


_senders = _Senders()


def _send(hint: _Hint) -> bool:
    """Hand a hint over; whether it was taken."""
    try:
        _client().trigger(hint.channels, hint.event, hint.data)
    except (
        pusher.errors.PusherError,
        requests.RequestException,
        ValueError,
    ) as error:
        log.warning("Pusher did not take a hint: %s", type(error).__name__)
        return False
    return True


def _client() -> Any:
    return _client_for(
        settings.PUSHER_APP_ID,
        settings.PUSHER_KEY,
        settings.PUSHER_SECRET,
        settings.PUSHER_CLUSTER,
        settings.PUSHER_HOST,
        settings.PUSHER_PORT,
        settings.PUSHER_TLS,
        threading.get_ident(),
    )


@lru_cache(maxsize=32)
def _client_for(
    app_id: str,
    key: str,
    secret: str,
    cluster: str,
    host: str,
    port: int,
    tls: bool,
    _thread: int,
) -> Any:
    """One client for each thread: it keeps its connection, and connections are not shared."""
    return pusher.Pusher(
        app_id,
        key,
        secret,
        ssl=tls,
        host=host or None,
        port=port,
        cluster=cluster,
        timeout=TIMEOUT,
    )
