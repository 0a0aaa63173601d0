"""Pictures that people send: judged by content and cost before anything decodes them."""

import io
import threading
from dataclasses import dataclass
from typing import IO

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 10_000
MOST_FRAMES = 100
KEPT_SIDE = 3840
QUALITY = 92

# Fifty million pixels take hundreds of megabytes while they shrink: one picture at a time.
_darkroom = threading.Lock()
_BROWSERS_COLOURS = ImageCms.createProfile("sRGB")


class Refused(Exception):
    """The file is not taken; the message is for the person who sent it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """A picture that we wrote ourselves: first frame, upright, without metadata."""

    file: IO[bytes]
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """The part of a picture to keep: a square around a point, as parts of a hundred."""

    across: int = 50
    down: int = 50
    side: int


def clean(
    file: IO[bytes],
    size: int,
    *,
    smallest: tuple[int, int],
    square: Square | None = None,
) -> Clean:
    """Judge a file and write it anew, cut to a square if asked; or raise `Refused`."""
    if size > MOST_BYTES:
        raise Refused(
            _("The picture has %(size)s; at most %(most)s are allowed.")
            % {"size": filesizeformat(size), "most": filesizeformat(MOST_BYTES)}
        )
    file.seek(0)
    kind = _kind(file.read(16))
    file.seek(0)
    try:
        with Image.open(file, formats=[kind]) as image:
            _judge(image, smallest)
            with _darkroom:
                return _rewrite(image, square)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Refused(_too_many_pixels()) from bomb
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


def _judge(image: Image.Image, smallest: tuple[int, int]) -> None:
    """Look at what the header promises; no pixel has been decoded yet."""
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise Refused(_too_many_pixels())
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


def _too_many_pixels() -> str:
    return _(
        "The picture has too many pixels; 50 million and 10,000 a side are the most."
    )


def _rewrite(image: Image.Image, square: Square | None) -> Clean:
    image.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
    # Small first, and in place: every copy of a large picture costs as much as itself.
    image.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    ImageOps.exif_transpose(image, in_place=True)
    part = _cut(image, square) if square else image
    picture = _on_white(_in_srgb(part))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
    written.seek(0)
    return Clean(file=written, width=picture.width, height=picture.height)


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


def _in_srgb(image: Image.Image) -> Image.Image:
    """Take the colours over before the profile that explains them is dropped."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "CMYK"}:
        return image
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            _BROWSERS_COLOURS,
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError):
        return image
    return converted or image


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        plain = image.convert("RGB")
    else:
        layer = image.convert("RGBA")
        plain = Image.new("RGB", layer.size, "white")
        plain.paste(layer, mask=layer)
    plain.info.clear()
    return plain
