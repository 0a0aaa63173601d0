"""Pusher Channels played here: the socket protocol, version 7, and the signed REST API."""

from gigstream.sandbox.pusher.app import PusherSandbox

__all__ = ["PusherSandbox"]
