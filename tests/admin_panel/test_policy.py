"""Changing the rules: typed, checked, on record, for new orders only."""

import pytest
from django.contrib.auth.models import Group

from gigstream.core.errors import Stale
from gigstream.core.models import AuditEntry, PlatformSetting, Policy
from gigstream.core.policy import change_policy
from tests.accounts.codes import prove
from tests.factories import NOON, a_finance, a_gig, a_user, an_order

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
    rules = {**Policy().model_dump(), "seen_version": 0, "reason": "A new year."}
    return {**rules, **changed}


def test_new_rules_are_for_new_orders(admin):
    gig = a_gig()
    before = an_order(gig=gig)

    answer = admin.post(PAGE, said(commission_bps=1500), follow=True)

    assert "New orders follow the new rules." in answer.content.decode()
    after = an_order(gig=gig)
    assert (before.commission, after.commission) == (0, 15_00)
    assert before.terms["policy"]["commission_bps"] == 0
    entry = AuditEntry.objects.get(verb="core.change_policy")
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
    PlatformSetting.objects.create(version=1, values=Policy().model_dump())
    taken = PlatformSetting(version=1, values={})
    monkeypatch.setattr(PlatformSetting, "following", lambda _current, _policy: taken)

    with pytest.raises(Stale):
        change_policy(
            policy=Policy(commission_bps=1),
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
