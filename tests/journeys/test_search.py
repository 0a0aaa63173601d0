"""A stranger looks for something, mistypes it, narrows it, turns the page, and goes back."""

import re

from playwright.sync_api import expect


def test_a_stranger_finds_something_and_gets_back_to_it(site, person):
    site.command("jobs", "--now")
    page = person()
    page.goto("/gigs/")
    field = page.get_by_role("search").get_by_label("Search").first

    field.click()
    field.press_sequentially("lo")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    expect(options.first).to_be_hidden()

    field.fill("lgoo")
    field.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “logo”")
    expect(page.get_by_text("Nothing was found for “lgoo”")).to_be_visible()

    page.get_by_role("link", name="Clear all").last.click()
    page.get_by_label("Max").fill("150")
    page.get_by_label("Max").press("Tab")
    expect(page).to_have_url(re.compile(r"/gigs/\?max=150$"))
    page.get_by_role("radio", name=re.compile("^Up to 7 days")).check()
    expect(page).to_have_url(re.compile(r"max=150&delivery=7$"))
    expect(page.get_by_role("link", name=re.compile("Up to .150"))).to_be_visible()
    page.get_by_label("Sort by").select_option("price")
    expect(page).to_have_url(re.compile(r"sort=price$"))
    first = page.locator(".gig-link").first
    title = first.inner_text()

    first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.go_back()
    expect(page).to_have_url(re.compile(r"max=150&delivery=7&sort=price$"))
    expect(page.locator(".gig-link").first).to_have_text(title)
    page.go_back()
    expect(page).to_have_url(re.compile(r"max=150&delivery=7$"))
    expect(page.get_by_role("radio", name=re.compile("^Up to 7 days"))).to_be_checked()
    assert page.complaints == []
