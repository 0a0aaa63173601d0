import pytest

from admin_panel import figures
from gigstream.core.models import PlatformSetting
from orders.status import OrderStatus
from tests.factories import NOON, a_finance, a_review, a_user, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return a_user(is_staff=True, is_superuser=True)


def test_revenue_is_what_the_ledger_has(program, admin, at):
    phone = program(admin)
    an_order(status=OrderStatus.COMPLETED)

    with at(NOON):
        figures.keep_up(NOON)
        days = phone.get("/api/admin/analytics/revenue").json()
        months = phone.get("/api/admin/analytics/revenue", period="12m").json()[
            "points"
        ]

    assert (len(days["points"]), len(months)) == (30, 12)
    earned = {"gross": 110_00, "fees": 10_00, "refunds": 0, "net": 10_00}
    assert days["points"][-1] == {"day": "2026-03-02", "sums": earned}
    assert (days["total"], days["before"]["gross"]) == (earned, 0)
    assert (months[-1]["day"], months[-1]["sums"]) == ("2026-03-01", earned)


def test_rules_are_changed_for_a_reason_and_on_record(program, admin):
    phone = program(admin)
    told = phone.get("/api/admin/settings").json()
    wanted = {"settings": {"serviceFeeBps": 1200}, "version": 0, "reason": "Costs."}

    changed = phone.patch("/api/admin/settings", wanted)
    stale = phone.patch("/api/admin/settings", wanted)
    absurd = {"settings": {"serviceFeeBps": 10**6}, "version": 1, "reason": "Greed."}

    assert (told["version"], told["settings"]["serviceFeeBps"]) == (0, 1000)
    assert changed.json()["settings"]["serviceFeeBps"] == 1200
    assert PlatformSetting.objects.in_force().service_fee_bps == 1200
    assert stale.status_code == 409
    assert phone.patch("/api/admin/settings", absurd).status_code == 422


def test_staff_do_what_their_role_says_and_with_a_second_factor(
    program, admin, settings
):
    finance, member = program(a_finance()), program(admin)
    review = a_review()
    address = f"/api/reviews/{review.pk}?reason=Insults."

    assert finance.get("/api/admin/analytics/revenue").status_code == 200
    assert finance.delete(address).status_code == 403
    settings.STAFF_NEEDS_MFA = True
    assert member.delete(address).status_code == 403
    settings.STAFF_NEEDS_MFA = False
    assert member.delete(address).status_code == 204
    review.refresh_from_db()
    assert review.removal_reason == "Insults."
