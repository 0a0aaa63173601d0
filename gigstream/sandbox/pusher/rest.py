"""The REST API of Pusher: events come in, questions about channels are answered."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from gigstream.sandbox.pusher.hub import Hub
from gigstream.sandbox.pusher.signing import sign
from gigstream.sandbox.pusher.socket import CHANNEL, MOST_DATA, PRESENCE

MOST_SKEW = 600
MOST_CHANNELS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the API, as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes


class Refused(Exception):
    """Ends a call with a status and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class Rest:
    """`/apps/<id>/events`, `batch_events` and `channels`."""

    def __init__(self, hub: Hub, *, app_id: str, key: str, secret: str) -> None:
        self._hub, self._app_id, self._key, self._secret = hub, app_id, key, secret

    def answer(
        self, method: str, path: str, query: str, body: bytes
    ) -> tuple[int, object]:
        """The status and the JSON of an answer."""
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        call = Call(method=method, path=path, query=pairs, body=body)
        try:
            self._check(call)
            return 200, self._route(call)
        except Refused as refusal:
            return refusal.status, {"error": str(refusal)}

    def _check(self, call: Call) -> None:
        query = {k: v for k, v in call.query.items() if k != "auth_signature"}
        written = "&".join(f"{name}={query[name]}" for name in sorted(query))
        expected = sign(self._secret, f"{call.method}\n{call.path}\n{written}")
        given = call.query.get("auth_signature", "")
        if query.get("auth_key") != self._key or not hmac.compare_digest(
            given.encode(), expected.encode()
        ):
            raise Refused(401, "Invalid signature")
        stamp = query.get("auth_timestamp", "")
        if not stamp.isdecimal() or abs(time.time() - int(stamp)) > MOST_SKEW:
            raise Refused(401, "Timestamp expired")
        digest = hashlib.md5(call.body, usedforsecurity=False).hexdigest()
        if call.body and query.get("body_md5") != digest:
            raise Refused(401, "The body is not the one that was signed")

    def _route(self, call: Call) -> object:
        app, *rest = call.path.removeprefix("/apps/").split("/")
        if app != self._app_id:
            raise Refused(404, "Unknown app")
        match (call.method, *rest):
            case ("POST", "events"):
                return self._take([_json(call.body)])
            case ("POST", "batch_events"):
                return self._take(_json(call.body).get("batch", []))
            case ("GET", "channels"):
                return self._all(call.query.get("filter_by_prefix", ""))
            case ("GET", "channels", name):
                return self._one(name)
            case ("GET", "channels", name, "users"):
                return self._people(name)
            case _:
                raise Refused(404, "Unknown call")

    def _take(self, events: list[dict[str, Any]]) -> dict[str, Any]:
        """Judge all, then publish all."""
        for event in events:
            _judge(event)
        for event in events:
            for name in _channels(event):
                self._hub.publish(
                    name, event["name"], event["data"], but=event.get("socket_id")
                )
        return {}

    def _all(self, prefix: str) -> dict[str, Any]:
        named = {n: c for n, c in self._hub.channels.items() if n.startswith(prefix)}
        return {
            "channels": {
                name: {"user_count": len(channel.infos)}
                if name.startswith(PRESENCE)
                else {}
                for name, channel in named.items()
            }
        }

    def _one(self, name: str) -> dict[str, Any]:
        channel = self._hub.channels.get(name)
        count = len(channel.listeners) if channel else 0
        about: dict[str, Any] = {"occupied": bool(count), "subscription_count": count}
        if name.startswith(PRESENCE):
            about["user_count"] = len(channel.infos) if channel else 0
        return about

    def _people(self, name: str) -> dict[str, Any]:
        channel = self._hub.channels.get(name)
        return {"users": [{"id": each} for each in (channel.infos if channel else ())]}


def _json(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except ValueError as error:
        raise Refused(400, "This is not JSON") from error
    if not isinstance(data, dict):
        raise Refused(400, "This is no object")
    return data


def _channels(event: dict[str, Any]) -> list[str]:
    return event.get("channels") or [event.get("channel", "")]


def _judge(event: dict[str, Any]) -> None:
    names = _channels(event)
    if not all(isinstance(event.get(part), str) for part in ("name", "data")):
        raise Refused(400, "An event needs a name and data")
    if len(names) > MOST_CHANNELS or not all(map(CHANNEL.fullmatch, names)):
        raise Refused(400, "Not the names of at most 100 channels")
    if len(event["data"].encode()) > MOST_DATA:
        raise Refused(413, "The data is larger than 10 kB")
