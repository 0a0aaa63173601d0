"""A browser that does nothing but ask: keeps its connections, reads answers, counts them."""

import asyncio
import itertools
import re
import time
from collections import Counter
from dataclasses import dataclass, field

LENGTH = re.compile(rb"(?im)^content-length: *(\d+)")
CLOSE = re.compile(rb"\r\nconnection: close\r\n", re.IGNORECASE)


@dataclass
class Tally:
    """How often each status was answered, and after how many seconds each time."""

    statuses: Counter = field(default_factory=Counter)
    waits: dict[int, list[float]] = field(default_factory=dict)
    seconds: float = 0

    def add(self, status, waited):
        self.statuses[status] += 1
        self.waits.setdefault(status, []).append(waited)

    def per_second(self, status=200):
        return self.statuses[status] / self.seconds


def request(path, *, host="localhost", cookie="", form=None, origin=""):
    """The bytes of a request: a page, or a form that is sent."""
    lines = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.1", f"Host: {host}"]
    lines += ["X-Forwarded-Proto: https", "Accept: text/html,application/json;q=0.9"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    if form is not None:
        kind = "application/x-www-form-urlencoded"
        lines += [f"Origin: {origin}", f"Content-Type: {kind}"]
        lines += [f"Content-Length: {len(form)}"]
    return ("\r\n".join(lines) + f"\r\n\r\n{form or ''}").encode()


async def ask(reader, writer, words):
    """Send a request and read its whole answer; return the status.

    nginx ends a connection after a thousand requests, and says so with the last answer.
    """
    writer.write(words)
    head = await reader.readuntil(b"\r\n\r\n")
    if length := LENGTH.search(head):
        await reader.readexactly(int(length.group(1)))
    else:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    if CLOSE.search(head):
        writer.close()
    return int(head[9:12])


async def in_turns(port, words, *, times=None, seconds=None, at_once=8, ssl=None):
    """`at_once` clients ask in turns, each as soon as it has its answer: so often, or so long."""
    requests = [words] if isinstance(words, bytes) else words
    turns = itertools.count() if times is None else iter(range(times))
    tally, began = Tally(), time.monotonic()

    async def client():
        name = {"server_hostname": "localhost"} if ssl else {}
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=ssl, **name
        )
        for number in turns:
            started = time.monotonic()
            if seconds and started - began > seconds:
                break
            status = await ask(reader, writer, requests[number % len(requests)])
            tally.add(status, time.monotonic() - started)
        writer.close()

    await asyncio.gather(*[client() for _ in range(at_once)])
    tally.seconds = time.monotonic() - began
    return tally
