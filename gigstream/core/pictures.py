"""Pictures that people send: judged by content and cost before anything decodes them.

Decoding one takes at most about 100 MB, whatever it promises to be: a kind that cannot be
decoded smaller than it is may have fewer pixels, and all is scaled down strip by strip.
"""

import io
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

MOST_BYTES = 10 * 1024 * 1024
LONGEST_SIDE = 10_000
MOST_FRAMES = 100
KEPT_SIDE = 2560
QUALITY = 92
STRIP = 64

MILLION = 1_000_000
MOST_PIXELS = {
    "JPEG": 50 * MILLION,  # a large one is decoded at a half of its size, or less
    "PNG": 15 * MILLION,
    "GIF": 15 * MILLION,
    "WEBP": 4 * MILLION,  # its decoder holds four copies
}
MOST_PIXELS_IN_SCANS = 10 * MILLION
"""Of a JPEG in several passes, whose decoder holds six more bytes for each pixel."""
ORIENTATION = 0x0112

# One picture at a time: each takes what memory is there for it.
_darkroom = threading.Lock()
_BROWSERS_COLOURS = ImageCms.createProfile("sRGB")


class Refused(Exception):
    """The file is not taken; the message is for the person who sent it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """A picture that we wrote ourselves: first frame, upright, without metadata."""

    file: IO[bytes]
    size: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """The part of a picture to keep: a square around a point, as parts of a hundred."""

    across: int = 50
    down: int = 50
    side: int


def judge(file: IO[bytes], size: int, *, smallest: tuple[int, int]) -> None:
    """Refuse what the first bytes and the header give away; no pixel is decoded."""
    with _opened(file, size, smallest):
        pass


def clean(
    file: IO[bytes],
    size: int,
    *,
    smallest: tuple[int, int],
    square: Square | None = None,
) -> Clean:
    """Judge a file and write it anew, cut to a square if asked; or raise `Refused`."""
    with _darkroom, _opened(file, size, smallest) as image:
        return _rewrite(image, square)


@contextmanager
def _opened(
    file: IO[bytes], size: int, smallest: tuple[int, int]
) -> Iterator[Image.Image]:
    """Open a file that keeps to the rules; whatever its decoder stumbles over is a refusal."""
    if size > MOST_BYTES:
        raise Refused(
            _("The picture has %(size)s; at most %(most)s are allowed.")
            % {"size": filesizeformat(size), "most": filesizeformat(MOST_BYTES)}
        )
    file.seek(0)
    kind = _kind(file.read(16))
    most = MOST_PIXELS[kind]
    if kind == "JPEG" and _is_in_scans(file):
        most = MOST_PIXELS_IN_SCANS
    file.seek(0)
    try:
        with Image.open(file, formats=[kind]) as image:
            _judge(image, most, smallest)
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Refused(_too_many_pixels(most)) from bomb
    except Refused:
        raise
    except Exception as broken:  # Decoders raise whatever they stumble over.
        raise Refused(_("The picture is damaged and cannot be read.")) from broken


def _kind(head: bytes) -> str:
    """Tell the format by the first bytes; the file's name means nothing."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    raise Refused(_("This is not a JPEG, PNG, WebP or GIF picture."))


def _is_in_scans(file: IO[bytes]) -> bool:
    """Whether a JPEG comes in several passes, or in a way that cannot be told."""
    file.seek(2)
    components = 0
    while True:
        segment = file.read(4)
        length = int.from_bytes(segment[2:])
        if len(segment) < 4 or segment[0] != 0xFF or length < 2:
            return True
        body = file.read(length - 2)
        if segment[1] == 0xDA:  # where the first pass begins
            return body[:1] != bytes([components])
        if segment[1] in {0xC0, 0xC1}:  # the frame, of a kind that knows no passes
            components = body[5] if len(body) > 5 else 0


def _judge(image: Image.Image, most: int, smallest: tuple[int, int]) -> None:
    """Look at what the header promises; no pixel has been decoded yet."""
    width, height = image.size
    if width * height > most or max(width, height) > LONGEST_SIDE:
        raise Refused(_too_many_pixels(most))
    if width < smallest[0] or height < smallest[1]:
        text = _(
            "It has %(width)s by %(height)s pixels; "
            "at least %(least_width)s by %(least_height)s are needed."
        )
        least_width, least_height = smallest
        raise Refused(
            text
            % {
                "width": width,
                "height": height,
                "least_width": least_width,
                "least_height": least_height,
            }
        )
    if getattr(image, "n_frames", 1) > MOST_FRAMES:
        raise Refused(_("The animation has more than 100 frames."))


def _too_many_pixels(most: int) -> str:
    text = _(
        "The picture has too many pixels; for a file of this kind "
        "%(millions)s million and 10,000 a side are the most."
    )
    return text % {"millions": f"{most / MILLION:g}"}


def _rewrite(image: Image.Image, square: Square | None) -> Clean:
    orientation = image.getexif().get(ORIENTATION, 1)
    size = _fitted(image.size)
    _decode_smaller(image, size)
    picture = _shrunk(image, size)
    image.close()
    picture.getexif()[ORIENTATION] = orientation
    ImageOps.exif_transpose(picture, in_place=True)
    if square:
        picture = _cut(picture, square)
    picture.info.clear()
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
    size_written = written.tell()
    written.seek(0)
    return Clean(
        file=written, size=size_written, width=picture.width, height=picture.height
    )


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    """The size to keep a picture in: as it is, or with its longer side at the limit."""
    part = min(1, KEPT_SIDE / max(size))
    return max(1, round(size[0] * part)), max(1, round(size[1] * part))


def _decode_smaller(image: Image.Image, size: tuple[int, int]) -> None:
    """Have a JPEG decoded at a fraction: all that is needed, and all that there is room for."""
    pixels, scale = image.width * image.height, 1
    room = 12.5 * MILLION if pixels > MOST_PIXELS_IN_SCANS else 6 * MILLION
    while scale < 8 and (
        image.width >= size[0] * scale * 2 or pixels > room * scale * scale
    ):
        scale *= 2
    image.draft("RGB", (image.width // scale, image.height // scale))


def _shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Scale a picture onto white, strip by strip: every copy of all of it costs as much as itself."""
    whole = Image.new("RGB", size)
    colours = _colours(image)
    ratio = image.height / size[1]
    reach = math.ceil(3 * max(1, ratio))
    for top in range(0, size[1], STRIP):
        bottom = min(top + STRIP, size[1])
        first = max(0, math.floor(top * ratio) - reach)
        last = min(image.height, math.ceil(bottom * ratio) + reach)
        strip = _on_white(image.crop((0, first, image.width, last)), colours)
        box = (0, top * ratio - first, image.width, min(bottom * ratio, last) - first)
        part = strip.resize((size[0], bottom - top), Image.Resampling.LANCZOS, box=box)
        whole.paste(part, (0, top))
    return whole


def _cut(image: Image.Image, square: Square) -> Image.Image:
    """The largest square around the point that still lies inside the picture."""
    side = min(image.size)
    left = min(
        max(image.width * square.across // 100 - side // 2, 0), image.width - side
    )
    top = min(
        max(image.height * square.down // 100 - side // 2, 0), image.height - side
    )
    part = image.crop((left, top, left + side, top + side))
    part.thumbnail((square.side, square.side), Image.Resampling.LANCZOS)
    return part


def _colours(image: Image.Image) -> ImageCms.ImageCmsTransform | None:
    """How to take the colours over before the profile that explains them is dropped."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "CMYK"}:
        return None
    try:
        return ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            _BROWSERS_COLOURS,
            image.mode,
            "RGB",
        )
    except (ImageCms.PyCMSError, OSError):
        return None


def _on_white(
    image: Image.Image, colours: ImageCms.ImageCmsTransform | None
) -> Image.Image:
    if colours:
        return ImageCms.applyTransform(image, colours) or image
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    plain = Image.new("RGB", layer.size, "white")
    plain.paste(layer, mask=layer)
    return plain
