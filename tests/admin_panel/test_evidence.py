"""What speaks for us at the bank: whole, unchanged, and for those only who may see it."""

import hashlib
import io
import json
import zipfile

import pytest

from gigstream.core import clock
from gigstream.core.ids import uuid7
from gigstream.core.models import AuditEntry
from gigstream.services import cloudinary
from messaging.actions import open_conversation, send
from orders import actions
from orders.actions import StoredFile
from orders.models import Download
from payments.models import Chargeback
from tests.accounts.codes import prove
from tests.factories import a_finance, a_user
from tests.payments.webhooks import a_paid_order, post_event

pytestmark = pytest.mark.django_db

WORK = b"%PDF-1.4 the finished logo"


@pytest.fixture
def story(sandbox, as_user):
    """An order that was delivered, downloaded, talked about, accepted and then contested."""
    order, payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    kept = cloudinary.upload_private(io.BytesIO(WORK), folder="orders")
    file = StoredFile(
        public_id=kept.public_id,
        name="logo/final.pdf",
        media_type="application/pdf",
        size=len(WORK),
        sha256=hashlib.sha256(WORK).hexdigest(),
    )
    order.refresh_from_db()
    actions.deliver(
        order_id=order.pk,
        actor=order.seller,
        message="Here.",
        files=[file],
        now=clock.now(),
    )
    download = as_user(order.buyer).get(order.files.get().get_absolute_url())
    assert b"".join(download.streaming_content) == WORK
    thread = open_conversation(between=(order.buyer, order.seller), now=clock.now())
    send(
        conversation_id=thread.pk,
        sender=order.buyer,
        body="I love it, thank you!",
        client_id=uuid7(),
        order_id=order.pk,
        now=clock.now(),
    )
    actions.accept(order_id=order.pk, actor=order.buyer, now=clock.now())
    sandbox.http("POST", f"/sandbox/stripe/payments/{payment.intent_id}/dispute")
    for told in sandbox.events():
        if "dispute" in told["type"]:
            post_event(sandbox, told)
    order.refresh_from_db()
    return order


@pytest.fixture
def finance(as_user):
    browser = as_user(a_finance())
    prove(browser)
    return browser


def page(order, tail):
    return f"/admin/payments/chargeback/{order.chargebacks.get().pk}/{tail}"


def test_the_pack_holds_the_story_and_its_hashes_verify(story, finance):
    answer = finance.get(page(story, "evidence.zip"))

    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    contents = {name: archive.read(name) for name in archive.namelist()}
    sums = dict(
        reversed(line.split("  ", 1))
        for line in contents.pop("SHA256SUMS").decode().splitlines()
    )
    assert sums == {
        name: hashlib.sha256(data).hexdigest() for name, data in contents.items()
    }
    assert contents["deliveries/01-logo_final.pdf"] == WORK
    assert story.files.get().sha256 in sums.values()
    assert json.loads(contents["deal.json"]) == story.terms
    assert "I love it" in contents["messages.txt"].decode()
    assert contents["evidence.pdf"].startswith(b"%PDF-")


def test_every_download_is_noted_and_from_where_is_forgotten_with_the_person(story):
    from accounts.signals import account_closed

    [row] = Download.objects.all()
    assert (row.user, row.address) == (story.buyer, "127.0.0.1")

    account_closed.send(
        sender=type(story.buyer), user=story.buyer, keep_texts=True, at=clock.now()
    )

    row.refresh_from_db()
    assert row.address is None


def test_finance_answers_the_bank_once(story, finance, sandbox):
    codes = [finance.post(page(story, "answer/")).status_code for _ in range(2)]

    [dispute] = sandbox.stripe("GET", "/disputes")["data"]
    told = dispute["evidence"]
    assert codes == [302, 409]
    assert dispute["status"] == "under_review"
    assert told["customer_email_address"] == story.buyer.email
    assert "logo/final.pdf" in told["access_activity_log"]
    assert "I love it" in told["uncategorized_text"]
    [file] = sandbox.stripe("GET", "/files")["data"]
    assert (told["uncategorized_file"], file["type"]) == (file["id"], "pdf")
    row = Chargeback.objects.get()
    assert (row.status, row.answered_at is not None) == ("under_review", True)
    assert AuditEntry.objects.filter(verb="payments.answer_chargeback").count() == 1


def test_while_stripe_is_away_nothing_is_noted(story, finance, sandbox):
    sandbox.http("POST", "/sandbox/stripe/faults/call", {"fault": "500"})

    answer = finance.post(page(story, "answer/"))

    assert answer.status_code == 422
    assert "Try again" in answer.content.decode()
    assert Chargeback.objects.get().answered_at is None


def test_what_stripe_refuses_is_explained(story, finance, sandbox):
    dispute = sandbox.stripe("GET", "/disputes")["data"][0]["id"]
    sandbox.http(
        "POST", f"/sandbox/stripe/disputes/{dispute}/close", {"outcome": "lost"}
    )

    answer = finance.post(page(story, "answer/"))

    assert answer.status_code == 422
    assert "cannot be updated" in answer.content.decode()


def test_without_the_files_there_is_no_half_pack(story, finance, monkeypatch):
    def away(*_args, **_options):
        raise cloudinary.StorageUnavailable

    monkeypatch.setattr(cloudinary, "open_private", away)

    assert finance.get(page(story, "evidence.zip")).status_code == 503


def test_only_those_who_may_see_chargebacks_get_it(story, as_user):
    stranger = as_user(a_user(is_staff=True))
    prove(stranger)

    assert stranger.get(page(story, "evidence.zip")).status_code == 403
    assert stranger.post(page(story, "answer/")).status_code == 403
    assert (
        "evidence.zip"
        in as_user(a_finance()).get(page(story, "change/")).content.decode()
    )


def test_a_pack_of_nothing_is_not_there(finance):
    path = "/admin/payments/chargeback/0190a0a0-0000-7000-8000-000000000000"

    assert finance.get(f"{path}/evidence.zip").status_code == 404
