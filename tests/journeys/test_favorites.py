"""A heart that a visitor presses survives the login; one that was pressed by mistake is undone."""

from playwright.sync_api import expect

PHONE = {"width": 390, "height": 844}


def test_a_visitors_favourite_is_there_after_the_login(site, person):
    page = person(viewport=PHONE)
    page.goto("/gigs/?sort=price")
    heart = page.locator("[data-heart]").nth(2)
    gig = heart.get_attribute("data-heart")

    heart.click()
    # The market has a field for an e-mail address, too: at its foot.
    page.wait_for_url("**/accounts/login/**")
    page.get_by_label("E-mail").fill("seller@example.com")
    page.get_by_label("Password").fill("gigstream-demo")
    page.get_by_role("button", name="Log in", exact=True).click()

    page.wait_for_url(lambda url: url.endswith("/gigs/?sort=price"))
    heart = page.locator(f"[data-heart='{gig}']")
    expect(heart).to_have_attribute("aria-pressed", "true")
    page.goto("/favorites/")
    expect(heart).to_have_attribute("aria-pressed", "true")

    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Undo").click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(heart).to_be_focused()
    page.reload()
    expect(heart).to_have_attribute("aria-pressed", "true")
    assert page.complaints == []
