import io
import os

import pytest
import urllib3
from PIL import Image

from gigstream.services import cloudinary


def a_picture(size=(2400, 1600), kind="JPEG"):
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind)
    file.seek(0)
    return file


def fetch(url, accept="*/*"):
    with urllib3.PoolManager(retries=False) as http:
        return http.request("GET", url, headers={"Accept": accept})


def size_of(url):
    answer = fetch(url, "image/webp,*/*")
    with Image.open(io.BytesIO(answer.data)) as image:
        return answer.headers["Content-Type"], image.format, image.size


def test_a_picture_is_stored_under_a_name_of_our_making(sandbox):
    first = cloudinary.upload_picture(a_picture(), folder="gigs")
    second = cloudinary.upload_picture(a_picture(), folder="gigs")

    assert (first.width, first.height, first.format) == (2400, 1600, "jpg")
    assert first.public_id.startswith("gigs/")
    assert first.public_id != second.public_id


@pytest.mark.parametrize(
    ("rendition", "size"),
    [
        ("thumb", (150, 150)),
        ("small", (400, 300)),
        ("medium", (800, 600)),
        ("large", (1620, 1080)),
    ],
)
def test_every_picture_comes_in_four_sizes_as_webp(rendition, size, sandbox):
    picture = cloudinary.upload_picture(a_picture(), folder="gigs")

    url = cloudinary.picture_url(picture.public_id, picture.version, rendition)

    assert size_of(url) == ("image/webp", "WEBP", size)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("image/avif,image/webp,*/*;q=0.8", "image/avif"),
        ("image/webp,*/*", "image/webp"),
        ("*/*", "image/jpeg"),
    ],
)
def test_a_browser_gets_the_best_kind_that_it_takes(accept, kind, sandbox):
    picture = cloudinary.upload_picture(a_picture((800, 600)), folder="gigs")

    answer = fetch(
        cloudinary.picture_url(picture.public_id, picture.version, "thumb"), accept
    )

    assert (answer.headers["Content-Type"], answer.headers["Vary"]) == (kind, "Accept")
    with Image.open(io.BytesIO(answer.data)) as image:
        assert image.size == (150, 150)


def test_the_main_colour_is_told(sandbox):
    picture = cloudinary.upload_picture(a_picture(kind="PNG"), folder="gigs")

    assert picture.tint == "#008080"


def test_a_small_picture_is_not_blown_up(sandbox):
    picture = cloudinary.upload_picture(a_picture((300, 200)), folder="gigs")

    url = cloudinary.picture_url(picture.public_id, picture.version, "large")

    assert size_of(url) == ("image/webp", "WEBP", (300, 200))


def test_an_address_is_made_without_asking_anyone(settings):
    settings.CLOUDINARY_URL = "cloudinary://key:secret@Cloud-1"
    settings.CLOUDINARY_DELIVERY_PREFIX = "https://res.cloudinary.com"

    assert cloudinary.picture_url("gigs/abc", 7, "thumb") == (
        "https://res.cloudinary.com/Cloud-1/image/upload/c_fill,f_auto,h_150,q_80,w_150/v7/gigs/abc"
    )


def test_what_is_no_picture_is_not_stored(sandbox):
    with pytest.raises(cloudinary.StorageUnavailable, match="Invalid image file"):
        cloudinary.upload_picture(io.BytesIO(b"<svg/>"), folder="gigs")


def test_a_private_file_comes_back_byte_for_byte_and_in_chunks(sandbox):
    content = b"\r\n--" + os.urandom(200_000) + b"\r\n"
    upload = cloudinary.upload_private(io.BytesIO(content), folder="deliveries")

    chunks = list(cloudinary.open_private(upload.public_id, upload.resource_type))

    assert b"".join(chunks) == content
    assert (upload.resource_type, upload.bytes) == ("raw", len(content))
    assert max(map(len, chunks)) <= cloudinary.CHUNK_BYTES


def test_an_empty_file_can_be_kept(sandbox):
    upload = cloudinary.upload_private(io.BytesIO(b""), folder="deliveries")

    assert (
        b"".join(cloudinary.open_private(upload.public_id, upload.resource_type)) == b""
    )


def test_a_private_file_needs_its_signature(sandbox, settings):
    upload = cloudinary.upload_private(io.BytesIO(b"secret"), folder="deliveries")
    base = f"{settings.CLOUDINARY_DELIVERY_PREFIX}/gigstream/raw"

    addresses = [
        f"{base}/upload/v1/{upload.public_id}",
        f"{base}/authenticated/v1/{upload.public_id}",
        f"{base}/authenticated/s--AAAAAAAA--/v1/{upload.public_id}",
    ]

    assert [fetch(address).status for address in addresses] == [404, 401, 401]


def test_with_a_prefix_of_this_site_the_server_goes_through_its_full_address(
    sandbox, settings
):
    upload = cloudinary.upload_private(io.BytesIO(b"secret"), folder="deliveries")
    settings.SITE_URL = sandbox.url
    settings.CLOUDINARY_DELIVERY_PREFIX = "/sandbox/cloudinary"

    assert b"".join(cloudinary.open_private(upload.public_id, "raw")) == b"secret"


def test_a_missing_file_is_told_before_the_first_chunk(sandbox):
    with pytest.raises(cloudinary.StorageUnavailable, match="404"):
        cloudinary.open_private("deliveries/gone", "raw")


def test_a_destroyed_picture_is_gone_in_every_size(sandbox):
    picture = cloudinary.upload_picture(a_picture(), folder="gigs")

    cloudinary.destroy(picture.public_id)
    cloudinary.destroy(picture.public_id)

    url = cloudinary.picture_url(picture.public_id, picture.version, "thumb")
    assert fetch(url).status == 404


def test_a_destroyed_private_file_is_gone(sandbox):
    upload = cloudinary.upload_private(io.BytesIO(b"secret"), folder="deliveries")

    cloudinary.destroy(upload.public_id, resource_type="raw", private=True)

    with pytest.raises(cloudinary.StorageUnavailable):
        cloudinary.open_private(upload.public_id, "raw")


def test_a_wrong_secret_stores_nothing(sandbox, settings):
    settings.CLOUDINARY_URL = "cloudinary://sandbox-key:wrong@gigstream"

    with pytest.raises(cloudinary.StorageUnavailable, match="Invalid Signature"):
        cloudinary.upload_picture(a_picture(), folder="gigs")


def test_nobody_at_home_means_unavailable(settings):
    settings.CLOUDINARY_UPLOAD_PREFIX = "http://127.0.0.1:9"
    settings.CLOUDINARY_DELIVERY_PREFIX = "http://127.0.0.1:9"

    with pytest.raises(cloudinary.StorageUnavailable):
        cloudinary.upload_picture(a_picture(), folder="gigs")
    with pytest.raises(cloudinary.StorageUnavailable):
        cloudinary.open_private("deliveries/gone", "raw")
