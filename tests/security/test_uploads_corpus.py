"""Files that are not what they seem: taken apart and written anew, or refused at a small cost."""

import io
import struct
import time
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from gigs import pictures
from gigs.models import GigImage
from gigstream.core.uploads import safe_name
from tests.factories import a_gig
from tests.gigs.sellers import picture_bytes

SLOWEST = 1.0


def judge(content):
    return pictures.clean(io.BytesIO(content), len(content))


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def a_bomb(width, height):
    """A PNG of a few bytes that promises a picture of this size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def a_film(frames):
    head = (
        b"GIF89a" + struct.pack("<HH", 400, 300) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    )
    frame = b"\x2c\0\0\0\0\1\0\1\0\0\x02\x02\x44\x01\0"
    return head + frame * frames + b";"


NOISE = Image.effect_noise((800, 600), 50).convert("RGB")
REFUSED = {
    "30,000 pixels a side": (a_bomb(30_000, 30_000), "too many pixels"),
    "a side beyond all measure": (a_bomb(2**31 - 1, 2**31 - 1), "too many pixels"),
    "a promise of 49 million pixels": (a_bomb(7000, 7000), "too many pixels"),
    "a promise that is not kept": (a_bomb(3000, 3000), "damaged"),
    "5,000 frames": (a_film(5000), "more than 100 frames"),
    "half a JPEG": (saved(NOISE, "JPEG")[:50_000], "damaged"),
    "SVG": (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "not a JPEG"),
    "HTML": (b"<!doctype html><script>alert(1)</script>", "not a JPEG"),
    "HTML behind a GIF's first bytes": (
        b"GIF89a/*<script>alert(1)</script>",
        "damaged",
    ),
    "a TIFF": (saved(NOISE, "TIFF"), "not a JPEG"),
    "a BMP": (saved(NOISE, "BMP"), "not a JPEG"),
}


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED)
def test_what_would_harm_is_refused_at_a_small_cost(content, words):
    started = time.thread_time()

    with pytest.raises(pictures.Refused, match=words):
        judge(content)

    assert time.thread_time() - started < SLOWEST


def _palette():
    image = Image.new("P", (800, 600))
    image.putpalette([0, 0, 0, 255, 0, 0] * 128)
    return image


TAKEN = {
    "CMYK": saved(Image.new("CMYK", (800, 600), (10, 20, 30, 0)), "JPEG"),
    "a palette with a hole": saved(_palette(), "PNG", transparency=0),
    "grey with a veil": saved(Image.new("LA", (800, 600), (100, 0)), "PNG"),
    "sixteen bits": saved(Image.new("I;16", (800, 600), 60_000), "PNG"),
    "one bit": saved(Image.new("1", (800, 600), 1), "PNG"),
    "a page behind the picture": saved(NOISE, "PNG") + b"<script>alert(1)</script>",
    "an archive behind the picture": saved(NOISE, "JPEG") + b"PK\x03\x04evil",
    "a comment": saved(NOISE, "JPEG", comment=b"<script>alert(1)</script>"),
}


@pytest.mark.parametrize("content", TAKEN.values(), ids=TAKEN)
def test_what_is_kept_is_a_plain_jpeg_of_our_own(content):
    clean = judge(content)

    kept = clean.file.getvalue()
    with Image.open(io.BytesIO(kept)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (800, 600))
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"script" not in kept
    assert b"evil" not in kept
    assert kept.endswith(b"\xff\xd9")


NAMES = [
    "../../etc/passwd.png",
    "..\\..\\boot.png",
    "a" * 300 + ".png",
    "a\r\nSet-Cookie: b=c.png",
    "\u202egnp.exe",
    '"><i data-x9>.png',
    "CON.png",
    ".png",
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_picture_means_nothing(as_user, sandbox, name):
    gig = a_gig()
    picture = SimpleUploadedFile("x.png", picture_bytes())
    picture.name = picture._name = name

    answer = as_user(gig.seller).post(
        f"/sell/gigs/{gig.slug}/pictures/upload/", {"picture": picture}
    )

    assert answer.status_code == 201
    key = GigImage.objects.get().public_id
    assert key.startswith("gigs/")
    assert key.removeprefix("gigs/").isalnum()


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_private_file_is_harmless(name):
    safe = safe_name(name)

    assert 0 < len(safe) <= 120
    assert not set(safe) & set("/\\\r\n\0\u202e")
    assert safe not in {".", ".."}
