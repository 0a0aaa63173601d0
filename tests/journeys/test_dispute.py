"""A dispute from its opening to the division of the money, as its two people see it."""

import re

from playwright.sync_api import expect

from tests.journeys.test_withdraw import log_in


def test_two_people_settle_a_dispute_with_a_split(site, person, tmp_path):
    buyer, seller = person(), person()
    log_in(buyer, "buyer@example.com")
    log_in(seller, "seller@example.com")
    seller.goto("/orders/?side=selling&status=delivered")
    seller.get_by_role("listitem").filter(has_text="Hannah").get_by_role("link").click()
    order = re.search(r"/orders/[-0-9a-f]{36}/", seller.url).group()
    brief = tmp_path / "brief.txt"
    brief.write_text("Three versions, we said.")

    buyer.goto(order)
    buyer.get_by_role("link", name="Open a dispute").click()
    expect(buyer.get_by_text("Silence decides nothing by itself")).to_be_visible()
    buyer.get_by_role("radio", name="It is not what we agreed").check()
    amount = buyer.get_by_role("textbox", name="How much goes back to the buyer?")
    expect(amount).to_be_hidden()
    buyer.get_by_role("radio", name="A part of the price").check()
    amount.fill("80.50")
    expect(buyer.get_by_role("status").filter(has_text="$80.50 back")).to_be_visible()
    buyer.get_by_label("Tell it in your words").fill("Two of three are missing.")
    buyer.set_input_files("input[type=file]", brief)
    buyer.get_by_role("button", name="Open the dispute").click()
    expect(buyer.get_by_text("brief.txt")).to_be_visible()

    seller.reload()
    seller.get_by_role("link", name="Read it and answer").click()
    expect(seller.get_by_text("Hannah offers: $80.50")).to_be_visible()
    seller.get_by_role("radio", name="A part of the price").check()
    slider = seller.get_by_role("slider")
    slider.fill("3000")
    expect(seller.get_by_role("status").filter(has_text="$30.00 back")).to_be_visible()
    seller.get_by_label("What do you say?").fill("One is missing, not two.")
    seller.get_by_role("button", name="Send", exact=True).click()
    expect(seller.get_by_text("Your offer: $30.00")).to_be_visible()

    buyer.reload()
    expect(buyer.get_by_text("you get $33.00 back.")).to_be_visible()
    buyer.get_by_role("button", name="Agree to this").click()
    expect(
        buyer.get_by_role("heading", name="Settled: the money is divided")
    ).to_be_visible()
    seller.goto(order)
    expect(seller.get_by_text("How the dispute ended")).to_be_visible()
    assert buyer.complaints + seller.complaints == []
