"""A browser that does nothing but ask: keeps its connections, reads answers, counts them."""

import asyncio
import re
import time
from collections import Counter
from dataclasses import dataclass, field

LENGTH = re.compile(rb"(?im)^content-length: *(\d+)")


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


def request(path, *, host="localhost", cookie=""):
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "X-Forwarded-Proto: https"]
    lines += ["X-Forwarded-For: 127.0.0.1", "Accept: text/html,application/json;q=0.9"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def ask(reader, writer, words):
    """Send a request and read its whole answer; return the status."""
    writer.write(words)
    head = await reader.readuntil(b"\r\n\r\n")
    if length := LENGTH.search(head):
        await reader.readexactly(int(length.group(1)))
    else:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(head[9:12])


async def in_turns(port, words, *, times, at_once=8, ssl=None):
    """`at_once` clients ask `times` in all, each as soon as it has its answer."""
    tally, left, requests = Tally(), iter(range(times)), words
    requests = [words] if isinstance(words, bytes) else words

    async def client():
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=ssl)
        for number in left:
            began = time.monotonic()
            status = await ask(reader, writer, requests[number % len(requests)])
            tally.add(status, time.monotonic() - began)
        writer.close()

    began = time.monotonic()
    await asyncio.gather(*[client() for _ in range(at_once)])
    tally.seconds = time.monotonic() - began
    return tally
