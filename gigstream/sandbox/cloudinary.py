"""Cloudinary as far as the site speaks to it: signed upload and deletion, pictures in any size, private files."""

import base64
import hashlib
import hmac
import io
import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image, ImageOps

from gigstream.sandbox.store import Document, Store
from gigstream.sandbox.web import Request, Response, Route, as_json, parts, text

PREFIX = "/sandbox/cloudinary"
NOT_SIGNED = {"api_key", "cloud_name", "file", "resource_type", "signature"}
STALE_AFTER = 3600
LARGEST_SIDE = 4000
DEFAULT_QUALITY = 80
FORMATS = {
    "avif": "AVIF",
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WEBP",
    "gif": "GIF",
}
TYPES = {
    "AVIF": "image/avif",
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
CACHE_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'"
}

DELIVERY = re.compile(
    r"(?P<kind>image|raw)/(?P<access>upload|authenticated)/"
    r"(?:s--(?P<signature>[\w-]{8})--/)?"
    r"(?P<transformation>(?:[a-z]{1,3}_[^/]+/)*)"
    r"(?:v\d+/)?(?P<source>.+)"
)


class Refusal(Exception):
    """Carries the status and the message of an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class CloudinarySandbox:
    """Everything below `/sandbox/cloudinary/`. Files lie in a folder under hashed names."""

    def __init__(
        self, store: Store, folder: Path, *, account_url: str, public_url: str
    ) -> None:
        account = urlsplit(account_url)
        self._store = store
        self._folder = folder
        self._cloud = account.hostname or ""
        self._key = account.username or ""
        self._secret = account.password or ""
        self._public_url = f"{public_url}/cloudinary/{self._cloud}"
        folder.mkdir(parents=True, exist_ok=True)

    def routes(self) -> list[Route]:
        cloud = re.escape(self._cloud)
        api = f"{PREFIX}/v1_1/{cloud}/(image|raw|auto)"
        return [
            Route("POST", f"{api}/upload", self.upload),
            Route("POST", f"{api}/destroy", self.destroy),
            Route("GET", f"{PREFIX}/{cloud}/(.+)", self.deliver),
        ]

    # --- The upload API ---------------------------------------------------------

    def upload(self, request: Request, kind: str) -> Response:
        try:
            params, content = _read_form(request)
            self._check_signature(params)
            asset = self._keep("image" if kind == "auto" else kind, params, content)
            eager = self._make_eagerly(asset, params.get("eager", ""))
        except Refusal as refusal:
            return _error(refusal)
        return as_json({**asset, **({"eager": eager} if eager else {})})

    def destroy(self, request: Request, kind: str) -> Response:
        try:
            params, _ = _read_form(request)
            self._check_signature(params)
        except Refusal as refusal:
            return _error(refusal)
        name = _name(kind, params.get("type", "upload"), params.get("public_id", ""))
        if not self._store.delete("asset", name):
            return as_json({"result": "not found"})
        for path in self._folder.glob(f"{_hashed(name)}*"):
            path.unlink()
        return as_json({"result": "ok"})

    def _keep(self, kind: str, params: Mapping[str, str], content: bytes) -> Document:
        details = _measure(content) if kind == "image" else {}
        if details and params.get("colors"):
            details["colors"] = _colours(content)
        public_id = params.get("public_id") or secrets.token_hex(10)
        if params.get("folder"):
            public_id = f"{params['folder']}/{public_id}"
        access = params.get("type", "upload")
        name = _name(kind, access, public_id)
        version = int(time.time())
        asset = {
            "asset_id": secrets.token_hex(16),
            "public_id": public_id,
            "version": version,
            "signature": self._sign({"public_id": public_id, "version": str(version)}),
            "resource_type": kind,
            "type": access,
            "bytes": len(content),
            "etag": hashlib.sha256(content).hexdigest()[:32],
            "secure_url": f"{self._public_url}/{kind}/{access}/v{version}/{public_id}",
            **details,
        }
        self._path(name).write_bytes(content)
        return self._store.put("asset", name, asset)

    def _make_eagerly(self, asset: Document, eager: str) -> list[Document]:
        """Make all renditions out of one decoding."""
        if asset["resource_type"] != "image" or not eager:
            return []
        wishes = [_eager(wish, asset) for wish in eager.split("|") if wish]
        name = _name("image", asset["type"], asset["public_id"])
        with opened(self._path(name).read_bytes(), [wish for wish, _ in wishes]) as one:
            for transformation, extension in wishes:
                content = written(one, transformation, extension)
                self._made(name, transformation, extension).write_bytes(content)
        return [self._derived(asset, *wish) for wish in wishes]

    def _derived(
        self, asset: Document, transformation: str, extension: str
    ) -> Document:
        content = self._rendition(asset, transformation, extension)
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
        base = f"{self._public_url}/image/{asset['type']}/{transformation}"
        return {
            "transformation": transformation,
            "format": extension,
            "width": width,
            "height": height,
            "bytes": len(content),
            "secure_url": f"{base}/v{asset['version']}/{asset['public_id']}.{extension}",
        }

    def _check_signature(self, params: Mapping[str, str]) -> None:
        if params.get("api_key") != self._key:
            raise Refusal(401, "Unknown API key")
        if not hmac.compare_digest(self._sign(params), params.get("signature", "")):
            raise Refusal(401, "Invalid Signature")
        stamp = params.get("timestamp", "")
        if not stamp.isdecimal() or abs(time.time() - int(stamp)) > STALE_AFTER:
            raise Refusal(400, "Stale request")

    def _sign(self, params: Mapping[str, str]) -> str:
        fields = sorted(
            f"{name}={value}".replace("&", "%26")
            for name, value in params.items()
            if value and name not in NOT_SIGNED
        )
        return _sha1("&".join(fields) + self._secret).hex()

    # --- Delivery ---------------------------------------------------------------

    def deliver(self, request: Request, path: str) -> Response:
        match = DELIVERY.fullmatch(path)
        if not match:
            return text("Resource not found.", status=404)
        wanted = match.groupdict("")
        if wanted["access"] == "authenticated" and not self._is_signed(wanted):
            return text("Access is only for signed addresses.", status=401)
        try:
            if wanted["kind"] == "raw":
                return self._deliver_raw(wanted)
            return self._deliver_image(wanted, request.headers.get("accept", ""))
        except Refusal as refusal:
            return text(str(refusal), status=refusal.status)

    def _is_signed(self, wanted: Mapping[str, str]) -> bool:
        signed = wanted["transformation"] + wanted["source"]
        digest = base64.urlsafe_b64encode(_sha1(signed + self._secret)).decode()
        return hmac.compare_digest(digest[:8].encode(), wanted["signature"].encode())

    def _deliver_raw(self, wanted: Mapping[str, str]) -> Response:
        name = _name("raw", wanted["access"], wanted["source"])
        self._asset(name)
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": "attachment",
            "Cache-Control": "private, no-store",
            **HARMLESS,
        }
        return Response(content=self._path(name).read_bytes(), headers=headers)

    def _deliver_image(self, wanted: Mapping[str, str], accept: str) -> Response:
        public_id, dot, extension = wanted["source"].rpartition(".")
        if not dot:
            public_id, extension = extension, ""
        asset = self._asset(_name("image", wanted["access"], public_id))
        transformation = wanted["transformation"].rstrip("/")
        is_chosen = "f_auto" in transformation
        if is_chosen:
            extension = _best(accept, asset)
            transformation = transformation.replace("f_auto", f"f_{extension}")
        extension = extension or asset["format"]
        content = self._rendition(asset, transformation, extension)
        cache = (
            CACHE_FOR_EVER
            if asset["type"] == "upload"
            else {"Cache-Control": "no-store"}
        )
        headers = {"Content-Type": TYPES[_format(extension)], **cache, **HARMLESS}
        if is_chosen:
            headers["Vary"] = "Accept"
        return Response(content=content, headers=headers)

    def _asset(self, name: str) -> Document:
        asset = self._store.get("asset", name)
        if asset is None:
            raise Refusal(404, "Resource not found.")
        return asset

    def _rendition(self, asset: Document, transformation: str, extension: str) -> bytes:
        """Find a picture in a certain size and format, or make it and keep it."""
        name = _name("image", asset["type"], asset["public_id"])
        made = self._made(name, transformation, extension)
        if not made.exists():
            original = self._path(name).read_bytes()
            made.write_bytes(render(original, transformation, extension))
        return made.read_bytes()

    def _made(self, name: str, transformation: str, extension: str) -> Path:
        return self._path(name, f"-{_hashed(transformation)[:12]}.{_format(extension)}")

    def _path(self, name: str, suffix: str = "") -> Path:
        return self._folder / f"{_hashed(name)}{suffix}"


# --- Pictures -----------------------------------------------------------------


def render(original: bytes, transformation: str, extension: str) -> bytes:
    """Apply a transformation like `c_fill,h_300,q_85,w_400`."""
    with opened(original, [transformation]) as picture:
        return written(picture, transformation, extension)


@contextmanager
def opened(original: bytes, transformations: Sequence[str]) -> Iterator[Image.Image]:
    """Decode a picture, upright and just large enough for all that is to be made of it."""
    sizes = [_wanted_size(_options(each)) for each in transformations]
    with Image.open(io.BytesIO(original)) as image:
        if all(all(size) for size in sizes):
            longest = max(max(size) for size in sizes)
            image.draft("RGB", (longest, longest))
        ImageOps.exif_transpose(image, in_place=True)
        yield image


def written(picture: Image.Image, transformation: str, extension: str) -> bytes:
    options = _options(transformation)
    kind = _format(extension)
    resized = _resized(picture, options)
    if kind == "JPEG":
        resized = resized.convert("RGB")
    out = io.BytesIO()
    quality = _whole(options, "q") or DEFAULT_QUALITY
    # AVIF looks as good as the others at a lower number, and its encoder knows no haste.
    how = {"quality": quality - 20, "speed": 8} if kind == "AVIF" else {}
    resized.save(out, kind, **{"quality": quality, **how})
    return out.getvalue()


def _options(transformation: str) -> dict[str, str]:
    parts = re.split("[,/]", transformation)
    return dict(part.split("_", 1) for part in parts if "_" in part)


def _wanted_size(options: Mapping[str, str]) -> tuple[int, int]:
    return _whole(options, "w"), _whole(options, "h")


def _best(accept: str, asset: Document) -> str:
    """What a browser takes, best first; who names nothing gets what was uploaded."""
    return next(
        (each for each in ("avif", "webp") if f"image/{each}" in accept),
        asset["format"],
    )


def _colours(content: bytes) -> list[tuple[str, float]]:
    """The main colours, each with how many of a hundred parts it fills, the largest first."""
    with Image.open(io.BytesIO(content)) as image:
        image.draft("RGB", (64, 64))
        few = image.convert("RGB").resize((32, 32), Image.Resampling.BOX).quantize(6)
    palette = few.getpalette() or []
    counts = [(count, place) for place, count in enumerate(few.histogram()) if count]
    return [
        (_hex(palette[place * 3 : place * 3 + 3]), count / 10.24)
        for count, place in sorted(counts, reverse=True)
    ]


def _hex(colour: Sequence[int]) -> str:
    return "#{:02X}{:02X}{:02X}".format(*colour)


def _resized(picture: Image.Image, options: Mapping[str, str]) -> Image.Image:
    width, height = _wanted_size(options)
    if not width and not height:
        return picture
    ratio = picture.width / picture.height
    box = (
        width or max(1, round(height * ratio)),
        height or max(1, round(width / ratio)),
    )
    crop = options.get("c", "scale")
    if crop == "fill":
        return ImageOps.fit(picture, box, Image.Resampling.LANCZOS)
    if crop == "limit" and picture.width <= box[0] and picture.height <= box[1]:
        return picture
    if crop in ("limit", "fit"):
        return ImageOps.contain(picture, box, Image.Resampling.LANCZOS)
    return picture.resize(box, Image.Resampling.LANCZOS)


def _whole(options: Mapping[str, str], name: str) -> int:
    value = options.get(name, "0")
    if not re.fullmatch(r"[0-9]{1,4}", value) or int(value) > LARGEST_SIDE:
        raise Refusal(400, f"Invalid {name} in transformation")
    return int(value)


def _measure(content: bytes) -> dict[str, Any]:
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.verify()
            kind = (image.format or "").lower()
            return {
                "width": image.width,
                "height": image.height,
                "format": _short(kind),
            }
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refusal(400, "Invalid image file") from error


def _format(extension: str) -> str:
    try:
        return FORMATS[extension.lower()]
    except KeyError:
        raise Refusal(400, "Unsupported format") from None


def _short(kind: str) -> str:
    return "jpg" if kind == "jpeg" else kind


def _eager(wish: str, asset: Document) -> tuple[str, str]:
    """The transformation and its format, which stands in it (`f_webp`) or behind it (`/webp`)."""
    transformation, slash, extension = wish.rpartition("/")
    if slash:
        return transformation, extension
    return wish, _options(wish).get("f") or str(asset["format"])


# --- Names and forms ----------------------------------------------------------


def _name(kind: str, access: str, public_id: str) -> str:
    return f"{kind}/{access}/{public_id}"


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:40]


def _sha1(content: str) -> bytes:
    return hashlib.sha1(content.encode(), usedforsecurity=False).digest()


def _read_form(request: Request) -> tuple[dict[str, str], bytes]:
    params: dict[str, str] = {}
    content = b""
    for part in parts(request):
        if part.is_file:
            content = part.content
        else:
            name = part.name.removesuffix("[]")
            value = part.content.decode("utf-8", "replace")
            params[name] = f"{params[name]},{value}" if name in params else value
    return params, content


def _error(refusal: Refusal) -> Response:
    return as_json({"error": {"message": str(refusal)}}, status=refusal.status)
