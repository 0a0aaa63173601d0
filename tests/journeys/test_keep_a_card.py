"""A buyer keeps a card, pays with it again after their bank's question, removes it, adds one."""

import re

from playwright.sync_api import expect

from tests.journeys.test_buy_a_gig import THREE_D_SECURE, join
from tests.journeys.test_leave import order_something


def test_a_kept_card_pays_the_next_order(site, person):
    page = person()
    join(page, site, name="Kaya Lind", email="kaya@example.com")
    order_something(page)

    type_card(page, THREE_D_SECURE)
    page.get_by_label(re.compile("^Keep this card")).check()
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("In progress").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/orders/[-0-9a-f]{36}/"))

    order_of_next = order_something(page)
    # A worker notes the card a moment after the payment.
    for _ in range(20):
        if page.get_by_text("•••• 3155").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    page.get_by_role("button", name=re.compile("with this card$")).click()
    page.get_by_role("button", name="Complete").click()
    expect(page).to_have_url(re.compile(order_of_next))
    expect(page.get_by_text("In progress").first).to_be_visible()

    page.goto("/settings/cards/")
    page.get_by_role("button", name="Remove Visa •••• 3155").click()
    expect(page.get_by_text("You keep no card")).to_be_visible()

    page.get_by_role("button", name="Add a card").click()
    type_card(page, "4000 0000 0000 0002")
    page.get_by_role("button", name="Keep this card").click()
    expect(page.get_by_text("Your card was declined.")).to_be_visible()
    type_card(page, THREE_D_SECURE)
    page.get_by_role("button", name="Keep this card").click()
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("Your card is kept.")).to_be_visible()
    expect(page.get_by_text("Visa •••• 3155").first).to_be_visible()


def type_card(page, number):
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry").fill("12 / 40")
    page.get_by_label("CVC").fill("123")
