"""A POST that comes twice is done once, and answered the same."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection

import gigs.actions
import orders.api.buying
from gigs.models import Gig
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from gigstream.core.models import KeptAnswer
from gigstream.core.tasks import forget_answers
from orders.models import Order
from tests.factories import PASSWORD, a_category, a_gig, a_seller, a_user
from tests.races.together import together

pytestmark = pytest.mark.django_db
NEW = {"title": "I will draw", "category": "logos"}


@pytest.fixture
def seller():
    a_category(slug="logos")
    return a_seller()


def test_the_same_key_again_is_the_same_answer(program, seller):
    phone = program(seller)

    first = phone.post("/api/gigs", NEW, key="one")
    again = phone.post("/api/gigs", NEW, key="one")
    other = phone.post("/api/gigs", NEW, key="two")

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.json()["id"] != first.json()["id"]
    assert Gig.objects.count() == 2


def test_a_key_is_for_one_request_and_one_person(program, seller):
    phone = program(seller)
    phone.post("/api/gigs", NEW, key="one")

    reused = phone.post("/api/gigs", {**NEW, "title": "I will paint"}, key="one")
    somebody = program(a_seller()).post("/api/gigs", NEW, key="one")

    assert (reused.status_code, reused.json()["code"]) == (422, "key_reused")
    assert somebody.status_code == 201
    assert phone.post("/api/gigs", NEW, key="ü").status_code == 400


def test_what_was_refused_may_be_mended_and_sent_again(program, seller):
    phone = program(seller)
    wrong = {**NEW, "category": "no-such"}

    assert phone.post("/api/gigs", wrong, key="one").status_code == 422
    assert phone.post("/api/gigs", NEW, key="one").status_code == 201


def test_a_key_is_forgotten_after_a_day(program, seller):
    phone = program(seller)
    phone.post("/api/gigs", NEW, key="one")

    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert phone.post("/api/gigs", NEW, key="one").status_code == 201
    with clock.frozen(clock.now() + timedelta(hours=50)):
        forget_answers.func()

    assert Gig.objects.count() == 2
    assert not KeptAnswer.objects.exists()


def test_while_it_is_being_answered_a_second_one_waits_and_a_dead_one_is_replaced(
    program, seller
):
    phone = program(seller)
    made = phone.post("/api/gigs", NEW, key="one").json()
    KeptAnswer.objects.update(
        status=None
    )  # as if the process had died before the answer

    busy = phone.post("/api/gigs", NEW, key="one")
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        after = phone.post("/api/gigs", NEW, key="one")

    assert (busy.status_code, busy.json()["code"]) == (409, "in_progress")
    assert busy.headers["Retry-After"] == "1"
    assert (after.status_code, after.json()["id"]) == (201, made["id"])
    assert Gig.objects.count() == 1


def test_a_late_first_one_takes_nothing_from_the_one_that_took_over(
    program, seller, monkeypatch
):
    phone, answers = program(seller), []

    def too_late(**_content):
        monkeypatch.undo()
        with clock.frozen(clock.now() + timedelta(minutes=2)):
            answers.append(phone.post("/api/gigs", NEW, key="one"))
        raise NotAllowed("The first one fails in the end.")

    monkeypatch.setattr(gigs.actions, "create", too_late)
    refused = phone.post("/api/gigs", NEW, key="one")
    again = phone.post("/api/gigs", NEW, key="one")

    assert (refused.status_code, answers[0].status_code) == (422, 201)
    assert again.content == answers[0].content
    assert Gig.objects.count() == 1


def test_what_broke_half_way_goes_on_and_does_nothing_twice(program, monkeypatch):
    gig = a_gig()
    wanted = {"gigId": str(gig.pk), "packageType": "basic"}
    phone = program(a_user())

    def break_off(*_args, **_options):
        monkeypatch.undo()
        raise OperationalError("The database is away for a moment.")

    monkeypatch.setattr(orders.api.buying, "start_payment_again", break_off)
    broken = phone.post("/api/checkout", wanted, key="one")
    other = phone.post("/api/checkout", {**wanted, "quotedTotal": 1}, key="one")
    whole = phone.post("/api/checkout", wanted, key="one")

    assert (broken.status_code, whole.status_code) == (503, 201)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert str(Order.objects.get().pk) == whole.json()["order"]["id"]


def test_what_is_kept_cannot_be_read_in_the_database(program, seller):
    program(seller).post("/api/gigs", NEW, key="one")

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM core_keptanswer")
        body = cursor.fetchone()[0]
    assert "draw" not in body
    assert "I will draw" in KeptAnswer.objects.get().body


def test_coming_in_is_never_kept(as_user):
    nora = a_user()

    answer = as_user(nora).post(
        "/api/auth/login",
        {"email": nora.email, "password": PASSWORD},
        content_type="application/json",
        headers={"Idempotency-Key": "one"},
    )

    assert answer.status_code == 200
    assert not KeptAnswer.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one(program):
    a_category(slug="logos")
    phones = [program(seller := a_seller())]
    phones += [type(phones[0])() for _ in range(3)]
    for phone in phones[1:]:
        phone.headers = phones[0].headers

    answers = together(
        *(
            lambda phone=phone: phone.post("/api/gigs", NEW, key="one")
            for phone in phones
        )
    )

    assert Gig.objects.of(seller).count() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert [answer.status_code for answer in answers].count(201) >= 1
