import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.management import call_command
from django.test import Client

import messaging.actions
import payments.actions
from accounts import closing
from accounts.actions import privacy
from accounts.models import DataExport, User
from gigs.models import Gig, GigImage
from gigstream.core import clock, limits
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry
from messaging.models import Message, Notification
from orders.models import Order
from orders.status import OPEN, OrderStatus
from payments.models import LedgerEntry, Payment, Refund
from tests.accounts.people import log_in
from tests.accounts.test_export import a_copy, a_talk
from tests.factories import (
    NOON,
    PASSWORD,
    WALKS,
    a_gig,
    a_picture,
    a_question,
    a_seller,
    a_user,
    an_order,
)

pytestmark = pytest.mark.django_db
PAGE = "/settings/close/"


@pytest.fixture
def nora():
    return a_seller(
        email="nora@example.com",
        full_name="Nora Nordin",
        username="nora",
        headline="Lettering",
        bio="I paint signs.",
        location="Malmö",
        country="SE",
        skills=["lettering"],
        avatar_id="avatars/nora",
    )


@pytest.fixture
def browser(client, nora):
    log_in(client, email=nora.email, password=PASSWORD)
    return client


def close(user, *, keep_texts=True):
    privacy.close(user_id=user.pk, keep_texts=keep_texts, now=NOON)
    user.refresh_from_db()


def send(browser, **fields):
    return browser.post(PAGE, {"texts": "keep", "password": PASSWORD, **fields})


def test_an_account_is_closed_on_its_page(browser, nora):
    closed = send(browser)
    entry = log_in(Client(), email="nora@example.com", password=PASSWORD)

    nora.refresh_from_db()
    assert closed.url == "/accounts/inactive/"
    assert "This account is closed" in browser.get(closed.url).text
    assert "_auth_user_id" not in browser.session
    assert nora.standing == "closed"
    assert "are not correct" in entry.text


def test_nothing_says_any_more_who_it_was(nora):
    Authenticator.objects.create(user=nora, type="totp", data={})

    close(nora)

    stored = str(User.objects.filter(pk=nora.pk).values().get())
    for trace in ["Nora", "nora", "Nordin", "Lettering", "signs", "Malmö"]:
        assert trace not in stored
    assert (nora.country.code, nora.skills, nora.avatar_id) == ("", [], "")
    assert nora.full_name == "Former member"
    assert nora.email == f"closed-{nora.pk.hex}@closed.invalid"
    assert not nora.has_usable_password()
    assert not EmailAddress.objects.filter(user=nora).exists()
    assert not Authenticator.objects.filter(user=nora).exists()
    assert not nora.security_events.exists()


def test_address_and_username_are_free_again(nora):
    close(nora)

    a_user(email="nora@example.com", username="nora")


def test_every_session_ends(nora):
    browsers = [Client(), Client()]
    for each in browsers:
        log_in(each, email=nora.email, password=PASSWORD)

    close(nora)

    assert [each.get("/dashboard/").status_code for each in browsers] == [302, 302]
    assert not UserSession.objects.filter(user=nora).exists()


def test_the_old_address_gets_a_farewell_and_the_picture_goes(
    sandbox, nora, run_tasks, mailoutbox, monkeypatch
):
    gone = []
    monkeypatch.setattr("accounts.tasks.cloudinary.destroy", gone.append)

    close(nora)
    run_tasks()

    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["nora@example.com"], "Your account is closed")
    ]
    assert "Hello Nora" in mailoutbox[0].body
    assert gone == ["avatars/nora"]


def test_it_is_written_down_without_saying_who(nora):
    close(nora)

    entry = AuditEntry.objects.get(verb="accounts.close")
    assert entry.target == f"accounts.user:{nora.pk}"
    assert (entry.actor, entry.at) == (nora, NOON)
    assert (entry.before, entry.after) == (
        {"standing": "active"},
        {"standing": "closed", "keep_texts": True},
    )


def test_texts_that_are_kept_are_archived(nora):
    gig = a_gig(seller=nora, title="I will letter your sign")
    draft = a_gig(seller=nora, status="draft")
    others = a_gig()

    close(nora)

    statuses = dict(Gig.objects.values_list("pk", "status"))
    gig.refresh_from_db()
    assert statuses == {gig.pk: "archived", draft.pk: "archived", others.pk: "active"}
    assert gig.title == "I will letter your sign"


def test_texts_that_are_removed_are_gone_with_their_pictures(
    sandbox, nora, run_tasks, monkeypatch
):
    gig = a_gig(seller=nora, title="I will letter your sign", slug="letter-your-sign")
    a_question(gig=gig, question="Which word of Nora's?")
    a_picture(gig=gig, public_id="gigs/sign")
    gone = []
    monkeypatch.setattr("gigs.tasks.cloudinary.destroy", gone.append)

    close(nora, keep_texts=False)
    run_tasks()

    gig.refresh_from_db()
    assert (gig.title, gig.description, gig.status) == ("Removed gig", "", "archived")
    assert "sign" not in gig.slug
    assert not gig.requirements.exists()
    assert set(gig.packages.values_list("name", "description")) == {("", "")}
    assert not GigImage.objects.exists()
    assert "gigs/sign" in gone


def test_the_books_stay_as_they_are(nora):
    order = an_order(buyer=nora, status=OrderStatus.COMPLETED)
    before = (
        list(LedgerEntry.objects.order_by("pk").values()),
        list(Payment.objects.values()),
        Order.objects.filter(pk=order.pk).values().get(),
    )

    close(nora)

    after = (
        list(LedgerEntry.objects.order_by("pk").values()),
        list(Payment.objects.values()),
        Order.objects.filter(pk=order.pk).values().get(),
    )
    assert after == before
    call_command("ledger_check", "--json")


def test_the_other_side_reads_on_under_another_name(nora, as_user):
    order = an_order(buyer=nora, status=OrderStatus.COMPLETED)
    a_talk(nora, order.seller, (nora, "Thank you for the sign"))
    thread = Message.objects.get().conversation

    close(nora)

    other = as_user(order.seller)
    page = other.get(f"/messages/{thread.pk}/").text
    pages = [other.get(path).text for path in ["/messages/", f"/orders/{order.pk}/"]]
    assert "Thank you for the sign" in page
    assert "Former member" in page
    assert all("Nora" not in each for each in [page, *pages])


def test_news_of_others_forget_the_name(nora):
    order = an_order(buyer=nora, status=OrderStatus.COMPLETED)
    stranger = a_user()
    messaging.actions.notify(
        user=order.seller,
        kind="message",
        key="old",
        case="told",
        about={"title": "News", "text": "Of Nora Nordin, not of Nora Nordinsson"},
        path="/",
        now=NOON,
    )
    messaging.actions.notify(
        user=stranger,
        kind="message",
        key="x",
        case="told",
        about={"title": "Nora Nordinsson wrote", "text": ""},
        path="/",
        now=NOON,
    )

    close(nora)

    assert not nora.notifications.exists()
    titles = [news.title for news in order.seller.notifications.all()]
    assert any("Former member ordered" in title for title in titles)
    assert not any("Nora" in title for title in titles)
    old = order.seller.notifications.get(key="old")
    assert old.text == "Of Former member, not of Nora Nordinsson"
    assert Notification.objects.get(user=stranger).title == "Nora Nordinsson wrote"


def test_copies_of_the_data_are_destroyed(sandbox, nora, run_tasks):
    ready = a_copy(nora, public_id="exports/nora")
    waiting = privacy.request_export(user_id=nora.pk, now=NOON)

    close(nora)
    run_tasks()

    assert set(DataExport.objects.values_list("pk", "status", "public_id")) == {
        (ready.pk, "expired", ""),
        (waiting.pk, "expired", ""),
    }


@pytest.mark.parametrize("status", sorted(OPEN & set(WALKS)))
@pytest.mark.parametrize("side", ["buyer", "seller"])
def test_an_open_order_of_either_side_keeps_the_account(status, side, as_user):
    order = an_order(status=status)
    person = getattr(order, side)
    browser = as_user(person)

    page = browser.get(PAGE)
    sent = send(browser)

    person.refresh_from_db()
    assert person.standing == "active"
    assert order.get_absolute_url() in page.text
    assert 'name="password"' not in page.text
    assert (page.status_code, sent.status_code) == (200, 409)
    with pytest.raises(NotAllowed):
        close(person)


@pytest.mark.parametrize("status", sorted(set(WALKS) - OPEN - {OrderStatus.COMPLETED}))
def test_an_order_that_is_over_does_not(status):
    order = an_order(status=status)

    close(order.buyer)
    close(order.seller)

    assert order.buyer.standing == order.seller.standing == "closed"


def test_money_pending_or_available_keeps_the_account():
    order = an_order(status=OrderStatus.COMPLETED)
    pending = closing.reasons(order.seller)
    payments.actions.clear(
        earning_id=order.earnings.get().pk, now=order.earnings.get().clears_at
    )
    available = closing.reasons(order.seller)

    assert ["$100.00" in reason.text for reason in pending] == [True]
    assert "not yet cleared" in pending[0].text
    assert ["to withdraw" in reason.text for reason in available] == [True]
    assert available[0].path == "/wallet/"


def test_a_refund_on_its_way_keeps_the_account(nora):
    order = an_order(buyer=nora, status=OrderStatus.COMPLETED)
    payment = order.payments.get()
    refund = Refund.objects.create(
        payment=payment, intent_id=payment.intent_id, amount=1, price=1, currency="usd"
    )

    found = closing.reasons(nora)
    refund.delete()

    assert [reason.text for reason in found] == ["A refund is still on its way to you."]


def test_a_payment_under_way_keeps_the_account(nora):
    order = an_order(buyer=nora, status=OrderStatus.EXPIRED)
    order.payments.update(status="processing")

    found = closing.reasons(nora)
    order.payments.update(status="canceled")

    assert "being processed" in found[0].text


def test_staff_cannot_leave_by_themselves():
    assert closing.reasons(a_user(is_staff=True))


def test_a_refusal_changes_nothing(nora):
    gig = a_gig(seller=nora)
    an_order(gig=gig)

    with pytest.raises(NotAllowed):
        close(nora)

    gig.refresh_from_db()
    nora.refresh_from_db()
    assert (gig.status, nora.full_name) == ("active", "Nora Nordin")


def test_a_wrong_password_closes_nothing(browser, nora):
    answer = send(browser, password="not-this-one")

    nora.refresh_from_db()
    assert answer.status_code == 422
    assert "This is not your password." in answer.text
    assert nora.standing == "active"


def test_the_password_cannot_be_guessed_here_either(browser, settings, monkeypatch):
    in_database = {"BACKEND": "gigstream.core.cache.DatabaseCache"}
    settings.CACHES = {**settings.CACHES, "default": in_database}
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.RATES, "login", limits.Rates("100/d", "2/d"))

    codes = [send(browser, password="wrong").status_code for _ in range(3)]

    assert codes == [422, 422, 429]


def test_closing_twice_is_closing_once(browser, nora, run_tasks, mailoutbox):
    send(browser)
    again = send(browser)
    close(nora)

    assert again.status_code == 302
    assert AuditEntry.objects.filter(verb="accounts.close").count() == 1


def test_who_has_no_password_needs_a_fresh_login(as_user):
    user = a_user(password=None)
    browser = as_user(user)

    answer = browser.post(PAGE, {"texts": "keep"})

    user.refresh_from_db()
    assert answer.url == f"/accounts/login/?next={PAGE}"
    assert user.standing == "active"


def test_the_page_has_one_heading_and_what_will_happen(browser):
    page = browser.get(PAGE).text

    assert page.count("<h1") == 1
    assert "cannot be undone" in page
    assert "Close my account for good" in page


def test_mail_that_still_waits_for_them_is_dropped(
    sandbox, nora, run_tasks, mailoutbox
):
    messaging.actions.notify(
        user=nora,
        kind="message",
        key="x",
        case="told",
        about={"title": "News", "text": ""},
        path="/",
        now=clock.now(),
    )

    close(nora)
    run_tasks()

    assert [mail.to for mail in mailoutbox] == [["nora@example.com"]]
