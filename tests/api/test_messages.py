import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import quota
from messaging.models import Message, Notification
from orders.status import OrderStatus
from tests.factories import (
    a_conversation,
    a_gig,
    a_message,
    a_seller,
    a_user,
    an_order,
)
from tests.gigs.sellers import picture_bytes

pytestmark = pytest.mark.django_db


def test_people_write_each_other(program):
    buyer, seller = a_user(), a_seller()
    mine, theirs = program(buyer), program(seller)

    begun = mine.post("/api/conversations", {"userId": str(seller.pk)}).json()
    wanted = {"conversationId": begun["id"], "body": "Can you draw a fox?"}
    sent = mine.post("/api/messages", wanted, key="a")
    mine.post("/api/messages", wanted, key="a")
    inbox = theirs.get("/api/conversations").json()["items"]
    theirs.post(f"/api/conversations/{begun['id']}/read")
    read = mine.get("/api/messages", conversationId=begun["id"]).json()["items"]

    assert (sent.status_code, sent.json()["status"]) == (201, "sent")
    assert (inbox[0]["unreadCount"], inbox[0]["lastMessage"]) == (1, wanted["body"])
    assert [(each["body"], each["status"]) for each in read] == [
        (wanted["body"], "read")
    ]
    assert Message.objects.count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_messages_are_read_in_five_queries_a_page_at_a_time(
    program, django_assert_num_queries, number
):
    talk = a_conversation(a_user(), a_seller())
    for count in range(number):
        a_message(talk, talk.first, f"{count}")
    phone = program(talk.second)
    phone.get("/api/conversations")

    # The token, my side, the messages, their files, the other side.
    with django_assert_num_queries(5):
        page = phone.get("/api/messages", conversationId=talk.pk, limit=2).json()

    assert [each["body"] for each in page["items"]][:1] == [f"{number - 1}"]
    assert (page["next"] is None) == (number < 3)
    if page["next"]:
        rest = phone.get("/api/messages", conversationId=talk.pk, cursor=page["next"])
        assert [each["body"] for each in rest.json()["items"]] == ["0"]


def test_a_file_waits_for_its_message(program, sandbox):
    talk = a_conversation(a_user(), a_seller())
    phone = program(talk.first)
    where = {"conversationId": str(talk.pk)}

    file = phone.upload(
        SimpleUploadedFile("note.txt", b"Hello"), purpose="message", **where
    )
    sent = phone.post("/api/messages", {**where, "attachments": [file.json()["id"]]})
    path = sent.json()["attachments"][0]["path"]

    assert (file.status_code, sent.status_code) == (201, 201)
    taken = program(talk.second).get(path)
    assert b"".join(taken.streaming_content) == b"Hello"
    assert program(a_user()).get(path).status_code == 404


def test_pictures_go_to_gigs_and_faces(program, sandbox):
    gig = a_gig()
    phone = program(gig.seller)

    def send(**fields):
        file = SimpleUploadedFile("cover.png", picture_bytes())
        return phone.upload(file, **fields)

    hung = send(purpose="gig", gig=gig.slug)
    again = send(purpose="gig", gig=gig.slug)
    face = send(purpose="avatar")
    strange = program(a_seller()).upload(
        SimpleUploadedFile("cover.png", picture_bytes()), purpose="gig", gig=gig.slug
    )
    script = phone.upload(
        SimpleUploadedFile("x.svg", b"<svg onload=alert(1)>"), purpose="order"
    )

    told = hung.json()
    assert (hung.status_code, told["width"], told["format"]) == (201, 600, "jpg")
    assert again.json()["id"] == told["id"]
    assert (gig.images.count(), face.status_code) == (1, 201)
    gig.seller.refresh_from_db()
    assert gig.seller.avatar_id == face.json()["publicId"]
    assert (strange.status_code, script.status_code) == (404, 422)


def test_a_face_without_room_is_refused_in_words(program, monkeypatch):
    monkeypatch.setattr(quota, "QUOTA_BYTES", 1)
    file = SimpleUploadedFile("me.png", picture_bytes())

    answer = program(a_user()).upload(file, purpose="avatar")

    assert answer.status_code == 422
    assert "Your pictures fill" in answer.json()["detail"]


def test_private_files_that_are_too_much_are_refused_in_words(
    program, sandbox, monkeypatch
):
    monkeypatch.setattr(quota, "PRIVATE_BYTES", 50)
    person = a_user()
    phone, talk = program(person), a_conversation(person, a_user())
    files = [SimpleUploadedFile("notes.txt", b"x" * 50) for _ in range(3)]

    sent = phone.upload(files[0], purpose="order")
    refused = [
        phone.upload(files[1], purpose="order"),
        phone.upload(files[2], purpose="message", conversationId=str(talk.pk)),
    ]

    assert sent.status_code == 201
    for answer in refused:
        assert answer.status_code == 422
        assert "There is room for these again on" in answer.json()["detail"]


def test_news_is_read_marked_and_put_back(program):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    phone = program(order.seller)
    told = phone.get("/api/notifications").json()["items"]

    read = phone.patch("/api/notifications", {"ids": [told[0]["id"]]})
    back = phone.patch("/api/notifications", {"ids": [told[0]["id"]], "read": False})
    others = program(order.buyer).patch(
        "/api/notifications", {"ids": [told[0]["id"]], "read": True}
    )

    assert read.json()["unread"] == len(told) - 1
    assert back.json()["unread"] == len(told)
    assert others.status_code == 200
    assert not Notification.objects.get(pk=told[0]["id"]).read_at
