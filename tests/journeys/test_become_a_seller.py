"""Somebody begins to sell, shows a face, and goes on vacation, which a buyer notices."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.journeys.test_buy_a_gig import (
    join,
    publish_a_gig,
    start_selling,
)

# By the clock of the site, for a seller near Greenwich: no test is run at midnight.
TODAY = datetime.now(UTC).date()
TITLE = "I will letter the door of your café"


def heading(page):
    return page.get_by_role("heading", level=1)


def fill_in_the_profile(page, picture):
    page.goto("/settings/profile/")
    page.set_input_files("input[type=file]", picture)
    page.locator("summary", has_text="Choose the part to keep").click()
    page.get_by_label("from the left, in percent").fill("0")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("button", name="Remove the picture")).to_be_visible()

    # A field that is left is judged at once; the focus stays where it went.
    page.get_by_label("Headline").fill("")
    page.get_by_label("City").focus()
    expect(page.get_by_text("say what you do")).to_be_visible()
    expect(page.get_by_label("City")).to_be_focused()
    page.get_by_label("Headline").fill("Lettering for doors 🖌")
    page.get_by_label("City").focus()
    expect(page.get_by_text("say what you do")).to_have_count(0)

    page.get_by_label("City").fill("Lund")
    page.get_by_label("Country").select_option(label="Sweden")
    page.get_by_label("Swedish").check()
    page.get_by_label("Skills").fill("Lettering, gilding")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def test_somebody_begins_to_sell_and_goes_away(site, person, picture):
    seller, buyer = person(), person()
    join(seller, site, name="Ada Sund", email="ada@example.com")
    start_selling(seller)
    publish_a_gig(seller, picture, title=TITLE)
    gig = seller.url

    fill_in_the_profile(seller, picture)
    seller.get_by_role("link", name="See your profile as others do").click()
    expect(heading(seller)).to_have_text("Ada Sund")
    expect(seller.get_by_text("Lettering for doors 🖌")).to_be_visible()
    expect(seller.get_by_text("Lund, Sweden")).to_be_visible()
    profile = seller.url

    # The theme of the account goes with the person, whatever the browser remembers.
    seller.goto("/settings/appearance/")
    seller.get_by_label("Dark").check()
    seller.get_by_label("Time zone").select_option(label="Europe/Stockholm")
    seller.get_by_role("button", name="Save", exact=True).click()
    expect(seller.locator("html")).to_have_attribute("data-theme", "stream-dark")

    back = TODAY + timedelta(days=9)
    seller.goto("/settings/vacation/")
    seller.get_by_label("First day away").fill((TODAY - timedelta(days=1)).isoformat())
    seller.get_by_label("Back on").fill(back.isoformat())
    seller.get_by_label("Message to visitors").fill("In the mountains.")
    seller.get_by_role("button", name="Save", exact=True).click()
    expect(seller.get_by_text("You are away, and back on")).to_be_visible()

    said = f"Back on {back.day} {back:%B}"
    buyer.goto(profile)
    expect(buyer.get_by_text("Local time")).to_be_visible()
    expect(buyer.get_by_text(said).first).to_be_visible()
    buyer.locator("summary", has_text="Completed orders").click()
    expect(buyer.get_by_text("Orders that the buyer accepted")).to_be_visible()
    buyer.get_by_role("link", name=TITLE).click()
    expect(buyer.get_by_text("In the mountains.").first).to_be_visible()
    expect(buyer.get_by_role("button", name="Continue")).to_have_count(0)

    buyer.goto("/accounts/login/")
    buyer.get_by_label("E-mail").fill("buyer@example.com")
    buyer.get_by_label("Password", exact=True).fill("gigstream-demo")
    buyer.get_by_role("button", name="Log in", exact=True).click()
    expect(heading(buyer)).to_contain_text("Hello")
    slug = gig.rstrip("/").rpartition("/")[2]
    answer = buyer.goto(f"/checkout/{slug}/?package=basic")
    assert answer.status == 422
    expect(buyer.get_by_role("alert")).to_contain_text(f"Ada is away. {said}.")

    # They come to an understanding, or not.
    buyer.goto(profile)
    buyer.get_by_role("button", name="Contact").click()
    expect(buyer.get_by_role("textbox", name="Message")).to_be_visible()
    buyer.goto(profile)
    buyer.get_by_role("button", name="Block").click()
    expect(buyer.get_by_text("You have blocked Ada")).to_be_visible()
    buyer.get_by_role("button", name="Unblock").click()
    expect(buyer.get_by_role("button", name="Contact")).to_be_visible()

    seller.goto("/settings/vacation/")
    seller.get_by_role("button", name="End the vacation now").click()
    buyer.goto(gig)
    expect(buyer.get_by_role("button", name="Continue").first).to_be_visible()
    assert seller.complaints + buyer.complaints == []
