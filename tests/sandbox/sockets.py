"""The sandbox's Pusher on a free port, and clients that speak to it as browsers do."""

import asyncio
import json
import threading
import time

import uvicorn
from websockets.sync.client import connect

from gigstream.sandbox.pusher import PusherSandbox

APP_ID, KEY, SECRET = "1", "sandbox-key", "sandbox-secret"


class PusherServer:
    """Served in a thread of its own, as `manage.py dev` serves it."""

    def __init__(self):
        self.app = PusherSandbox(app_id=APP_ID, key=KEY, secret=SECRET)
        config = uvicorn.Config(
            self.app,
            port=0,
            lifespan="off",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            log_config=None,
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(
            target=lambda: asyncio.run(self.server.serve()), daemon=True
        )

    def start(self):
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        self.port = self.server.servers[0].sockets[0].getsockname()[1]

    def stop(self):
        self.server.should_exit = True
        self.server.force_exit = True
        self.thread.join()

    def soon(self, call):
        """Have something done in the server's own thread."""
        self.server.servers[0].get_loop().call_soon_threadsafe(call)

    def client(self, key=KEY):
        return Client(f"ws://127.0.0.1:{self.port}/app/{key}?protocol=7")


class Client:
    """One socket; `heard` waits for the next event of a kind."""

    def __init__(self, url):
        self.connecting = connect(url, compression=None, proxy=None)
        self.id = ""

    def __enter__(self):
        self.socket = self.connecting.__enter__()
        hello = self.next()
        if hello["event"] == "pusher:error":
            self.refusal = hello["data"]["code"]
            return self
        self.id = json.loads(hello["data"])["socket_id"]
        return self

    def __exit__(self, *raised):
        self.connecting.__exit__(*raised)

    def say(self, event, data=None, **more):
        self.socket.send(json.dumps({"event": event, "data": data, **more}))

    def subscribe(self, channel, **signed):
        self.say("pusher:subscribe", {"channel": channel, **signed})

    def heard(self, event, timeout=20):
        while True:
            message = self.next(timeout)
            if message.get("event") == event:
                return message

    def next(self, timeout=20):
        return json.loads(self.socket.recv(timeout))
