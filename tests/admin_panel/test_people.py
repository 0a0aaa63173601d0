"""One page with everything about a person, and looking at the site as they do."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.urls import get_resolver, reverse

from accounts import acting, actions
from accounts.models import Report, SecurityEvent
from gigs.models import GigDay
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry
from messaging.models import Conversation, Message
from orders.status import OrderStatus
from tests.accounts.codes import prove
from tests.factories import (
    NOON,
    a_card_setup,
    a_gig,
    a_message,
    a_seller,
    a_user,
    an_order,
)
from tests.security.routes import build_world, site_routes
from tests.test_architecture import _views

pytestmark = pytest.mark.django_db

PERSON = "/admin/accounts/user/{}/change/"
BAR = "You can only look"
OPEN_PAGES = {
    f"{space}:{name}"
    for space, names in {
        "accounts": """
            close edit_work profile report settings_account settings_appearance
            settings_blocked settings_portfolio settings_profile settings_vacation
            start_selling
        """,
        "core": """
            about favicon healthz help manifest offline privacy readyz robots
            service_worker styleguide terms
        """,
        "gigs": """
            archived category create detail edit edit_step home market mine more
            ranking report saved sitemap sitemap_pages sitemap_part suggest_category
            suggestions
        """,
        "messaging": "bell",
        "orders": """
            ask_for_time ask_to_cancel buy_extra cancel_late dashboard decline detail
            dispute gig_reviews history list offer_extra open_dispute person_reviews
            report_review review tip
        """,
        "payments": "paper payout payout_list settings_payouts wallet",
    }.items()
    for name in names.split()
} | {
    # They show nothing, and lead to pages about which is decided above or in `acting`.
    *("accounts:settings", "gigs:categories", "gigs:sell"),
    *("accounts:change_email", "accounts:end_other_sessions", "accounts:end_session"),
}
LOOK = "/admin/accounts/user/{}/act_as/"


def one_of(role, **fields):
    person = a_user(is_staff=True, **fields)
    person.groups.set(Group.objects.filter(name=role))
    return person


@pytest.fixture
def support(as_user):
    browser = as_user(one_of("support", full_name="Sam Support"))
    prove(browser)
    return browser


@pytest.fixture
def looking(support):
    """Somebody of support who sees the site as Bruno."""
    person = a_user(full_name="Bruno Buyer")
    support.post(LOOK.format(person.pk), {"reason": "He cannot find his order."})
    support.person = person
    return support


# --- The page ---------------------------------------------------------------------


@pytest.fixture
def seller():
    """Somebody about whom there is something to know, of every kind."""
    seller = a_seller(full_name="Selma Seller")
    order = an_order(gig=a_gig(seller=seller), status=OrderStatus.COMPLETED)
    conversation = Conversation.objects.get()
    private = a_message(conversation, seller)
    Message.objects.filter(pk=private.pk).update(body="Between you and me.")
    rude = a_message(conversation, seller)
    Message.objects.filter(pk=rude.pk).update(body="You fool.")
    Report.objects.create(
        reporter=order.buyer, target="message", target_id=rude.pk, reason="abuse"
    )
    Report.objects.create(
        reporter=order.buyer, target="user", target_id=seller.pk, reason="other"
    )
    SecurityEvent.objects.create(
        user=seller, kind="logged_in", address="203.0.113.7", browser="Firefox"
    )
    return seller


def test_an_admin_sees_everything_about_a_person_on_one_page(as_user, seller):
    admin = one_of("admin")
    browser = as_user(admin)
    actions.add_note(
        user_id=seller.pk, actor=admin, text="Kind on the phone.", now=NOON
    )

    page = browser.get(PERSON.format(seller.pk)).text

    order = seller.sales.get()
    for known in ("Kind on the phone.", str(order), "$100.00", "203.0.113.7"):
        assert known in page
    assert "You fool." in page
    assert "Between you and me." not in page
    assert "Wrote a note about a person" in page


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [
        ("support", ["203.0.113.7", "Wallet"], ["You fool.", "What staff did"]),
        ("finance", ["Wallet", "Withdrawals"], ["203.0.113.7", "You fool."]),
        ("moderator", ["You fool.", "203.0.113.7"], ["Wallet", "Withdrawals"]),
    ],
)
def test_a_role_sees_of_a_person_what_the_table_says(
    as_user, seller, role, seen, unseen
):
    page = as_user(one_of(role)).get(PERSON.format(seller.pk)).text

    assert [words for words in seen if words not in page] == []
    assert [words for words in unseen if words in page] == []


@pytest.mark.parametrize("orders", [1, 3])
def test_the_page_asks_as_often_however_much_there_is(
    as_user, seller, django_assert_num_queries, orders
):
    for _ in range(orders):
        an_order(gig=a_gig(seller=seller), status=OrderStatus.COMPLETED)
    browser = as_user(one_of("admin"))
    browser.get(PERSON.format(seller.pk))

    with django_assert_num_queries(25):
        browser.get(PERSON.format(seller.pk))


def test_a_suspended_person_gets_in_with_no_old_session(as_user):
    person, admin = a_user(), one_of("admin")
    browser = as_user(person)
    browser.get("/dashboard/")
    UserSession.objects.create(
        user=person, session_key=browser.session.session_key, ip="127.0.0.1"
    )

    for verb in (actions.suspend, actions.reinstate):
        verb(user_id=person.pk, actor=admin, reason="Spam.", now=NOON)

    assert not Session.objects.exists()
    assert browser.get("/dashboard/").status_code == 302


def test_a_decision_about_a_person_needs_a_reason(as_user):
    person, browser = a_user(), as_user(one_of("moderator"))
    prove(browser)

    refused = browser.post(f"/admin/accounts/user/{person.pk}/suspend/", {"reason": ""})
    browser.post(f"/admin/accounts/user/{person.pk}/suspend/", {"reason": "Spam."})

    assert refused.status_code == 422
    assert AuditEntry.objects.get(verb="accounts.suspend").reason == "Spam."


# --- Looking as somebody else --------------------------------------------------------


def test_support_sees_the_site_as_a_person_does_and_every_page_says_so(looking):
    for path in ("/dashboard/", "/", "/gigs/", "/wallet/", "/settings/profile/"):
        page = looking.get(path)
        assert "You see the site as Bruno Buyer" in page.text, path
        assert page.headers["Cache-Control"] == "private, no-store"

    entry = AuditEntry.objects.get(verb="accounts.start_acting")
    assert (entry.actor.full_name, entry.reason) == (
        "Sam Support",
        "He cannot find his order.",
    )
    assert not looking.person.security_events.exists()
    last_seen = looking.person.last_seen_at
    looking.person.refresh_from_db()
    assert looking.person.last_seen_at == last_seen


def test_looking_ends_with_a_button_and_is_logged(looking):
    answer = looking.post("/acting/stop/")

    assert answer.headers["Location"] == PERSON.format(looking.person.pk)
    assert looking.get(answer.headers["Location"]).status_code == 200
    assert AuditEntry.objects.filter(verb="accounts.end_acting").count() == 1
    assert looking.post("/acting/stop/").status_code == 404


def test_looking_ends_by_itself(looking, monkeypatch):
    later = clock.now() + acting.LASTS + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    page = looking.get("/gigs/")

    assert BAR not in page.text
    assert AuditEntry.objects.get(verb="accounts.end_acting").reason


def test_looking_ends_when_the_right_to_it_does(looking):
    Group.objects.get(name="support").user_set.clear()

    assert BAR not in looking.get("/gigs/").text


def test_every_form_is_refused_and_logged(looking):
    order = an_order(buyer=looking.person, status=OrderStatus.DELIVERED)
    tried = [
        f"/orders/{order.pk}/accept/",
        "/settings/profile/",
        "/wallet/withdraw/",
        "/accounts/logout/",
        f"/messages/{Conversation.objects.get().pk}/send/",
    ]

    codes = {path: looking.post(path, {"body": "x"}).status_code for path in tried}

    assert set(codes.values()) == {403}, codes
    order.refresh_from_db()
    assert order.status == OrderStatus.DELIVERED
    noted = AuditEntry.objects.filter(verb="accounts.refused_while_acting")
    assert {entry.after["tried"] for entry in noted} == {
        f"POST {path}" for path in tried
    }


def test_what_scripts_send_by_themselves_is_refused_without_a_line(looking):
    assert looking.post("/messages/listen/").status_code == 403
    assert not AuditEntry.objects.filter(verb="accounts.refused_while_acting").exists()


@pytest.mark.parametrize(
    "path",
    [
        "/messages/",
        "/notifications/",
        "/settings/security/",
        "/settings/privacy/",
        "/accounts/password/change/",
        "/admin/",
        "/wallet/withdraw/",
    ],
)
def test_private_words_security_and_money_stay_closed(looking, path):
    answer = looking.get(path)

    assert answer.status_code == 403
    assert "You only look" in answer.text


def test_the_json_api_does_not_take_them_for_the_person(looking):
    assert looking.get("/api/openapi.json").status_code == 403


def test_a_file_and_a_payment_stay_closed_too(looking):
    order = an_order(buyer=looking.person)

    assert looking.get(f"/orders/{order.pk}/pay/").status_code == 403
    assert looking.get(f"/orders/{order.pk}/").status_code == 200


def test_the_words_of_an_order_s_two_people_stay_closed_on_its_page(looking):
    order = an_order(buyer=looking.person, status=OrderStatus.DELIVERED)
    a_message(Conversation.objects.get(), order.seller, body="Between you and me.")

    page = looking.get(f"/orders/{order.pk}/")

    assert page.status_code == 200
    assert "Between you and me." not in page.text
    assert "What these two write to each other is not shown." in page.text


def test_keys_cards_and_statements_stay_closed(looking):
    paths = [
        "/settings/api/",
        f"/settings/cards/add/{a_card_setup(looking.person).pk}/",
        "/wallet/statement.csv",
        "/wallet/statement.pdf",
    ]

    assert {path: looking.get(path).status_code for path in paths} == dict.fromkeys(
        paths, 403
    )


def test_looking_at_a_gig_is_no_look_of_the_persons(looking):
    gig = a_gig()

    looking.get(f"/gigs/{gig.slug}/", headers={"User-Agent": "Firefox"})

    assert not GigDay.objects.exists()
    assert "recent_gigs" not in looking.session


def test_the_closed_pages_exist():
    names = set(dict(_views(get_resolver().url_patterns)))

    assert names >= acting.CLOSED | acting.OPEN | acting.SENT_BY_SCRIPTS


@pytest.mark.parametrize(
    "target",
    [
        {"is_staff": True},
        {"is_superuser": True},
        {"standing": "suspended"},
    ],
)
def test_nobody_looks_as_staff_or_as_somebody_who_is_out(target):
    with pytest.raises(NotAllowed):
        actions.start_acting(
            user_id=a_user(**target).pk,
            actor=one_of("support"),
            reason="Curious.",
            now=NOON,
        )


@pytest.mark.parametrize(
    ("role", "may"),
    [("support", True), ("admin", True), ("moderator", False), ("finance", False)],
)
def test_only_some_roles_look_as_others(as_user, role, may):
    person, browser = a_user(), as_user(one_of(role))
    prove(browser)

    answer = browser.post(LOOK.format(person.pk), {"reason": "To help."})

    assert answer.status_code == (302 if may else 403)
    assert (BAR in browser.get("/gigs/").text) == may


def test_looking_needs_a_fresh_login_and_a_reason(as_user, support):
    person = a_user()

    stale = as_user(one_of("support")).post(LOOK.format(person.pk), {"reason": "x"})

    assert stale.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert support.post(LOOK.format(person.pk), {"reason": " "}).status_code == 422


def test_what_can_be_looked_at_is_a_list(as_user):
    """A page that is new fails here until somebody has decided whether staff may see it."""
    world, open_pages = build_world(), set()
    for person in (world.buyer, world.seller):
        browser = as_user(one_of("support"))
        prove(browser)
        browser.post(LOOK.format(person.pk), {"reason": "To help."})
        open_pages |= {
            name
            for name in site_routes()
            if browser.get(world.address(name)).status_code not in {403, 404, 405}
        }

    assert open_pages == OPEN_PAGES
