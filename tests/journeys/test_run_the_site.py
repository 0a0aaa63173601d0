"""An operator looks at the overview, has something mended, and lets time pass."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Site
from tests.journeys.test_withdraw import log_in


@pytest.fixture
def site(tmp_path, django_db_blocker):
    """A site of its own: its clock will be days ahead."""
    with django_db_blocker.unblock():
        running = Site(tmp_path)
    running.start()
    yield running
    running.stop()


def test_an_operator_mends_a_job_and_moves_time_until_an_order_is_accepted(
    site, person
):
    admin = person()
    log_in(admin, "admin@example.com")

    admin.goto("/admin/")
    expect(admin.get_by_role("heading", name="Needs you")).to_be_visible()
    admin.get_by_role("link", name="12 months").click()
    expect(admin.get_by_role("link", name="12 months")).to_have_attribute(
        "aria-current", "true"
    )

    side = admin.get_by_role("navigation", name="Admin")
    side.get_by_role("link", name="Health").click()
    job = admin.get_by_role("row").filter(has_text="admin_panel.tasks.keep_figures")
    job.get_by_role("button", name="Run now").click()
    expect(admin.get_by_text("A worker sees to it now")).to_be_visible()

    delivered = "/admin/orders/order/?status__exact=delivered"
    admin.goto(delivered)
    order = admin.locator("#result_list tbody tr").first.get_by_role("link").first
    reference = order.inner_text()
    side.get_by_role("link", name="Business clock").click()
    expect(admin.get_by_text("Orders accepted by themselves").first).to_be_visible()
    for _ in range(4):
        admin.get_by_role("button", name="Forward 1 day").click()
        expect(admin.get_by_text("Time has moved on by 1 day")).to_be_visible()

    for _ in range(40):
        admin.goto("/admin/orders/order/?status__exact=completed")
        if admin.get_by_role("link", name=reference).count():
            break
        admin.wait_for_timeout(500)
    expect(admin.get_by_role("link", name=reference)).to_be_visible()
    assert admin.complaints == []
