"""Changing the settings: typed, checked, on record; the rules for new orders only."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import get_resolver

from admin_panel.preview import TIMERS, preview
from gigstream.core import clock, context, site
from gigstream.core.context import key_of
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.middleware import STAY_OPEN
from gigstream.core.models import AuditEntry, PlatformSetting, Policy, Settings
from gigstream.core.policy import SettingsPatch, change_settings
from messaging.links import leave_link
from messaging.models import Subscriber
from orders.models import Order
from orders.status import OrderStatus
from tests.accounts.codes import prove
from tests.accounts.people import join
from tests.factories import NOON, a_finance, a_gig, a_user, an_order
from tests.test_architecture import _views

pytestmark = pytest.mark.django_db

PAGE = "/admin/core/platformsetting/add/"


@pytest.fixture
def admin(as_user):
    person = a_user(is_staff=True)
    person.groups.add(Group.objects.get(name="admin"))
    browser = as_user(person)
    prove(browser)
    return browser


def said(**changed):
    # As a browser sends it: a box that is not ticked says nothing.
    held = {
        name: value
        for name, value in Settings().model_dump().items()
        if value is not None and value is not False
    }
    return {**held, "seen_version": 0, "reason": "A new year.", **changed}


def test_new_rules_are_for_new_orders(admin):
    gig = a_gig()
    before = an_order(gig=gig)

    answer = admin.post(PAGE, said(commission_bps=1500), follow=True)

    assert "New orders follow the new rules." in answer.content.decode()
    after = an_order(gig=gig)
    assert (before.commission, after.commission) == (0, 15_00)
    assert before.terms["policy"]["commission_bps"] == 0
    entry = AuditEntry.objects.get(verb="core.change_settings")
    assert (entry.before, entry.after) == (
        {"commission_bps": 0},
        {"commission_bps": 1500},
    )
    assert entry.reason == "A new year."


@pytest.mark.parametrize(
    "changed",
    [
        {"commission_bps": 5001},
        {"service_fee_bps": -1},
        {"clearance_days": "soon"},
        {"review_window_days": ""},
        {"currency": "xxx"},
        {"reason": " "},
        {"site_name": ""},
        {"announcement": "x" * 301},
        {"announcement_level": "shout"},
        {
            "announcement_from": "2026-03-02T12:00",
            "announcement_until": "2026-03-01T12:00",
        },
        {},
    ],
)
def test_what_the_rules_do_not_allow_is_explained(admin, changed):
    answer = admin.post(PAGE, said(**changed))

    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert not PlatformSetting.objects.exists()


def test_two_who_change_the_rules_at_once_do_not_overwrite_each_other(admin):
    codes = [
        admin.post(PAGE, said(commission_bps=bps)).status_code for bps in (1000, 2000)
    ]

    assert codes == [302, 409]
    assert PlatformSetting.objects.in_force().commission_bps == 1000


def test_the_database_decides_a_tie(monkeypatch):
    PlatformSetting.objects.create(version=1, values={})
    taken = PlatformSetting(version=1, values={})
    monkeypatch.setattr(PlatformSetting, "following", lambda _version, _new: taken)

    with pytest.raises(Stale):
        change_settings(
            changes={"commission_bps": 1},
            seen_version=1,
            actor=a_user(is_superuser=True),
            reason="Me too.",
            now=NOON,
        )


def test_finance_may_read_the_rules_and_not_change_them(as_user):
    browser = as_user(a_finance())
    prove(browser)

    assert browser.get("/admin/core/platformsetting/").status_code == 200
    assert browser.post(PAGE, said(commission_bps=1)).status_code == 403


def test_every_change_says_what_was_before(admin):
    admin.post(PAGE, said(commission_bps=1000))
    admin.post(PAGE, said(commission_bps=1500, seen_version=1, site_name="Gigs & Co"))

    page = admin.get("/admin/core/platformsetting/").text

    assert "Commission, in basis points: 0 (0 %) → 1000 (10 %)" in page
    assert "Commission, in basis points: 1000 (10 %) → 1500 (15 %)" in page
    assert "Name: GigStream → Gigs &amp; Co" in page


def test_who_works_with_money_reads_what_is_in_force_before_anybody_changed_it(as_user):
    page = as_user(a_finance()).get("/admin/core/platformsetting/").text

    for label, value in [
        ("Service fee, in basis points", "1000 (10 %)"),
        ("Least, in minor units", "2000 ($20.00)"),
        ("Days until earnings clear", "7"),
        ("Currency", "USD"),
    ]:
        assert f'<th scope="row">{label}</th><td>{value}</td>' in page
    assert "<caption>Withdrawals</caption>" in page


def test_a_number_in_small_units_is_said_in_large_ones_beside_it(admin):
    page = admin.get(PAGE).text

    assert "Paid by the buyer. Between 0 and 5000. Now: 1000 (10 %)." in page
    assert "Now: 2000 ($20.00)." in page
    assert "Now: 7" not in page


def change(**changes):
    version, _now = PlatformSetting.objects.newest()
    return change_settings(
        changes=changes,
        seen_version=version,
        actor=a_user(is_superuser=True),
        reason="Because.",
        now=NOON,
    )


@pytest.mark.parametrize(
    "changes", [{"commission_bps": 9999}, {"nonsense": 1}, {"currency": None}]
)
def test_a_program_is_told_which_setting_is_wrong(changes):
    with pytest.raises(NotAllowed, match=next(iter(changes))):
        change(**changes)

    assert set(SettingsPatch.model_fields) == set(Settings.model_fields)


def test_the_name_of_the_site_is_everywhere_at_once(client):
    change(site_name="Gigs & Co")

    page = client.get("/about/").text

    assert "| Gigs &amp; Co</title>" in page
    assert "GigStream home" not in page


def test_orders_freeze_the_rules_and_nothing_else(client):
    change(site_name="Gigs & Co", commission_bps=500)

    assert set(an_order().terms["policy"]) == set(Policy.model_fields)
    assert client.get(a_gig().get_absolute_url()).status_code == 200


# --- Maintenance ------------------------------------------------------------------


def test_while_the_site_is_closed_only_staff_and_machines_get_in(client, as_user):
    change(maintenance=True, maintenance_text="Back at noon.")
    staff, buyer = as_user(a_finance()), as_user(a_user())

    answer = client.get("/gigs/")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "600")
    assert "Back at noon." in answer.text
    assert buyer.get("/orders/").status_code == 503
    told = client.get("/api/gigs")
    assert (told.status_code, told.headers["Retry-After"]) == (503, "600")
    assert (told.json()["code"], told.json()["detail"]) == (
        "maintenance",
        "Back at noon.",
    )
    assert client.get("/healthz").status_code == 200
    assert client.get("/accounts/login/").status_code == 200
    assert client.post("/api/webhooks/stripe").status_code == 400
    subscriber = Subscriber.objects.create(email="ann@example.com", asked_at=NOON)
    assert client.post(leave_link(subscriber.pk)).status_code == 200
    assert not Subscriber.objects.exists()
    assert staff.get("/gigs/").status_code == 200
    change(maintenance=False)
    assert client.get("/gigs/").status_code == 200


def test_what_stays_open_exists():
    names = set(dict(_views(get_resolver().url_patterns)))

    assert names >= STAY_OPEN


def test_a_new_name_is_on_every_page_at_once(client):
    for name in ("市場", "商店"):
        change(site_name=name)
        page = client.get("/about/").text

    assert "商店" in page
    assert "市場" not in page


def test_mails_bear_the_name_of_the_day(client, run_tasks, mailoutbox):
    change(site_name="Marktplatz")

    page = client.get("/accounts/signup/").text
    join(client)
    run_tasks()

    texts = [mailoutbox[0].body, mailoutbox[0].alternatives[0].content]
    assert "Join Marktplatz" in page
    assert all("welcome to Marktplatz" in text for text in texts)
    assert not any("gigstream" in text.lower() for text in texts)


# --- Announcement -----------------------------------------------------------------


def test_an_announcement_is_on_every_page_until_it_is_closed(client):
    change(announcement="We move <house>.", announcement_level="warning")

    page = client.get("/about/").text
    key = re.search(r'name="key" value="(\w+)"', page)[1]
    client.post(
        "/announcement/close/",
        {"key": key, "next": "/help/"},
        headers={"origin": "http://testserver"},
    )

    assert "We move &lt;house&gt;." in page
    assert "We move" not in client.get("/about/").text
    change(announcement="We have moved.")
    assert "We have moved." in client.get("/about/").text


@pytest.mark.parametrize("back", ["home", "a b", "?page=2", "//evil.example"])
def test_an_announcement_is_closed_wherever_one_says_to_be(client, back):
    said = {"key": "0" * 16, "next": back}

    answer = client.post(
        "/announcement/close/", said, headers={"origin": "http://testserver"}
    )

    assert answer.url == "/"


def test_an_announcement_has_its_time(client, monkeypatch):
    change(
        announcement="Tonight.",
        announcement_from=NOON,
        announcement_until=NOON + timedelta(hours=2),
    )

    shown = [
        Settings(**PlatformSetting.objects.newest()[1].model_dump()).site.announces(
            at=NOON + timedelta(hours=hours)
        )
        for hours in (-1, 0, 2)
    ]

    assert shown == [False, True, False]


def test_one_that_cannot_be_closed_stays(client):
    change(announcement="Read this.", announcement_dismissible=False)
    client.cookies["announcement"] = key_of(site.current())

    page = client.get("/about/").text

    assert "Read this." in page
    assert "/announcement/close/" not in page


def test_pages_ask_for_the_settings_once_in_a_while(rf, django_assert_num_queries):
    change(announcement="Hello.")
    context.site(rf.get("/"))

    with django_assert_num_queries(0):
        shown = context.site(rf.get("/"))

    assert shown["announcement"]["text"] == "Hello."


# --- What a change would have done ----------------------------------------------------


def preview_of(admin, **changed):
    return admin.post(PAGE, said(preview="Preview", reason="", **changed))


def test_a_preview_computes_the_fees_of_the_last_orders_anew(admin):
    gig = a_gig()
    paid = an_order(gig=gig, status=OrderStatus.COMPLETED)
    an_order(gig=gig)  # never paid
    Order.objects.update(placed_at=clock.now())

    answer = preview_of(admin, service_fee_bps=500, commission_bps=2000)

    assert answer.status_code == 200
    (money,) = answer.context_data["preview"].money
    assert (money.payments, money.fees, money.commission) == (1, paid.fee, 0)
    assert (money.new_fees, money.new_commission) == (5_00, 20_00)
    assert money.gain == 25_00 - paid.fee
    assert not PlatformSetting.objects.exists()
    assert "Service fee, in basis points" in answer.text


def test_a_preview_lists_the_orders_that_a_timer_touches(admin):
    slow = an_order(status=OrderStatus.COMPLETED)
    Order.objects.filter(pk=slow.pk).update(
        placed_at=clock.now() - timedelta(days=10),
        paid_at=clock.now() - timedelta(days=10) + timedelta(minutes=45),
        delivered_at=clock.now() - timedelta(days=5),
        completed_at=clock.now() - timedelta(days=3),
    )

    answer = preview_of(
        admin, unpaid_expires_minutes=30, review_window_days=1, clearance_days=9
    )

    timers = {each.name: each for each in answer.context_data["preview"].timers}
    assert {name: each.count for name, each in timers.items()} == {
        "unpaid_expires_minutes": 1,
        "review_window_days": 1,
        "clearance_days": 1,
    }
    assert timers["review_window_days"].orders == [slow]
    assert str(slow) in answer.text


@pytest.mark.parametrize("name", TIMERS)
def test_every_timer_can_be_looked_at(name):
    an_order(status=OrderStatus.DELIVERED)
    new = Settings(**{name: 1 + getattr(Settings(), name)})

    found = preview(Settings(), new, now=clock.now())

    assert [each.name for each in found.timers] == [name]


def test_a_preview_costs_the_same_however_old_the_site(admin, monkeypatch):
    monkeypatch.setattr("admin_panel.preview.MOST", 2)
    for _ in range(3):
        an_order(status=OrderStatus.COMPLETED)
    Order.objects.update(placed_at=clock.now())

    found = preview(Settings(), Settings(service_fee_bps=1), now=clock.now())

    assert (found.looked_at, found.is_all, found.money[0].payments) == (2, False, 2)
