from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from accounts import quota
from gigs import actions, gallery, tasks
from gigs.models import GigImage, PictureUpload
from gigs.status import GigStatus
from gigstream.core import clock, limits
from gigstream.core.errors import NotAllowed
from gigstream.services import cloudinary
from tests.factories import NOON, a_gig, a_picture, a_seller, a_work
from tests.gigs.sellers import picture_bytes, upload

pytestmark = pytest.mark.django_db


def a_draft(**fields):
    return a_gig(status=GigStatus.DRAFT, published_at=None, **fields)


def send(browser, gig, file=None):
    data = {"picture": file} if file else {}
    return browser.post(f"/sell/gigs/{gig.slug}/pictures/upload/", data)


def test_one_file_is_hung_and_described(as_user, sandbox):
    gig = a_draft()

    answer = send(as_user(gig.seller), gig, upload())

    image = gig.images.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "picture": {
            "id": str(image.pk),
            "url": image.small,
            "publicId": image.public_id,
            "width": 600,
            "height": 400,
            "format": "jpg",
            "colour": image.colour,
            "alt": "",
        },
        "room": 7,
    }
    assert image.colour.startswith("#0f3")
    assert sandbox.http("GET", urlsplit(image.small).path).status == 200


def test_the_same_file_again_is_the_same_picture(as_user, sandbox):
    gig = a_draft()
    browser = as_user(gig.seller)

    first, second = [send(browser, gig, upload()).json() for _ in range(2)]

    assert first == second
    assert PictureUpload.objects.count() == 1


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (None, "Choose a picture."),
        (lambda: upload(b"Dear diary", "diary.png"), "diary.png: This is not a JPEG"),
        (lambda: upload(picture_bytes()[:300]), "cover.png: The picture is damaged"),
    ],
    ids=["nothing", "a text", "a torn file"],
)
def test_a_refused_file_says_why_and_is_not_sent(as_user, settings, file, words):
    settings.CLOUDINARY_UPLOAD_PREFIX = "http://127.0.0.1:9"
    gig = a_draft()

    answer = send(as_user(gig.seller), gig, file and file())

    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert not PictureUpload.objects.exists()


def test_a_full_gallery_is_refused_before_anything_is_decoded(as_user, monkeypatch):
    gig = a_draft()
    for _ in range(8):
        a_picture(gig=gig)
    monkeypatch.setattr("gigs.pictures.clean", None)

    answer = send(as_user(gig.seller), gig, upload())

    assert answer.status_code == 422
    assert answer.json() == {"error": "A gig has at most 8 pictures."}


def test_a_store_that_is_away_is_said(as_user, settings):
    settings.CLOUDINARY_UPLOAD_PREFIX = "http://127.0.0.1:9"
    gig = a_draft()

    answer = send(as_user(gig.seller), gig, upload())

    assert answer.status_code == 503
    assert "try again" in answer.json()["error"]


def test_a_foreign_gig_is_not_found(as_user):
    assert send(as_user(a_seller()), a_draft(), upload()).status_code == 404


def test_uploads_have_a_limit_per_person(as_user, settings, monkeypatch):
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.RATES, "upload", limits.Rates("9/h", "2/h"))
    gig = a_draft()
    browser = as_user(gig.seller)

    statuses = [send(browser, gig, upload(b"no")).status_code for _ in range(3)]
    answer = send(browser, gig, upload(b"no"))

    assert statuses == [422, 422, 429]
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


def test_a_seller_has_a_quota(monkeypatch):
    seller = a_seller()
    monkeypatch.setattr(quota, "QUOTA_BYTES", 1000)

    actions.note_upload(actor=seller, size=600, now=NOON)
    with pytest.raises(NotAllowed, match="Your pictures fill"):
        actions.note_upload(actor=seller, size=401, now=NOON)

    assert actions.note_upload(actor=seller, size=400, now=NOON).size == 400
    assert actions.note_upload(actor=a_seller(), size=1000, now=NOON)


def test_faces_and_works_take_of_the_same_room(monkeypatch):
    seller = a_seller(avatar_id="faces/1", avatar_bytes=300)
    a_work(owner=seller, bytes=300)
    monkeypatch.setattr(quota, "QUOTA_BYTES", 1000)

    with pytest.raises(NotAllowed, match="Your pictures fill"):
        actions.note_upload(actor=seller, size=401, now=NOON)

    assert actions.note_upload(actor=seller, size=400, now=NOON)
    assert sum(count(seller) for count in quota._counts) == 1000


def test_a_removed_picture_gives_its_room_back(as_user, sandbox, run_tasks):
    gig = a_draft()
    image = gallery.hang(upload(), gig=gig, actor=gig.seller, now=NOON)

    actions.remove_picture(
        gig_id=gig.pk, picture_id=image.pk, actor=gig.seller, now=NOON
    )
    run_tasks()

    assert not PictureUpload.objects.exists()


def test_what_hangs_nowhere_is_deleted_after_an_hour(sandbox, monkeypatch):
    gig = a_draft()
    shown = gallery.hang(upload(), gig=gig, actor=gig.seller, now=NOON)
    monkeypatch.setattr(actions, "add_picture", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        gallery.hang(
            upload(picture_bytes((700, 500))), gig=gig, actor=gig.seller, now=NOON
        )
    lost = PictureUpload.objects.exclude(public_id=shown.public_id).get()
    address = urlsplit(cloudinary.picture_url(lost.public_id, 1, "thumb")).path

    with clock.frozen(NOON + timedelta(minutes=59)):
        tasks.delete_abandoned_uploads.call()
    before = sandbox.http("GET", address).status
    with clock.frozen(NOON + timedelta(minutes=61)):
        tasks.delete_abandoned_uploads.call()

    assert (before, sandbox.http("GET", address).status) == (200, 404)
    assert PictureUpload.objects.get().public_id == GigImage.objects.get().public_id


def test_a_store_that_is_away_keeps_the_list_of_what_to_delete(settings):
    settings.CLOUDINARY_UPLOAD_PREFIX = "http://127.0.0.1:9"
    actions.note_upload(actor=a_seller(), size=1, now=NOON)

    with clock.frozen(NOON + timedelta(days=1)):
        tasks.delete_abandoned_uploads.call()

    assert PictureUpload.objects.count() == 1
