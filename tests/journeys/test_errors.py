"""Errors as somebody in a browser meets them: words, a search that works, and a way back."""

from playwright.sync_api import expect


def log_in_as(page, role):
    page.goto("/")
    page.get_by_role("button", name=f"{role}: log in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")


def test_an_unknown_address_leads_on_to_a_search(site, person):
    page = person()

    answer = page.goto("/there-is-no-such-page/")
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "We cannot find that page"
    )
    page.get_by_role("searchbox").fill("logo")
    page.get_by_role("button", name="Search").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “logo”")
    expect(page.locator(".gig-link").first).to_be_visible()


def test_a_form_from_before_a_login_elsewhere_asks_to_be_sent_again(site, person):
    page = person()
    page.goto("/accounts/login/")
    page.context.clear_cookies()

    page.get_by_label("E-mail").fill("buyer@example.com")
    page.get_by_label("Password", exact=True).fill("gigstream-demo")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please send that again")
    page.get_by_role("link", name="Back to the form").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_whose_session_ended_comes_back_to_what_they_had_typed(site, person):
    page = person()
    log_in_as(page, "Buyer")
    # Other journeys may have done with what was on the dashboard.
    page.goto("/orders/?side=buying&q=geometric+logo")
    page.get_by_role("link", name="geometric logo").first.click()
    page.get_by_role("textbox", name="Message").fill("Could it be a little bolder?")
    order = page.url
    session = [
        cookie for cookie in page.context.cookies() if cookie["name"] != "sessionid"
    ]
    page.context.clear_cookies()
    page.context.add_cookies(session)

    page.get_by_role("button", name="Send").click()
    # Other pages have a field for an e-mail address, too: at their foot.
    page.wait_for_url("**/accounts/login/**")
    page.get_by_label("E-mail").fill("buyer@example.com")
    page.get_by_label("Password", exact=True).fill("gigstream-demo")
    page.get_by_role("button", name="Log in", exact=True).click()

    page.wait_for_url(order)
    expect(page.get_by_role("textbox", name="Message")).to_have_value(
        "Could it be a little bolder?"
    )
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Could it be a little bolder?").last).to_be_visible()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("")
    page.reload()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("")


def test_the_keyboard_finds_the_search_and_the_list_of_shortcuts(site, person):
    page = person()
    page.goto("/gigs/")

    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("search").locator("input[name=q]").first).to_be_focused()
    page.keyboard.type("g?h")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_hidden()
    page.locator("body").click(position={"x": 2, "y": 300})
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("/")


def test_without_a_network_the_page_says_so(site, person):
    page = person()
    page.goto("/gigs/")
    banner = page.get_by_text("You are offline")
    expect(banner).to_be_hidden()

    page.context.set_offline(True)
    expect(banner).to_be_visible()
    page.context.set_offline(False)
    expect(banner).to_be_hidden()


def test_somebody_elses_order_does_not_exist(site, person):
    buyer, seller = person(), person()
    log_in_as(buyer, "Buyer")
    log_in_as(seller, "Seller")
    buyer.get_by_role("link", name="Django").first.click()
    buyer.wait_for_url("**/orders/*/")

    answer = seller.goto(buyer.url)

    assert answer.status == 404
    expect(seller.get_by_role("heading", level=1)).to_have_text(
        "We cannot find that page"
    )
    assert "Django" not in seller.content()
