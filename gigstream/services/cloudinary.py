"""Cloudinary, where pictures and private files are kept. The only module that imports its SDK."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit
from uuid import uuid4

import cloudinary.exceptions
import cloudinary.uploader
import cloudinary.utils
import urllib3
from django.conf import settings

CONNECT_TIMEOUT = 3
READ_TIMEOUT = 10
UPLOAD_TIMEOUT = 15
CHUNK_BYTES = 64 * 1024

CDN = "https://res.cloudinary.com"
"""Where the SDK's own addresses begin. Ours begin with the configured prefix."""

RENDITIONS = {
    "thumb": "c_fill,f_auto,h_150,q_80,w_150",
    "small": "c_fill,f_auto,h_300,q_85,w_400",
    "medium": "c_fill,f_auto,h_600,q_85,w_800",
    "large": "c_limit,f_auto,h_1080,q_90,w_1920",
}
"""The four sizes of every picture, made as WebP when it is uploaded.

By `f_auto` Cloudinary sends AVIF, WebP or JPEG, whichever the browser takes.
"""

_downloads = urllib3.PoolManager(
    retries=False, timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=READ_TIMEOUT)
)


class StorageUnavailable(Exception):
    """Cloudinary could not be reached, or did not take or find the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A public picture as it was stored. `tint` is its main colour, as `#0f3d4c`."""

    public_id: str
    version: int
    width: int
    height: int
    format: str
    bytes: int
    tint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateUpload:
    """A file that only our own server can fetch."""

    public_id: str
    resource_type: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    cloud: str
    key: str
    secret: str


def upload_picture(file: IO[bytes], *, folder: str, name: str = "") -> Picture:
    """Store a picture for everyone to see, in all its renditions, under a name of our making."""
    eager = [each.replace("f_auto", "f_webp") for each in RENDITIONS.values()]
    answer = _upload(
        file, folder=folder, name=name, resource_type="image", eager=eager, colors=True
    )
    return Picture(
        public_id=answer["public_id"],
        version=answer["version"],
        width=answer["width"],
        height=answer["height"],
        format=answer["format"],
        bytes=answer["bytes"],
        tint=_main_colour(answer),
    )


def picture_url(public_id: str, version: int, rendition: str) -> str:
    """Name the address under which a browser finds a picture. Asks nobody."""
    base = f"{settings.CLOUDINARY_DELIVERY_PREFIX}/{_account().cloud}/image/upload"
    return f"{base}/{RENDITIONS[rendition]}/v{version}/{public_id}"


def upload_private(file: IO[bytes], *, folder: str, name: str = "") -> PrivateUpload:
    """Store a file under a name of our making, out of everyone's reach but ours."""
    answer = _upload(
        file, folder=folder, name=name, resource_type="raw", type="authenticated"
    )
    return PrivateUpload(
        public_id=answer["public_id"],
        resource_type=answer["resource_type"],
        bytes=answer["bytes"],
    )


def open_private(public_id: str, resource_type: str) -> Iterator[bytes]:
    """Fetch a private file in chunks.

    The first chunk is fetched at once, so that a missing file raises here and
    not in the middle of an answer.
    """
    chunks = _download(_private_url(public_id, resource_type))
    first = next(chunks, b"")
    return _chain(first, chunks)


def destroy(
    public_id: str, *, resource_type: str = "image", private: bool = False
) -> None:
    """Delete a file, its renditions and their cached copies. One that is gone is fine."""
    with _speaking():
        cloudinary.uploader.destroy(
            public_id,
            resource_type=resource_type,
            type="authenticated" if private else "upload",
            invalidate=True,
            **_options(),
        )


def _upload(
    file: IO[bytes], *, folder: str, name: str = "", **options: Any
) -> dict[str, Any]:
    """Hand the SDK bytes: a string it would take for an address and fetch it."""
    content: bytes = file.read()
    with _speaking():
        answer: dict[str, Any] = cloudinary.uploader.upload(
            ("upload", content),
            public_id=f"{folder}/{name or uuid4().hex}",
            **options,
            **_options(),
        )
    return answer


def _main_colour(answer: dict[str, Any]) -> str:
    """The first of the colours, which come sorted by how much of the picture they fill."""
    colours: list[tuple[str, float]] = answer.get("colors") or [("", 0)]
    return colours[0][0].lower()[:7]


@contextmanager
def _speaking() -> Iterator[None]:
    try:
        yield
    except (cloudinary.exceptions.Error, urllib3.exceptions.HTTPError) as error:
        raise StorageUnavailable(str(error)) from error


def _options() -> dict[str, Any]:
    account = _account()
    return {
        "cloud_name": account.cloud,
        "api_key": account.key,
        "api_secret": account.secret,
        "upload_prefix": settings.CLOUDINARY_UPLOAD_PREFIX,
        "timeout": urllib3.Timeout(connect=CONNECT_TIMEOUT, read=UPLOAD_TIMEOUT),
    }


def _account() -> _Account:
    """Read `cloudinary://key:secret@cloud`."""
    credentials, _, cloud = urlsplit(settings.CLOUDINARY_URL).netloc.rpartition("@")
    key, _, secret = credentials.partition(":")
    return _Account(cloud=cloud, key=key, secret=secret)


def _private_url(public_id: str, resource_type: str) -> str:
    """Sign the address of a private file, as our server reaches it."""
    account = _account()
    url, _ = cloudinary.utils.cloudinary_url(
        public_id,
        resource_type=resource_type,
        type="authenticated",
        sign_url=True,
        secure=True,
        cloud_name=account.cloud,
        api_secret=account.secret,
    )
    return f"{_reachable(settings.CLOUDINARY_DELIVERY_PREFIX)}{url.removeprefix(CDN)}"


def _reachable(prefix: str) -> str:
    """The sandbox's prefix is relative to this site, which a browser knows but a server must add."""
    return f"{settings.SITE_URL}{prefix}" if prefix.startswith("/") else prefix


def _download(url: str) -> Iterator[bytes]:
    with _speaking():
        response = _downloads.request("GET", url, preload_content=False, redirect=False)
        try:
            if response.status != 200:
                raise StorageUnavailable(f"Cloudinary answered {response.status}.")
            yield from response.stream(CHUNK_BYTES)
        finally:
            response.close()


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
