"""Private files of orders, disputes and conversations: so much in 30 days, from all of them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import quota
from accounts.actions.uploads import note_private_upload
from accounts.models import PrivateUpload
from accounts.quota import MEGABYTE
from gigstream.core.errors import NotAllowed
from messaging.models import Attachment, Message
from orders.models import Delivery, Dispute, Order, OrderFile, Statement
from orders.status import OrderStatus
from tests.factories import (
    NOON,
    a_conversation,
    a_gig,
    a_question,
    a_user,
    an_order,
)
from tests.orders.test_checkout import send

pytestmark = pytest.mark.django_db

WORDS = "Words of an hour."
FULL = "Within 30 days you can send private files of 1.0\N{NO-BREAK SPACE}MB. There is room for these again on"
A_DAY = timedelta(days=1)


@pytest.fixture
def room(monkeypatch):
    """Room for one megabyte."""
    monkeypatch.setattr(quota, "PRIVATE_BYTES", MEGABYTE)


def a_file(size=MEGABYTE):
    return SimpleUploadedFile("notes.txt", b"x" * size)


def deliver(person, order, files):
    fields = {"message": WORDS, "attachments": files}
    return person(order.seller).post(f"/orders/{order.pk}/deliver/", fields)


def order_with_a_file(person, gig, files):
    text, file = gig.requirements.order_by("position")
    answers = {f"answer_{text.pk.hex}": WORDS, f"answer_{file.pk.hex}": files[0]}
    return send(person(a_user()), gig, **answers)


def open_a_dispute(person, order, files):
    fields = {"reason": "different", "want": "refund", "text": WORDS, "evidence": files}
    return person(order.buyer).post(f"/orders/{order.pk}/open-dispute/", fields)


def answer_a_dispute(person, order, files):
    fields = {"want": "", "text": WORDS, "evidence": files}
    return person(order.seller).post(f"/orders/{order.pk}/answer-dispute/", fields)


def a_gig_that_asks():
    gig = a_gig()
    a_question(gig=gig)
    a_question(gig=gig, kind="file")
    return gig


def write(person, talk, files):
    fields = {"body": WORDS, "enclosed": files, "client_id": uuid4()}
    writer = person(talk.participants.first().user)
    return writer.post(f"/messages/{talk.pk}/send/", fields)


WAYS = {
    "delivery": (lambda: an_order(status=OrderStatus.IN_PROGRESS), deliver, Delivery),
    "answer": (a_gig_that_asks, order_with_a_file, Order),
    "opening": (
        lambda: an_order(status=OrderStatus.DELIVERED),
        open_a_dispute,
        Dispute,
    ),
    "statement": (
        lambda: an_order(status=OrderStatus.DISPUTED),
        answer_a_dispute,
        Statement,
    ),
    "message": (lambda: a_conversation(a_user(), a_user()), write, Message),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_too_much_is_refused_and_the_words_are_kept(
    as_user, sandbox, room, way
):
    make, act, kept = WAYS[way]
    thing, before = make(), kept.objects.count()

    refused = act(as_user, thing, [a_file(MEGABYTE + 1)])
    done = act(as_user, thing, [a_file()])

    assert refused.status_code == 422
    assert FULL in refused.text
    assert WORDS in refused.text
    assert done.status_code == 302
    assert kept.objects.count() == before + 1
    assert PrivateUpload.objects.get().size == MEGABYTE


def test_files_count_together_wherever_they_go(as_user, sandbox, room):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    seller, half = as_user(order.seller), MEGABYTE // 2
    talk = a_conversation(order.seller, order.buyer)

    here = seller.post(f"/messages/{talk.pk}/upload/", {"file": a_file(half)})
    there = deliver(as_user, order, [a_file(half), a_file(1)])
    refused = seller.post(f"/messages/{talk.pk}/upload/", {"file": a_file(half + 1)})
    others = as_user(order.buyer).post(
        f"/messages/{talk.pk}/upload/", {"file": a_file()}
    )

    assert [here.status_code, there.status_code] == [201, 422]
    assert (refused.status_code, FULL in refused.text) == (422, True)
    assert others.status_code == 201
    assert not OrderFile.objects.exists()
    assert Attachment.objects.count() == 2


def test_room_comes_back_after_thirty_days_and_one_is_told_when(room):
    nora = a_user(time_zone="Europe/Berlin")
    for day in (0, 1):
        note_private_upload(actor=nora, size=500_000, now=NOON + day * A_DAY)

    with pytest.raises(NotAllowed, match=r"again on 2 Apr, 14:00; smaller"):
        note_private_upload(actor=nora, size=700_000, now=NOON + 3 * A_DAY)
    note_private_upload(actor=nora, size=500_000, now=NOON + 30 * A_DAY)

    assert PrivateUpload.objects.count() == 2


def test_what_the_store_did_not_take_takes_no_room(as_user, settings, room):
    settings.CLOUDINARY_UPLOAD_PREFIX = "http://127.0.0.1:9"
    order = an_order(status=OrderStatus.IN_PROGRESS)

    answer = deliver(as_user, order, [a_file()])

    assert "could not be kept" in answer.text
    assert not PrivateUpload.objects.exists()
