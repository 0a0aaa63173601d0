"""The site in German, as the browser asks for it: from the home page to the checkout."""

import re

from playwright.sync_api import expect


def test_a_german_orders_in_german_and_then_reads_english(site, person):
    page = person(locale="de-DE")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Gute Arbeit, von Leuten mit Namen."
    )

    page.goto("/accounts/login/")
    page.get_by_label("E-Mail").first.fill("buyer@example.com")
    page.get_by_label("Passwort", exact=True).fill("falsch")
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("Passwort")
    page.get_by_label("Passwort", exact=True).fill("gigstream-demo")
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hallo")

    page.goto("/gigs/?max=200")
    # A dollar stands behind its amount, and a comma before the cents.
    expect(page.locator(".gig-foot").first).to_contain_text(re.compile(r"\d\s\$"))
    page.locator(".gig-link").first.click()
    page.get_by_role("button", name="Weiter").first.click()
    expect(page.get_by_role("button", name="Weiter zur Zahlung")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Servicegebühr")

    page.goto("/settings/appearance/")
    page.get_by_label("Sprache").select_option(label="English")
    page.get_by_role("button", name="Speichern").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.complaints == []
