"""Files in a conversation: private, judged by what they are, and gone if never sent."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from gigstream.services import cloudinary
from messaging import tasks, uploads
from messaging.models import Attachment, Message
from tests.factories import (
    NOON,
    a_conversation,
    a_message,
    a_seller,
    a_user,
    an_attachment,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def me():
    return a_user()


@pytest.fixture
def talk(me):
    return a_conversation(me, a_seller())


def a_file(name="notes.txt", content=b"Three words here."):
    return SimpleUploadedFile(name, content)


def a_drawing(tmp_path):
    path = tmp_path / "sketch.png"
    Image.linear_gradient("L").resize((1200, 600)).save(path)
    return a_file("sketch.png", path.read_bytes())


def upload(browser, talk, file):
    return browser.post(f"/messages/{talk.pk}/upload/", {"file": file})


def post(browser, talk, **fields):
    fields = {"client_id": uuid4(), **fields}
    return browser.post(f"/messages/{talk.pk}/send/", fields)


def body_of(response):
    return b"".join(response.streaming_content)


def test_a_picture_waits_with_a_smaller_one_and_is_sent(
    sandbox, as_user, me, talk, tmp_path
):
    browser = as_user(me)
    drawing = a_drawing(tmp_path)
    row = upload(browser, talk, drawing)
    file = Attachment.objects.get()

    post(browser, talk, attachments=[file.pk])
    page = as_user(talk.other_than(me.pk)).get(f"/messages/{talk.pk}/").text
    small = as_user(talk.other_than(me.pk)).get(file.thumbnail_url)

    assert (row.status_code, str(file.pk) in row.text) == (201, True)
    assert (file.width, file.height, file.name) == (640, 320, "sketch.png")
    assert f'src="{file.thumbnail_url}" width="640" height="320"' in page
    assert small.headers["Content-Type"] == "image/webp"
    assert small.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in small.headers["Content-Security-Policy"]
    assert body_of(small)[8:12] == b"WEBP"


def test_the_whole_file_comes_as_a_download(sandbox, as_user, me, talk):
    post(as_user(me), talk, body="", enclosed=a_file())
    file = Attachment.objects.get()

    answer = as_user(talk.other_than(me.pk)).get(file.get_absolute_url())

    assert body_of(answer) == b"Three words here."
    assert answer.headers["Content-Disposition"] == 'attachment; filename="notes.txt"'
    assert Message.objects.get().body == ""


def test_files_are_for_the_two_and_unsent_ones_for_the_one(as_user, me, talk):
    waiting = an_attachment(talk, me)
    other = talk.other_than(me.pk)
    sent = an_attachment(talk, me, message=a_message(talk, me))
    addresses = [
        f"/messages/files/{file.pk}/{part}"
        for file in (waiting, sent)
        for part in ("", "small/")
    ]

    for person in (a_user(), a_user(is_staff=True, is_superuser=True)):
        answers = [as_user(person).get(address).status_code for address in addresses]
        assert answers == [404] * 4
    theirs = [as_user(other).get(address).status_code for address in addresses[:2]]
    assert theirs == [404, 404]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (a_file("a.html", b"<html><script>"), "is of a kind that is not accepted"),
        (a_file("a.png", b"<svg onload=x>"), "is of a kind that is not accepted"),
        (a_file("a.txt", b""), "is empty"),
        (a_file("a.pdf", b"%PDF-" + b"0" * (10 << 20)), "is larger than 10 MB"),
    ],
    ids=["html", "svg", "empty", "large"],
)
def test_what_may_not_be_sent_is_refused_with_words(as_user, me, talk, file, words):
    file.seek(0)

    answer = upload(as_user(me), talk, file)

    assert (answer.status_code, words in answer.text) == (422, True)
    assert not Attachment.objects.exists()


def test_a_picture_that_cannot_be_drawn_is_a_file_like_any_other(
    sandbox, as_user, me, talk
):
    upload(as_user(me), talk, a_file("a.png", b"\x89PNG\r\n\x1a\nbroken"))

    assert Attachment.objects.get().thumbnail_id == ""


def test_while_files_cannot_be_stored_the_words_stay(as_user, me, talk, settings):
    settings.CLOUDINARY_UPLOAD_PREFIX = "http://127.0.0.1:9"
    browser = as_user(me)

    alone = upload(browser, talk, a_file())
    together = post(browser, talk, body="With a file", enclosed=a_file())

    assert (alone.status_code, together.status_code) == (503, 503)
    assert "With a file</textarea>" in together.text
    assert not Message.objects.exists()


def test_a_file_whose_smaller_one_could_not_be_kept_is_forgotten(
    sandbox, as_user, me, talk, tmp_path, monkeypatch, run_tasks
):
    real, kept = cloudinary.upload_private, []

    def once(file, **named):
        if kept:
            raise cloudinary.StorageUnavailable
        kept.append(real(file, **named))
        return kept[0]

    with clock.frozen(NOON), monkeypatch.context() as patched:
        patched.setattr(cloudinary, "upload_private", once)
        answer = upload(as_user(me), talk, a_drawing(tmp_path))
    with clock.frozen(NOON + uploads.GRACE):
        run_tasks()

    assert (answer.status_code, len(kept)) == (503, 1)
    with pytest.raises(cloudinary.StorageUnavailable):
        cloudinary.open_private(kept[0].public_id, "raw")


@pytest.mark.parametrize("count", [10, 11])
def test_a_message_takes_ten_files(talk, me, count):
    files = [an_attachment(talk, me).pk for _ in range(count)]

    if count > 10:
        with pytest.raises(NotAllowed):
            a_message(talk, me, attachment_ids=files)
    else:
        a_message(talk, me, "", attachment_ids=files)

    assert Attachment.objects.waiting().count() == (count if count > 10 else 0)


def test_files_of_others_and_sent_ones_cannot_be_sent(talk, me):
    elsewhere = a_conversation(me, a_seller())
    wrong = [
        an_attachment(talk, talk.other_than(me.pk)),
        an_attachment(elsewhere, me),
        an_attachment(talk, me, message=a_message(talk, me)),
    ]
    for file in wrong:
        with pytest.raises(NotAllowed):
            a_message(talk, me, attachment_ids=[file.pk])

    assert Message.objects.count() == 1


def test_a_file_is_taken_back_by_its_own_alone(as_user, me, talk):
    file = an_attachment(talk, me)
    address = f"/messages/files/{file.pk}/discard/"

    theirs = as_user(talk.other_than(me.pk)).post(address)
    mine = as_user(me).post(address, {"body": "Typed beside it"})

    assert (theirs.status_code, mine.url) == (404, f"/messages/{talk.pk}/")
    assert not Attachment.objects.exists()
    assert "Typed beside it" in as_user(me).get(mine.url).text


def test_what_was_never_sent_is_forgotten(sandbox, as_user, me, talk):
    for _ in range(2):
        upload(as_user(me), talk, a_file())
    lost, sent = Attachment.objects.order_by("at")
    a_message(talk, me, attachment_ids=[sent.pk])

    for file in (lost, sent):
        tasks.sweep_attachment.call(public_id=file.public_id, thumbnail_id="")

    assert list(Attachment.objects.all()) == [sent]
    assert b"".join(cloudinary.open_private(sent.public_id, "raw"))
    with pytest.raises(cloudinary.StorageUnavailable):
        cloudinary.open_private(lost.public_id, "raw")
