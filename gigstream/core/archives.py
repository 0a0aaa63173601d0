"""ZIP files that are written while they are read: no file of theirs is ever whole on our side."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count

Member = tuple[str, Iterable[bytes]]


class _Outlet(io.RawIOBase):
    """Takes what the archive writes, and gives it away at once."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self._waiting += data
        return len(data)

    def flow(self) -> bytes:
        waiting, self._waiting = bytes(self._waiting), bytearray()
        return waiting


def zipped(members: Iterable[Member], *, at: datetime) -> Iterator[bytes]:
    """The archive in chunks, its members stored as they are; a name that comes twice is numbered."""
    outlet, taken = _Outlet(), set[str]()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for name, chunks in members:
            entry = zipfile.ZipInfo(_free(name, taken), at.timetuple()[:6])
            with archive.open(entry, "w") as member:
                for chunk in chunks:
                    member.write(chunk)
                    yield outlet.flow()
            yield outlet.flow()
    yield outlet.flow()


def _free(name: str, taken: set[str]) -> str:
    """The name, or the first of its numbered kind; names differ by more than their case."""
    stem, dot, ending = name.rpartition(".")
    if not stem or "/" in ending:
        stem, dot, ending = name, "", ""
    names = (
        name if number == 1 else f"{stem} ({number}){dot}{ending}"
        for number in count(1)
    )
    free = next(each for each in names if each.casefold() not in taken)
    taken.add(free.casefold())
    return free
