from uuid import uuid4

import pytest
from django.contrib.auth.models import Group

from accounts.actions.privacy import close
from messaging.exports import to_the_staff
from messaging.models import Inquiry
from tests.accounts.people import log_in
from tests.factories import NOON, PASSWORD, a_user

pytestmark = pytest.mark.django_db


def words(**fields):
    return {
        "name": "Ada",
        "email": "ada@example.com",
        "topic": "order",
        "text": "Where is <b>my</b> order?",
        "inquiry_id": str(uuid4()),
        **fields,
    }


def an_inquiry(**fields):
    fields = {"name": "Ada", "email": "ada@example.com", "topic": "other", **fields}
    return Inquiry.objects.create(text="Hello?", asked_at=NOON, **fields)


def test_a_visitors_question_reaches_the_staff_once(client):
    said = words()

    for _ in range(2):
        answer = client.post("/contact/", said, follow=True)

    assert "We answer by mail to ada@example.com" in answer.text
    inquiry = Inquiry.objects.get()
    assert (inquiry.text, inquiry.user) == ("Where is <b>my</b> order?", None)


def test_who_is_logged_in_need_not_say_who_they_are(as_user):
    user = a_user(full_name="Nora Quist")
    browser = as_user(user)

    page = browser.get("/contact/").text
    browser.post("/contact/", words(email=user.email))

    assert 'value="Nora Quist"' in page
    assert f'value="{user.email}"' in page
    assert Inquiry.objects.get().user == user


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "x" * 5001},
        {"email": "ada"},
        {"topic": "nonsense"},
        {"name": "\u200b" * 81},
        {"inquiry_id": "1"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_question_that_is_refused_is_kept_on_the_page(client, wrong):
    answer = client.post("/contact/", words(**{"text": "Keep me", **wrong}))

    assert answer.status_code == 422
    assert "text" in wrong or "Keep me" in answer.text
    assert not Inquiry.objects.exists()


def test_one_client_does_not_bury_the_staff(client, settings):
    settings.RATELIMIT_ENABLE = True
    answers = [client.post("/contact/", words()) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [302] * 10 + [429]


def test_support_marks_a_question_as_answered(client):
    inquiry = an_inquiry()
    helper = a_user(is_staff=True)
    helper.groups.add(Group.objects.get(name="support"))
    log_in(client, email=helper.email, password=PASSWORD)

    assert "mailto:ada@example.com" in client.get("/admin/messaging/inquiry/").text
    client.post(f"/admin/messaging/inquiry/{inquiry.pk}/settle/")

    inquiry.refresh_from_db()
    assert inquiry.settled_by == helper


def test_finance_has_no_business_with_questions(as_user):
    person = a_user(is_staff=True)
    person.groups.add(Group.objects.get(name="finance"))
    page = f"/admin/messaging/inquiry/{an_inquiry().pk}/settle/"

    assert as_user(person).post(page).status_code == 403


def test_questions_go_with_whoever_leaves_and_come_along_in_the_copy():
    user = a_user()
    an_inquiry(user=user)
    an_inquiry(email="somebody@example.com")

    assert [row["text"] for row in to_the_staff(user).data["inquiries"]] == ["Hello?"]
    close(user_id=user.pk, keep_texts=True, now=NOON)

    assert Inquiry.objects.get().email == "somebody@example.com"
