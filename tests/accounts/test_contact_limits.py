"""How often one person may reach for others: contacting, writing, reporting, blocking."""

from uuid import uuid4

import pytest

from accounts.models import Block, Report
from gigstream.core import limits
from gigstream.core.limits import Rates
from messaging.models import Conversation, Message
from orders.status import OrderStatus
from tests.factories import a_seller, a_user, an_order

pytestmark = pytest.mark.django_db

VERBS = {
    "contact": lambda person: f"/messages/with/{person.pk}/",
    "report": lambda person: f"/u/{person.username}/report/",
    "block": lambda person: f"/u/{person.username}/block/",
}
FORM = {"reason": "spam", "text": "Wrote to everybody."}


@pytest.fixture
def once(settings, monkeypatch):
    """Each action once a day for each person."""
    settings.RATELIMIT_ENABLE = True
    for action in VERBS:
        monkeypatch.setitem(limits.RATES, action, Rates("100/d", "1/d"))


def done():
    return [model.objects.count() for model in (Conversation, Report, Block)]


@pytest.mark.parametrize("action", VERBS)
def test_one_person_reaches_for_so_many_and_no_more(once, as_user, action):
    browser, people = as_user(a_user()), [a_seller(username=f"p{n}") for n in range(2)]

    answers = [browser.post(VERBS[action](person), FORM) for person in people]

    assert [each.status_code for each in answers] == [302, 429]
    assert sum(done()) == 1
    assert int(answers[1].headers["Retry-After"]) > 0
    assert "Too many tries in a short time" in answers[1].text


def test_the_limit_is_one_of_each_person(once, as_user):
    person = a_user(username="p")

    answers = [as_user(a_user()).post(VERBS["report"](person), FORM) for _ in range(2)]

    assert [each.status_code for each in answers] == [302, 302]


def test_looking_at_the_form_is_free(once, as_user):
    browser, person = as_user(a_user()), a_user(username="p")

    codes = [browser.get(VERBS["report"](person)).status_code for _ in range(3)]

    assert codes == [200, 200, 200]


def test_nobody_writes_faster_than_people_do(as_user, settings, monkeypatch):
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.RATES, "message", Rates("100/d", "1/d"))
    order = an_order(status=OrderStatus.IN_PROGRESS)
    browser = as_user(order.buyer)
    address = f"/messages/{Conversation.objects.get().pk}/send/"

    answers = [
        browser.post(address, {"body": "Hello", "client_id": uuid4()}) for _ in range(2)
    ]

    assert [each.status_code for each in answers] == [302, 429]
    assert Message.objects.count() == 1
