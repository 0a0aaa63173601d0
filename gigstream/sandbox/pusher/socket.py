"""What a client says over its socket, and what it is answered."""

import hmac
import json
import re
from collections.abc import Mapping
from typing import Any

from gigstream.sandbox.pusher.hub import Connection, Hub
from gigstream.sandbox.pusher.signing import sign

CHANNEL = re.compile(r"[-a-zA-Z0-9_=@,.;]{1,200}")
PRIVATE, PRESENCE = "private-", "presence-"
MOST_DATA = 10 * 1024
NO_KEY, REFUSED, NOT_JSON, TOO_OFTEN = 4001, 4009, 4200, 4301


class Refused(Exception):
    """What a client asked for is not given to it."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.said = {"code": code, "message": message}


class Protocol:
    """The events of protocol 7 that clients send."""

    def __init__(self, hub: Hub, *, key: str, secret: str) -> None:
        self._hub, self._key, self._secret = hub, key, secret

    def hear(self, connection: Connection, text: str) -> None:
        """Do what one message asks for, or say why not."""
        try:
            self._hear(connection, _parsed(text))
        except Refused as refusal:
            connection.tell("pusher:error", refusal.said)

    def _hear(self, connection: Connection, message: Mapping[str, Any]) -> None:
        event, data = message["event"], message.get("data")
        if event == "pusher:ping":
            connection.tell("pusher:pong", {})
        elif event == "pusher:subscribe":
            self._subscribe(connection, data if isinstance(data, dict) else {})
        elif event == "pusher:unsubscribe":
            name = data.get("channel") if isinstance(data, dict) else None
            self._hub.leave(connection, str(name))
        elif event.startswith("client-"):
            self._pass_on(connection, event, message.get("channel"), data)

    def _subscribe(self, connection: Connection, asked: Mapping[str, Any]) -> None:
        name = asked.get("channel")
        if not isinstance(name, str) or not CHANNEL.fullmatch(name):
            raise Refused("This is no name of a channel", REFUSED)
        if name in connection.channels:
            raise Refused(f"Existing subscription to channel {name}")
        member = None
        if name.startswith((PRIVATE, PRESENCE)):
            self._check_signature(connection, name, asked)
        if name.startswith(PRESENCE):
            member = _member(asked.get("channel_data"))
        self._hub.join(connection, name, member)

    def _check_signature(
        self, connection: Connection, name: str, asked: Mapping[str, Any]
    ) -> None:
        signed = f"{connection.id}:{name}"
        if name.startswith(PRESENCE):
            signed += f":{asked.get('channel_data')}"
        expected = f"{self._key}:{sign(self._secret, signed)}"
        given = str(asked.get("auth"))
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise Refused(f"Invalid signature for {name}", REFUSED)

    def _pass_on(
        self, connection: Connection, event: str, name: object, data: object
    ) -> None:
        """Pass an event of a client on to the others of a channel that asked who they are."""
        person = connection.channels.get(str(name))
        if person is None or not str(name).startswith((PRIVATE, PRESENCE)):
            raise Refused("Client events need a private or presence channel")
        if len(json.dumps(data)) > MOST_DATA:
            raise Refused("The event is too large", TOO_OFTEN)
        if not connection.may_send():
            raise Refused("Too many client events", TOO_OFTEN)
        extra = {"user_id": person} if person else {}
        self._hub.publish(str(name), event, data, but=connection.id, **extra)


def _parsed(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except ValueError as error:
        raise Refused("This is not JSON", NOT_JSON) from error
    if not isinstance(message, dict) or not isinstance(message.get("event"), str):
        raise Refused("This is no event", NOT_JSON)
    return message


def _member(channel_data: object) -> dict[str, Any]:
    try:
        member = json.loads(str(channel_data))
        member["user_id"]
    except (ValueError, TypeError, KeyError) as error:
        raise Refused("A presence channel needs a user_id", REFUSED) from error
    return dict(member)
