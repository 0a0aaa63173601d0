"""Who is connected, who listens to what, and who is present. All of it in one event loop."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

MOST_WAITING = 200
CLIENT_EVENTS_PER_SECOND = 10


class Connection:
    """One socket, with what waits to be written to it."""

    __slots__ = ("_spent", "_task", "channels", "id", "is_cut", "waiting")

    def __init__(self) -> None:
        self.id = f"{random.randrange(1, 10**9)}.{random.randrange(1, 10**9)}"
        self.channels: dict[str, str] = {}
        """The channels it listens to, each with the person it is present as, if any."""
        self.waiting: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self.is_cut = False
        self._task = asyncio.current_task()
        self._spent = (0.0, 0)

    def tell(
        self, event: str, data: object = None, *, channel: str | None = None
    ) -> None:
        self.write(frame(event, data, channel=channel))

    def write(self, text: str) -> None:
        try:
            self.waiting.put_nowait(text)
        except asyncio.QueueFull:
            self._cut()

    def _cut(self) -> None:
        """Let go of somebody who reads too slowly; nobody else waits for them."""
        if not self.is_cut and self._task:
            self.is_cut = True
            self._task.cancel()

    def may_send(self) -> bool:
        """Count one event of the client itself."""
        second, count = self._spent
        now = time.monotonic()
        if now - second >= 1:
            second, count = now, 0
        self._spent = (second, count + 1)
        return count < CLIENT_EVENTS_PER_SECOND


class Channel:
    """Who listens; in a presence channel also which people they are."""

    __slots__ = ("infos", "listeners", "sockets")

    def __init__(self) -> None:
        self.listeners: dict[str, Connection] = {}
        self.infos: dict[str, Any] = {}
        self.sockets: Counter[str] = Counter()

    def presence(self) -> dict[str, Any]:
        return {
            "presence": {
                "count": len(self.infos),
                "ids": list(self.infos),
                "hash": self.infos,
            }
        }


class Hub:
    """The channels in use."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}

    def publish(
        self,
        name: str,
        event: str,
        data: object,
        *,
        but: str | None = None,
        **extra: str,
    ) -> None:
        """Hand an event to whoever listens, `but` one socket. It is written out once for all."""
        channel = self.channels.get(name)
        if channel is None:
            return
        text = frame(event, data, channel=name, **extra)
        for socket_id, connection in list(channel.listeners.items()):
            if socket_id != but:
                connection.write(text)

    def join(
        self, connection: Connection, name: str, member: Mapping[str, Any] | None
    ) -> None:
        channel = self.channels.setdefault(name, Channel())
        person = str(member["user_id"]) if member else ""
        if member:
            channel.sockets[person] += 1
            if channel.sockets[person] == 1:
                info = member.get("user_info")
                channel.infos[person] = info
                added = {"user_id": person, "user_info": info}
                self.publish(name, "pusher_internal:member_added", json.dumps(added))
        channel.listeners[connection.id] = connection
        connection.channels[name] = person
        here = json.dumps(channel.presence() if member else {})
        connection.tell("pusher_internal:subscription_succeeded", here, channel=name)

    def leave(self, connection: Connection, name: str) -> None:
        person = connection.channels.pop(name, None)
        if person is None:
            return
        channel = self.channels[name]
        del channel.listeners[connection.id]
        if person:
            channel.sockets[person] -= 1
            if not channel.sockets[person]:
                del channel.sockets[person], channel.infos[person]
                removed = json.dumps({"user_id": person})
                self.publish(name, "pusher_internal:member_removed", removed)
        if not channel.listeners:
            del self.channels[name]

    def leave_all(self, connection: Connection) -> None:
        for name in list(connection.channels):
            self.leave(connection, name)


def frame(event: str, data: object, *, channel: str | None = None, **extra: str) -> str:
    message: dict[str, object] = {"event": event}
    if channel is not None:
        message["channel"] = channel
    if data is not None:
        message["data"] = data
    return json.dumps({**message, **extra})
