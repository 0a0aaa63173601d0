"""Pusher as an ASGI app: sockets at `/app/<key>`, the REST API at `/apps/<id>/`.

It stands at the paths that Pusher itself has, because the SDKs know no others.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from gigstream.sandbox.pusher.hub import Connection, Hub, frame
from gigstream.sandbox.pusher.rest import Rest
from gigstream.sandbox.pusher.socket import NO_KEY, Protocol

ACTIVITY = 120
PATIENCE = ACTIVITY + 30
BODY_LIMIT = 1024 * 1024

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class PusherSandbox:
    """One app of Pusher, with its channels in memory."""

    def __init__(self, *, app_id: str, key: str, secret: str) -> None:
        self.hub = Hub()
        self._key = key
        self._protocol = Protocol(self.hub, key=key, secret=secret)
        self._rest = Rest(self.hub, app_id=app_id, key=key, secret=secret)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._call(scope, receive, send)

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        status, data = self._rest.answer(
            scope["method"], scope["path"], scope["query_string"].decode(), body
        )
        content = json.dumps(data).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(content)).encode()),
        ]
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": content})

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # that somebody wants to connect
        await send({"type": "websocket.accept"})
        if scope["path"] != f"/app/{self._key}":
            await _write(send, "pusher:error", {"code": NO_KEY, "message": "No app"})
            await send({"type": "websocket.close", "code": NO_KEY})
            return
        connection = Connection()
        established = {"socket_id": connection.id, "activity_timeout": ACTIVITY}
        await _write(send, "pusher:connection_established", json.dumps(established))
        writer = asyncio.create_task(_write_what_waits(connection, send))
        try:
            await self._listen(connection, receive)
        except TimeoutError:
            pass  # gone without a word
        except asyncio.CancelledError:
            if not connection.is_cut:
                raise
        finally:
            writer.cancel()
            self.hub.leave_all(connection)

    async def _listen(self, connection: Connection, receive: Receive) -> None:
        while True:
            async with asyncio.timeout(PATIENCE):
                message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            self._protocol.hear(connection, message.get("text") or "")


async def _write_what_waits(connection: Connection, send: Send) -> None:
    while True:
        text = await connection.waiting.get()
        await send({"type": "websocket.send", "text": text})


async def _write(send: Send, event: str, data: object) -> None:
    await send({"type": "websocket.send", "text": frame(event, data)})


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more and len(body) <= BODY_LIMIT:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
