"""The site in German: what a browser asks for, from the home page to a paid order."""

import re

from playwright.sync_api import expect


def test_a_german_buys_in_german_and_then_reads_english(site, person):
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
    for field in page.locator("main form textarea:visible").all():
        field.fill("Blau, bitte.")
    page.get_by_role("button", name="Weiter zur Zahlung").click()
    pay = page.get_by_role("button", name=re.compile(r"^\d+,\d\d\s\$ bezahlen$"))
    expect(pay).to_be_visible()
    page.get_by_label("Card number").fill("4242424242424242")
    page.get_by_label("Expiry").fill("12 / 40")
    page.get_by_label("CVC").fill("123")
    pay.click()
    expect(
        page.get_by_role("heading", name=re.compile("arbeitet daran"))
    ).to_be_visible()

    page.goto("/settings/appearance/")
    page.get_by_label("Sprache").select_option(label="English")
    page.get_by_role("button", name="Speichern").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.complaints == []
