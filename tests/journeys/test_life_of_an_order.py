"""An order from an offer in a conversation on, and the ways in which orders end, by both sides."""

import json
import re

from playwright.sync_api import expect

from tests.journeys.test_withdraw import log_in

CARD = "4242424242424242"


def pay(page, amount):
    page.get_by_label("Card number").fill(CARD)
    page.get_by_label("Expiry").fill("12 / 40")
    page.get_by_label("CVC").fill("123")
    page.get_by_role("button", name=f"Pay {amount}").click()


def heading(page, words):
    return page.get_by_role("heading", name=words)


def test_an_offer_becomes_an_order_that_grows(site, person):
    buyer, seller = person(), person()
    log_in(buyer, "buyer@example.com")
    log_in(seller, "seller@example.com")

    buyer.goto("/messages/")
    buyer.get_by_role("link", name="Maya Lindqvist").first.click()
    talk = re.search(r"/messages/[-0-9a-f]{36}/", buyer.url).group()
    seller.goto(talk)
    seller.get_by_role("link", name="Make an offer").click()
    seller.get_by_label("Title").fill("A sign for the door")
    seller.get_by_label("What the buyer gets").fill("Drawn at full size.")
    seller.get_by_label("Price in dollars").fill("80")
    seller.get_by_label("Delivery, in days").fill("2")
    seller.get_by_role("button", name="Send the offer").click()
    seller.wait_for_url(f"**{talk}")

    buyer.goto(talk)
    card = buyer.get_by_role("article").filter(has_text="A sign for the door")
    card.get_by_role("link", name="Accept and pay").click()
    buyer.get_by_role("button", name="Continue to payment").click()
    pay(buyer, "$88.00")
    expect(heading(buyer, "Maya is at work")).to_be_visible()
    order = re.search(r"/orders/[-0-9a-f]{36}/", buyer.url).group()

    seller.goto(order)
    seller.get_by_role("link", name="Offer an extra").click()
    seller.get_by_label("What is it?").fill("The same in brass")
    seller.get_by_label("What the buyer gets").fill("A drawing for the engraver.")
    seller.get_by_label("Price in dollars").fill("30")
    seller.get_by_label("Days it adds").fill("2")
    seller.get_by_role("button", name="Send the offer").click()
    expect(heading(seller, "The same in brass")).to_be_visible()

    buyer.goto(order)
    buyer.get_by_role("button", name="Continue to payment").click()
    pay(buyer, "$33.00")
    expect(buyer.get_by_text("The extra is part of your order now.")).to_be_visible()
    expect(buyer.get_by_text("$121.00")).to_be_visible()
    assert seller.complaints + buyer.complaints == []


def test_changes_more_time_reviews_and_the_other_ends(site, person, tmp_path):
    buyer, seller = person(), person()
    log_in(buyer, "buyer@example.com")
    log_in(seller, "elena.petrova@example.com")
    work = tmp_path / "board.pdf"
    work.write_bytes(b"%PDF-1.7 a board")

    buyer.goto("/orders/?status=delivered")
    buyer.get_by_role("listitem").filter(has_text="Elena").get_by_role("link").click()
    order = re.search(r"/orders/[-0-9a-f]{36}/", buyer.url).group()
    buyer.get_by_text("Something should change?").click()
    buyer.get_by_label("What should change?").fill("Weeks begin on Mondays.")
    buyer.get_by_role("button", name="Request revision").click()
    expect(heading(buyer, "Elena is making your changes")).to_be_visible()

    seller.goto(order)
    seller.get_by_label("Message to the buyer").fill("On Mondays now.")
    seller.set_input_files("input[name=attachments]", work)
    seller.get_by_role("button", name="Deliver").click()
    expect(heading(seller, "Delivered.")).to_be_visible()

    buyer.reload()
    buyer.get_by_role("button", name="Take 4 more days").click()
    expect(buyer.get_by_text("You have more time to look at it.")).to_be_visible()
    buyer.get_by_role("button", name="Accept delivery").click()
    expect(heading(buyer, "Completed.")).to_be_visible()

    # Nobody reads the first review before the second is written.
    buyer.get_by_role("link", name="Review Elena").click()
    for group in ("Overall", "Communication", "Quality of the work", "As described"):
        buyer.get_by_role("group", name=group).get_by_label("5 stars").check(force=True)
    buyer.get_by_label("Your review").fill("Mondays are fine again.")
    buyer.get_by_role("button", name="Send the review").click()
    seller.goto(f"{order}review/")
    expect(seller.get_by_text("Hannah has written already.")).to_be_visible()
    expect(seller.get_by_text("Mondays are fine again.")).to_have_count(0)
    seller.get_by_role("group", name="Overall").get_by_label("4 stars").check(
        force=True
    )
    seller.get_by_label("Your review").fill("Clear wishes.")
    seller.get_by_role("button", name="Send the review").click()
    expect(seller.get_by_text("Mondays are fine again.")).to_be_visible()
    buyer.reload()
    expect(buyer.get_by_text("Clear wishes.")).to_be_visible()

    # Too late, and the buyer gives up.
    buyer.goto("/orders/?status=active")
    buyer.locator("li", has=buyer.locator(".late")).get_by_role("link").first.click()
    buyer.get_by_role("link", name="Cancel the late order").click()
    buyer.get_by_label("Why?").fill("We open tomorrow.")
    buyer.get_by_role("button", name="Cancel the order").click()
    expect(heading(buyer, "Cancelled.")).to_be_visible()
    expect(buyer.get_by_text("Goes back to you", exact=True)).to_be_visible()

    # They part, and the seller keeps three fifths.
    maya = person()
    log_in(maya, "seller@example.com")
    maya.goto("/notifications/")
    maya.get_by_role("button", name="Inês Carvalho proposes").click()
    expect(heading(maya, "Cancelling offered")).to_be_visible()
    maya.get_by_role("button", name="Agree").click()
    expect(heading(maya, "Cancelled.")).to_be_visible()
    row = maya.locator(".price-rows > div")
    price, back, earned = (
        float(row.filter(has_text=words).locator("dd").inner_text().strip("−$"))
        for words in ("Price", "Goes back", "You earn")
    )
    assert (back, earned) == (price * 0.4, price * 0.6)
    assert json.loads(site.command("ledger_check", "--json"))["problems"] == {}
    assert buyer.complaints + seller.complaints + maya.complaints == []
