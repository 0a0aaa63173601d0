import io
from urllib.parse import urlsplit

import pytest
from PIL import Image

from gigs import actions, pictures
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed, Stale
from tests.factories import NOON, a_gig, a_picture, a_seller
from tests.gigs.sellers import DESCRIPTION, picture_bytes, step_of, stored, upload

pytestmark = pytest.mark.django_db


def a_draft(**fields):
    return a_gig(status=GigStatus.DRAFT, published_at=None, **fields)


def add(gig, *, actor=None, picture=None):
    return actions.add_picture(
        gig_id=gig.pk,
        actor=actor or gig.seller,
        picture=picture or stored(),
        now=NOON,
    )


def order_of(gig):
    return [image.public_id for image in gig.images.order_by("position", "id")]


# --- What is taken ------------------------------------------------------------


def judge(content):
    return pictures.clean(io.BytesIO(content), len(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_the_four_kinds_of_pictures_are_taken(kind):
    clean = judge(picture_bytes((800, 600), kind))

    assert (clean.width, clean.height) == (800, 600)


def test_a_place_and_a_camera_are_forgotten():
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8825)[1] = "N"

    clean = judge(picture_bytes((600, 400), "JPEG", exif=exif))

    assert not Image.open(clean.file).getexif()


def test_a_picture_is_stood_upright():
    exif = Image.Exif()
    exif[0x0112] = 6

    clean = judge(picture_bytes((800, 400), "JPEG", exif=exif))

    assert (clean.width, clean.height) == (400, 800)


def test_a_large_picture_is_kept_smaller():
    clean = judge(picture_bytes((6000, 3000), "JPEG"))

    assert (clean.width, clean.height) == (2560, 1280)


def test_see_through_becomes_white():
    file = io.BytesIO()
    Image.new("RGBA", (600, 400), (255, 0, 0, 0)).save(file, "PNG")

    clean = judge(file.getvalue())

    assert Image.open(clean.file).getpixel((9, 9)) == (255, 255, 255)


def frames(count):
    file = io.BytesIO()
    first, *rest = [Image.new("L", (400, 300), each * 2) for each in range(count)]
    first.save(file, "GIF", save_all=True, append_images=rest)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: b"just a text", "not a JPEG, PNG, WebP or GIF"),
        (
            lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "not a JPEG, PNG, WebP or GIF",
        ),
        (lambda: b"", "not a JPEG, PNG, WebP or GIF"),
        (lambda: picture_bytes()[:200], "damaged"),
        (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "damaged"),
        (lambda: picture_bytes((399, 400)), "at least 400 by 300"),
        (lambda: picture_bytes((10_001, 300)), "too many pixels"),
        (lambda: picture_bytes((8000, 6500)), "too many pixels"),
        (lambda: frames(101), "more than 100 frames"),
        (lambda: b"\xff\xd8\xff" + b"\0" * (15 * 1024 * 1024), "at most 10.0\xa0MB"),
    ],
    ids=[
        "text",
        "svg",
        "empty",
        "cut",
        "hollow",
        "small",
        "long",
        "bomb",
        "film",
        "15 MB",
    ],
)
def test_anything_else_is_refused_with_its_reason(content, words):
    with pytest.raises(pictures.Refused, match=words):
        judge(content())


# --- The actions --------------------------------------------------------------


def test_pictures_hang_in_the_order_in_which_they_came():
    gig = a_draft()

    for number in (1, 2, 3):
        add(gig, picture=stored(number))

    assert order_of(gig) == ["gigs/stored-1", "gigs/stored-2", "gigs/stored-3"]


def test_the_same_picture_hangs_once():
    gig = a_draft()

    assert add(gig) == add(gig)


def test_there_is_room_for_eight():
    gig = a_draft()
    for number in range(8):
        add(gig, picture=stored(number))

    with pytest.raises(NotAllowed, match="at most 8 pictures"):
        add(gig, picture=stored(9))


@pytest.mark.parametrize(
    ("number", "to", "after"),
    [
        (3, "earlier", [1, 3, 2]),
        (1, "later", [2, 1, 3]),
        (1, "earlier", [1, 2, 3]),
        (3, "first", [3, 1, 2]),
        (1, 2, [2, 3, 1]),
        (1, 99, [2, 3, 1]),
        (3, "later", [1, 2, 3]),
    ],
)
def test_a_picture_moves_to_a_place(number, to, after):
    gig = a_draft()
    rows = {n: add(gig, picture=stored(n)) for n in (1, 2, 3)}

    actions.move_picture(
        gig_id=gig.pk, picture_id=rows[number].pk, actor=gig.seller, to=to, now=NOON
    )

    assert order_of(gig) == [f"gigs/stored-{n}" for n in after]


def remove(gig, image, *, actor=None):
    actions.remove_picture(
        gig_id=gig.pk, picture_id=image.pk, actor=actor or gig.seller, now=NOON
    )


def test_a_gig_on_offer_keeps_its_last_picture():
    gig = a_gig(description=DESCRIPTION)
    image = a_picture(gig=gig)

    with pytest.raises(NotAllowed, match="At least one picture"):
        remove(gig, image)

    assert gig.images.get() == image


def test_removing_a_picture_that_is_gone_is_stale():
    gig = a_draft()
    image = add(gig)
    remove(gig, image)

    with pytest.raises(Stale):
        remove(gig, image)


def test_nobody_else_touches_the_gallery():
    gig = a_draft()
    image = add(gig)
    stranger = a_seller()

    with pytest.raises(NotAllowed):
        add(gig, actor=stranger, picture=stored(2))
    with pytest.raises(NotAllowed):
        remove(gig, image, actor=stranger)


# --- The page, with a real upload ---------------------------------------------


def send(browser, gig, *files, then="pictures/add", **typed):
    return browser.post(f"/sell/gigs/{gig.slug}/{then}/", {**typed, "pictures": files})


def test_an_uploaded_picture_is_there_in_every_size(as_user, sandbox):
    gig = a_draft()

    response = send(as_user(gig.seller), gig, upload())

    image = gig.images.get()
    assert response.url == f"{step_of(gig, 'gallery')}#gallery"
    assert (image.width, image.height) == (600, 400)
    for url in (image.small, image.medium, image.large):
        assert sandbox.http("GET", urlsplit(url).path).status == 200


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (
            upload(b"\xff\xd8\xff" + b"\0" * 15_000_000, "huge.jpg"),
            "huge.jpg: The picture has",
        ),
        (upload(b"Dear diary", "diary.png"), "diary.png: This is not a JPEG"),
    ],
    ids=["15 MB", "text"],
)
def test_a_refused_picture_is_named_and_the_rest_is_kept(as_user, sandbox, file, words):
    gig = a_draft()
    file.seek(0)

    response = send(
        as_user(gig.seller),
        gig,
        file,
        upload(),
        **{f"alt-{a_picture(gig=gig).pk}": "Kept as typed"},
    )

    assert response.status_code == 422
    assert words in response.text
    assert 'value="Kept as typed"' in response.text
    assert gig.images.count() == 2


def test_what_does_not_fit_any_more_is_said(as_user, sandbox):
    gig = a_draft()
    for _ in range(7):
        a_picture(gig=gig)

    response = send(as_user(gig.seller), gig, upload(), upload())

    assert "A gig has at most 8 pictures; there is room for 1." in response.text
    assert gig.images.count() == 8


def test_an_unreachable_store_is_said_at_the_field(as_user, settings):
    settings.CLOUDINARY_UPLOAD_PREFIX = "http://127.0.0.1:9"
    gig = a_draft()

    response = send(
        as_user(gig.seller),
        gig,
        upload(),
        **{f"alt-{a_picture(gig=gig).pk}": "Kept as typed"},
    )

    assert response.status_code == 422
    assert "The picture store cannot be reached." in response.text
    assert 'value="Kept as typed"' in response.text


def test_a_removed_picture_leaves_the_store(as_user, sandbox, run_tasks):
    gig = a_draft()
    send(as_user(gig.seller), gig, upload())
    gig.refresh_from_db()
    image = gig.images.get()

    send(as_user(gig.seller), gig, then=f"pictures/{image.pk}/remove")
    run_tasks()

    assert not gig.images.exists()
    assert sandbox.http("GET", urlsplit(image.small).path).status == 404


def test_moving_keeps_what_was_typed_around_it(as_user):
    gig = a_draft()
    a_picture(gig=gig, position=0)
    last = a_picture(gig=gig, position=1)

    response = send(
        as_user(gig.seller),
        gig,
        then=f"pictures/{last.pk}/move",
        **{f"alt-{last.pk}": "A blue mark"},
    )

    last.refresh_from_db()
    assert response.status_code == 302
    assert (last.position, last.alt) == (1, "A blue mark")


def test_the_gallery_of_a_foreign_gig_is_not_found(as_user):
    gig = a_draft()
    image = a_picture(gig=gig)
    browser = as_user(a_seller())

    for then in (
        "pictures/add",
        f"pictures/{image.pk}/remove",
        f"pictures/{image.pk}/move",
    ):
        assert send(browser, gig, then=then).status_code == 404
    assert gig.images.get() == image


def test_a_description_of_a_picture_is_for_the_gig_it_hangs_in(as_user):
    foreign = a_picture(gig=a_gig(), alt="Untouched")
    gig = a_draft()

    send(as_user(gig.seller), gig, **{f"alt-{foreign.pk}": "Defaced"})

    foreign.refresh_from_db()
    assert foreign.alt == "Untouched"


def test_uploading_the_same_picture_twice_hangs_it_once(as_user, sandbox):
    gig = a_draft()
    browser = as_user(gig.seller)

    for _ in range(2):
        send(browser, gig, upload())

    assert gig.images.count() == 1
