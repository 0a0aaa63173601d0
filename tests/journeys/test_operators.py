"""What each role of the staff does from the admin: people, looking as somebody, settings."""

import re

from playwright.sync_api import expect

from tests.journeys.test_withdraw import log_in

# Said by the browser of pages that are refused or closed on purpose.
ON_PURPOSE = re.compile(r"status of (403|503)")


def complaints(page):
    return [each for each in page.complaints if not ON_PURPOSE.search(each)]


def open_person(page, name):
    page.goto(f"/admin/accounts/user/?q={name}")
    page.locator("#result_list tbody").get_by_role("link").first.click()
    expect(page.locator("#content")).to_contain_text(name)


def decide(page, verb, **said):
    page.get_by_role("link", name=verb, exact=True).click()
    for label, text in said.items():
        page.get_by_label(label.capitalize()).fill(text)
    page.get_by_role("button", name=verb, exact=True).click()


def save_settings(page, reason, **said):
    page.goto("/admin/core/platformsetting/add/")
    for name, value in said.items():
        field = page.locator(f"[name={name}]")
        if isinstance(value, bool):
            field.set_checked(value)
        else:
            field.fill(value)
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. New orders follow the new rules.")).to_be_visible()


def test_support_knows_a_buyer_and_sees_what_they_see(site, person):
    support = person()
    log_in(support, "support@example.com")
    open_person(support, "buyer@example.com")
    expect(support.get_by_text("Payments as a buyer")).to_be_visible()
    decide(support, "Add a note", note="Called about a delivery.")
    expect(support.get_by_text("Called about a delivery.")).to_be_visible()

    decide(support, "Look as this person", reason="Cannot find an order.")
    support.wait_for_url("**/dashboard/**")
    bar = support.get_by_role("complementary", name="Looking as somebody else")
    expect(bar).to_contain_text("buyer@example.com")
    support.goto("/settings/profile/")
    support.get_by_role("main").get_by_role("button", name="Save").first.click()
    expect(support.get_by_role("heading", level=1)).to_have_text("You only look")
    support.goto("/messages/")
    expect(support.get_by_role("heading", level=1)).to_have_text("You only look")

    support.get_by_role("button", name="Stop looking").click()
    expect(support.get_by_text("Called about a delivery.")).to_be_visible()
    assert complaints(support) == []


def test_a_moderator_keeps_somebody_out_and_lets_them_in(site, person):
    moderator, buyer = person(), person()
    log_in(buyer, "rosa.jimenez@example.com")
    log_in(moderator, "moderator@example.com")

    open_person(moderator, "rosa.jimenez@example.com")
    expect(moderator.get_by_text("Payments as a buyer")).to_have_count(0)
    decide(moderator, "Suspend", reason="Spam.")
    buyer.goto("/dashboard/")
    expect(buyer).to_have_url(re.compile("/accounts/login/"))

    decide(moderator, "Reinstate", reason="A mistake.")
    log_in(buyer, "rosa.jimenez@example.com")
    assert complaints(moderator) == []


def test_finance_reads_the_settings_and_changes_none(site, person):
    finance = person()
    log_in(finance, "finance@example.com")
    finance.goto("/admin/core/platformsetting/")
    expect(finance.get_by_role("link", name="Add version of the rules")).to_have_count(
        0
    )

    refused = finance.goto("/admin/core/platformsetting/add/")

    assert refused.status == 403
    assert complaints(finance) == []


def test_an_admin_looks_before_saving_announces_and_closes_the_site(site, person):
    admin, visitor = person(), person()
    log_in(admin, "admin@example.com")
    admin.goto("/admin/core/platformsetting/add/")
    admin.locator("[name=service_fee_bps]").fill("1200")
    admin.locator("[name=review_window_days]").fill("2")
    admin.get_by_role("button", name="Preview").click()
    shown = admin.locator("#preview")
    expect(shown).to_contain_text("Service fee, in basis points")
    expect(shown).to_contain_text("What it would have done in the last 90 days")
    expect(shown).to_contain_text("Days to look at a delivery: 3 → 2")

    save_settings(admin, "News.", announcement="We are closed on Sunday.")
    visitor.goto("/")
    expect(visitor.get_by_text("We are closed on Sunday.")).to_be_visible()
    visitor.get_by_role("button", name="Close the announcement").click()
    expect(visitor.get_by_text("We are closed on Sunday.")).to_have_count(0)

    save_settings(
        admin, "Work.", announcement="", maintenance=True, maintenance_text="Back soon."
    )
    assert visitor.goto("/gigs/").status == 503
    expect(visitor.get_by_text("Back soon.")).to_be_visible()
    assert admin.goto("/gigs/").status == 200
    save_settings(admin, "Done.", maintenance=False, maintenance_text="")
    assert visitor.goto("/gigs/").status == 200
    admin.goto("/admin/core/platformsetting/")
    expect(admin.locator("#result_list")).to_contain_text("on → off")
    assert complaints(admin) == complaints(visitor) == []
