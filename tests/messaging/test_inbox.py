"""The list of conversations, and what one does with one's own side of them."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages

import accounts.actions
from accounts.models import Report
from messaging import actions
from messaging.models import Conversation, Participant
from orders.status import OrderStatus
from tests.factories import (
    NOON,
    a_conversation,
    a_message,
    a_seller,
    a_user,
    an_order,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def me():
    return a_user()


def listed(browser, query=""):
    page = browser.get(f"/messages/{query}").text
    rows = page.partition("talk-rows")[2]
    return re.findall(r'href="/messages/[-0-9a-f]{36}/[^"]*"[^>]*>([^<]+)</a>', rows)


def test_filters_and_search_find_what_they_say(as_user, me):
    names = ["Read", "Unread", "Starred", "Archived"]
    talks = {n: a_conversation(me, a_seller(full_name=f"{n} Person")) for n in names}
    for minute, name in enumerate(names):
        moment = NOON + timedelta(minutes=minute)
        talk = talks[name]
        a_message(talk, talk.other_than(me.pk), f"About {name} Things", now=moment)
    sides = {
        name: Participant.objects.get(conversation=talk, user=me)
        for name, talk in talks.items()
    }
    actions.mark_read(conversation_id=talks["Read"].pk, user=me, now=NOON)
    actions.mark_read(conversation_id=talks["Starred"].pk, user=me, now=NOON)
    actions.star(side_id=sides["Starred"].pk, on=True)
    actions.archive(side_id=sides["Archived"].pk, on=True, now=NOON)
    order = an_order(buyer=me, status=OrderStatus.IN_PROGRESS)
    browser = as_user(me)

    assert listed(browser, "?show=unread") == ["Unread Person"]
    assert listed(browser, "?show=starred") == ["Starred Person"]
    assert listed(browser, "?show=archived") == ["Archived Person"]
    assert listed(browser, "?show=orders") == [order.seller.full_name]
    everybody = [order.seller.full_name, "Read Person", "Starred Person"]
    everybody.append("Unread Person")
    assert sorted(listed(browser, "?show=nonsense")) == sorted(everybody)
    assert listed(browser, "?q=unread+PERS") == ["Unread Person"]
    assert listed(browser, "?q=starred+things") == ["Starred Person"]
    assert "No conversation fits" in browser.get("/messages/?q=zebra").text


def test_the_list_goes_on_page_by_page(as_user, me, django_assert_max_num_queries):
    for minute in range(35):
        talk = a_conversation(me, a_seller())
        a_message(talk, me, now=NOON + timedelta(minutes=minute))
    browser = as_user(me)

    with django_assert_max_num_queries(10):
        page = browser.get("/messages/").text
    older = re.search(r"\?show=&amp;before=[0-9]+", page).group().replace("&amp;", "&")

    assert len(listed(browser)) == 30
    assert len(listed(browser, older)) == 5


def test_what_is_archived_comes_back_when_somebody_speaks(as_user, me):
    talk = a_conversation(me, a_seller())
    a_message(talk, me)
    browser = as_user(me)

    browser.post(f"/messages/{talk.pk}/archive/", {"on": "1"})
    gone = listed(browser)
    a_message(talk, talk.other_than(me.pk))

    assert (len(gone), len(listed(browser))) == (0, 1)


def test_a_star_is_set_and_taken_away(as_user, me):
    talk = a_conversation(me, a_seller())
    browser, states = as_user(me), []
    for on in ("1", "0"):
        browser.post(f"/messages/{talk.pk}/star/", {"on": on})
        states.append(Participant.objects.get(user=me).is_starred)

    assert states == [True, False]
    assert not Participant.objects.exclude(user=me).get().is_starred


def test_a_draft_is_kept_for_oneself_until_it_is_sent(as_user, me):
    talk = a_conversation(me, a_seller())
    browser, address = as_user(me), f"/messages/{talk.pk}/"
    browser.post(f"{address}draft/", {"body": "Half a <thought>"})
    browser.logout()

    mine = as_user(me).get(address).text
    theirs = as_user(talk.other_than(me.pk)).get(address).text
    a_message(talk, me, "Half a <thought>")

    assert "Half a &lt;thought&gt;</textarea>" in mine
    assert "Half a" not in theirs
    assert Participant.objects.get(user=me).draft == ""


def test_an_opened_conversation_shows_up_with_the_first_word(as_user, me):
    seller = a_seller()
    as_user(me).post(f"/messages/with/{seller.pk}/")
    talk = Conversation.objects.get()
    silent = [listed(as_user(person)) for person in (me, seller)]

    a_message(talk, me)

    assert silent == [[], []]
    assert len(listed(as_user(seller))) == 1


def test_sellers_do_not_write_to_strangers_who_only_buy(as_user, me):
    answer = as_user(a_seller()).post(f"/messages/with/{me.pk}/")

    assert not Conversation.objects.exists()
    said = [str(each) for each in get_messages(answer.wsgi_request)]
    assert said == ["Only people who sell something can be written to first."]


def test_sellers_find_the_conversation_that_a_buyer_began(as_user, me):
    seller = a_seller()
    talk = a_conversation(me, seller)

    answer = as_user(seller).post(f"/messages/with/{me.pk}/")

    assert answer.url == f"/messages/{talk.pk}/"


def test_a_blocked_writer_keeps_the_words_and_the_blocker_a_way_back(as_user, me):
    talk = a_conversation(me, a_seller(username="paul"))
    paul = talk.other_than(me.pk)
    accounts.actions.block(blocker=me, blocked_id=paul.pk, now=NOON)

    fields = {"body": "Hello?", "client_id": talk.pk}
    refused = as_user(paul).post(f"/messages/{talk.pk}/send/", fields)
    mine = as_user(me).get(f"/messages/{talk.pk}/").text

    assert refused.status_code == 422
    assert "Hello?</textarea>" in refused.text
    assert 'action="/u/paul/unblock/"' in mine


def test_a_message_is_reported_by_who_got_it(as_user, me):
    talk = a_conversation(me, a_seller())
    theirs = a_message(talk, talk.other_than(me.pk))
    address = f"/messages/said/{theirs.pk}/report/"

    own = as_user(talk.other_than(me.pk)).get(address).status_code
    answer = as_user(me).post(address, {"reason": "spam", "text": "Sells pills."})

    assert own == 404
    assert answer.url == f"/messages/{talk.pk}/"
    report = Report.objects.get()
    assert (report.target, report.target_id) == (Report.Target.MESSAGE, theirs.pk)
