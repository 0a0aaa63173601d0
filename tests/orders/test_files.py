"""Private files: whose they are, what they may be, and how they leave."""

import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from gigstream.core.uploads import check_file, safe_name
from gigstream.services import cloudinary
from orders import actions
from orders.models import Download, OrderFile
from orders.status import OrderStatus
from orders.uploads import SWEPT_AFTER, store
from tests.factories import NOON, a_stored_file, a_user, an_order

PDF = b"%PDF-1.7 a logo"


def upload(name, content):
    return SimpleUploadedFile(name, content)


def deliver(browser, order, *files):
    data = {
        "message": "Here it is.",
        "attachments": [upload(name, content) for name, content in files],
    }
    return browser.post(f"/orders/{order.pk}/deliver/", data)


@pytest.mark.django_db
def test_a_delivered_file_comes_back_byte_for_byte(as_user, sandbox):
    order = an_order(status=OrderStatus.IN_PROGRESS)

    answer = deliver(
        as_user(order.seller), order, ("logo.pdf", PDF), ("notes.txt", b"Hello")
    )

    assert answer.status_code == 302
    file = OrderFile.objects.get(name="logo.pdf")
    assert (file.size, file.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    got = as_user(order.buyer).get(file.get_absolute_url())
    assert b"".join(got.streaming_content) == PDF
    assert got.headers["Content-Disposition"] == 'attachment; filename="logo.pdf"'
    assert got.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; sandbox"
    )
    assert got.headers["Cache-Control"] == "private, no-store"
    assert got.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_a_file_is_part_of_one_order_though_both_took_it_up_at_once():
    first, second = (an_order(status=OrderStatus.IN_PROGRESS) for _ in range(2))
    taken = {"message": "Here it is.", "files": [a_stored_file()], "now": NOON}
    actions.deliver(order_id=first.pk, actor=first.seller, **taken)

    with pytest.raises(NotAllowed, match="used already"):
        actions.deliver(order_id=second.pk, actor=second.seller, **taken)

    assert OrderFile.objects.get().order == first


@pytest.mark.django_db
def test_all_files_come_as_one_archive_and_each_is_noted(as_user, sandbox):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    deliver(
        as_user(order.seller),
        order,
        ("logo.pdf", PDF),
        ("Logo.PDF", PDF + b"!"),
        ("../notes.txt", b"Hello"),
    )
    buyer, page = as_user(order.buyer), order.get_absolute_url()

    one = buyer.get(f"{page}deliveries/1/files/")
    all_ = buyer.get(f"{page}files/")

    content = _unzip(one)
    assert content == {
        "logo.pdf": PDF,
        "Logo (2).PDF": PDF + b"!",
        "notes.txt": b"Hello",
    }
    assert sorted(_unzip(all_)) == sorted(f"delivery-1/{name}" for name in content)
    name = f"{order.reference}-delivery-1.zip"
    assert one.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert one.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert Download.objects.filter(user=order.buyer).count() == 6
    assert buyer.get(f"{page}deliveries/2/files/").status_code == 404
    assert as_user(a_user()).get(f"{page}files/").status_code == 404


def _unzip(answer):
    content = io.BytesIO(b"".join(answer.streaming_content))
    with zipfile.ZipFile(content) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.django_db
def test_an_archive_has_a_limit_and_needs_the_store(as_user, sandbox, settings):
    order = an_order(status=OrderStatus.DELIVERED)
    page, buyer = f"{order.get_absolute_url()}files/", as_user(order.buyer)
    settings.CLOUDINARY_DELIVERY_PREFIX = "http://127.0.0.1:9"

    away = buyer.get(page)
    order.files.update(size=600 * 1024 * 1024)
    answer = buyer.get(page)

    assert (away.status_code, away.headers["Retry-After"]) == (503, "30")
    assert answer.headers["Location"] == order.get_absolute_url()
    assert not Download.objects.exists()


@pytest.mark.django_db
def test_a_picture_is_shown_small_and_written_anew(as_user, sandbox, settings):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    whole = io.BytesIO()
    note = PngInfo()
    note.add_text("Comment", "<script>alert(1)</script>")
    Image.new("RGB", (600, 300), "red").save(whole, "PNG", pnginfo=note)
    broken = b"\x89PNG\r\n\x1a\n and no picture"
    seller = as_user(order.seller)
    deliver(seller, order, ("logo.png", whole.getvalue()), ("bad.png", broken))
    paths = {file.name: f"/files/{file.pk}/preview/" for file in order.files.all()}
    buyer = as_user(order.buyer)
    assert paths["logo.png"] in buyer.get(order.get_absolute_url()).content.decode()

    first = buyer.get(paths["logo.png"])
    settings.CLOUDINARY_DELIVERY_PREFIX = "http://127.0.0.1:9"
    again = buyer.get(paths["logo.png"])

    assert first.headers["Content-Type"] == "image/jpeg"
    assert first.headers["Cache-Control"] == "private, no-store"
    assert b"script" not in first.content
    assert Image.open(io.BytesIO(first.content)).size == (160, 160)
    assert again.content == first.content
    assert buyer.get(paths["bad.png"]).status_code == 503
    settings.CLOUDINARY_DELIVERY_PREFIX = sandbox.url + "/sandbox/cloudinary"
    assert as_user(a_user()).get(paths["logo.png"]).status_code == 404


@pytest.mark.django_db
def test_a_stranger_has_no_file_and_a_visitor_logs_in(as_user, client, sandbox):
    order = an_order(status=OrderStatus.DELIVERED)
    path = order.files.get().get_absolute_url()

    assert as_user(a_user()).get(path).status_code == 404
    assert as_user(a_user(is_staff=True)).get(path).status_code == 404
    assert client.get(path).status_code == 302


@pytest.mark.django_db
def test_without_the_storage_nothing_is_delivered_and_the_words_are_kept(
    as_user, sandbox, settings
):
    settings.CLOUDINARY_UPLOAD_PREFIX = "http://127.0.0.1:9"
    order = an_order(status=OrderStatus.IN_PROGRESS)

    answer = deliver(as_user(order.seller), order, ("logo.pdf", PDF))

    order.refresh_from_db()
    assert (answer.status_code, order.status) == (422, OrderStatus.IN_PROGRESS)
    assert "Here it is." in answer.content.decode()


@pytest.mark.django_db
def test_without_the_storage_a_download_asks_for_patience(as_user, sandbox, settings):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    deliver(as_user(order.seller), order, ("logo.pdf", PDF))
    settings.CLOUDINARY_DELIVERY_PREFIX = "http://127.0.0.1:9"

    answer = as_user(order.buyer).get(OrderFile.objects.get().get_absolute_url())

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n...", "image/png"),
        ("a.docx", b"PK\x03\x04...", "application/zip"),
        ("a.mp4", b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        ("a.txt", "Grüße, 世界".encode(), "text/plain"),
        # The name says PDF; the bytes decide.
        ("a.pdf", b"just words", "text/plain"),
    ],
)
def test_a_file_is_what_its_bytes_say(name, content, kind):
    assert check_file(upload(name, content)).media_type == kind


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"  <SVG onload=alert(1)>",
        b"<?xml version='1.0'?><svg/>",
        b"MZ\x90\x00\x03",
        b"\x7fELF",
        b"a" * 9000 + b"<script>alert(1)</script>",
        b"\xff\xfe\x00<",
        b"",
    ],
)
def test_what_a_browser_or_a_system_would_run_is_refused(content):
    with pytest.raises(ValidationError):
        check_file(upload("harmless.txt", content))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\logo.pdf", "logo.pdf"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ("", "file"),
        ("...", "file"),
    ],
)
def test_names_lose_what_could_deceive(name, safe):
    assert safe_name(name) == safe


@pytest.mark.django_db
def test_a_file_that_became_part_of_nothing_is_swept_away(as_user, sandbox, run_tasks):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    files = [check_file(upload(name, PDF)) for name in ("a.pdf", "b.pdf")]
    kept, loose = store(files, owner=order.seller, now=NOON)
    actions.deliver(
        order_id=order.pk, actor=order.seller, message="Here.", files=[kept], now=NOON
    )

    with clock.frozen(clock.now() + timedelta(hours=2)):
        run_tasks()

    assert b"".join(cloudinary.open_private(kept.public_id, "raw")) == PDF
    with pytest.raises(cloudinary.StorageUnavailable):
        cloudinary.open_private(loose.public_id, "raw")


@pytest.mark.django_db
def test_a_file_whose_keeping_was_never_heard_of_is_swept(
    sandbox, monkeypatch, run_tasks
):
    real, kept = cloudinary.upload_private, []

    def unheard(file, **named):
        kept.append(real(file, **named))
        raise cloudinary.StorageUnavailable

    with clock.frozen(NOON), monkeypatch.context() as patched:
        patched.setattr(cloudinary, "upload_private", unheard)
        with pytest.raises(cloudinary.StorageUnavailable):
            store([check_file(upload("logo.pdf", PDF))], owner=a_user(), now=NOON)
    with clock.frozen(NOON + SWEPT_AFTER):
        run_tasks()

    with pytest.raises(cloudinary.StorageUnavailable):
        cloudinary.open_private(kept[0].public_id, "raw")
