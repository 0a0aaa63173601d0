"""A gig's page, as somebody reads it who may buy: pictures, packages, extras, the price."""

import re

from playwright.sync_api import expect

GIG = "/gigs/i-will-design-a-timeless-geometric-logo-for-your-startup/"


def shows(page, number):
    thumb = page.get_by_role("link", name=f"Picture {number} of 3")
    expect(thumb).to_have_attribute("aria-current", "true")


def test_somebody_leafs_through_the_pictures_adds_an_extra_and_goes_on(person):
    page = person(
        reduced_motion="reduce", permissions=["clipboard-read", "clipboard-write"]
    )
    page.goto(GIG)

    gallery = page.get_by_role("region", name="Gallery")
    gallery.hover()
    gallery.get_by_role("button", name="Next picture").click()
    shows(page, 2)
    gallery.get_by_role("link", name="Picture 3 of 3").press("Enter")
    shows(page, 3)
    page.keyboard.press("ArrowRight")
    shows(page, 1)
    gallery.locator("[data-zoom]").first.click()
    zoomed = page.get_by_role("dialog", name="Gallery")
    expect(zoomed.get_by_role("status")).to_have_text("1 / 3")
    page.keyboard.press("ArrowLeft")
    expect(zoomed.get_by_role("status")).to_have_text("3 / 3")
    page.keyboard.press("Escape")
    expect(zoomed).to_be_hidden()

    packages = page.get_by_role("complementary", name="Packages")
    total = packages.locator("[data-total]:visible")
    expect(total).to_have_text("$132.00")
    due = packages.locator("[data-due-of]:visible").inner_text()
    packages.get_by_label("Editable source files").check()
    expect(total).to_have_text("$176.00")
    expect(packages.get_by_text("5 days", exact=True)).to_be_visible()
    assert packages.locator("[data-due-of]:visible").inner_text() != due
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(GIG)

    packages.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile(r"/checkout/.*package%3Dbasic%26extra%3D"))
    assert page.complaints == []


def test_without_javascript_nothing_of_a_gig_is_missing_on_a_phone(person):
    page = person(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page.goto(GIG)

    page.get_by_role("link", name="Picture 2 of 3").click()
    expect(page.locator("#picture-2 img")).to_be_in_viewport()
    page.get_by_text("Premium", exact=True).first.click()
    expect(page.locator("#gigs-packages [data-total]:visible")).to_have_text("$616.00")
    expect(page.locator("#gigs-price-bar [data-total]:visible")).to_have_text("$616.00")
    page.get_by_role("button", name="Continue").last.click()

    expect(page).to_have_url(re.compile("/accounts/login/.*package%3Dpremium"))
