"""The main job with scripts switched off: links, forms, and pages that reload by themselves."""

import json
import re

import urllib3
from playwright.sync_api import expect

from tests.journeys.test_buy_a_gig import (
    DECLINED,
    THREE_D_SECURE,
    go_on,
    join,
    start_selling,
    type_card,
)

TITLE = "I will letter the door of your workshop"


def publish_a_gig(page, picture):
    """Every step is a form; two rows wait empty, and files are sent by a button."""
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Category").select_option(label="Branding")
    page.get_by_label("Tags").fill("lettering, workshop")
    go_on(page, "Packages")
    basic = page.get_by_role("group", name="Basic")
    basic.get_by_label("Name").fill("One word")
    basic.get_by_label("What the buyer gets").fill("One word on one door.")
    basic.get_by_label("Price in dollars").fill("115")
    basic.get_by_label("Delivery, in days").fill("4")
    basic.get_by_label("Revisions").fill("2")
    go_on(page, "Describe it")
    page.get_by_label("Description").fill(
        "I measure the door, paint its letters by hand, and come back after a year to "
        "see how they have weathered."
    )
    go_on(page, "Questions for the buyer")
    page.get_by_role("textbox", name="Question").first.fill("Which word?")
    go_on(page, "Pictures")
    page.set_input_files("input[type=file]", picture)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("button", name="Remove picture 1")).to_be_visible()
    go_on(page, "Everything is there")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def delay_the_next_webhook(site, *, seconds):
    fault = {"fault": "delay", "seconds": str(seconds)}
    asked = f"{site.url}/sandbox/stripe/faults/webhook"
    answer = urllib3.PoolManager().request(
        "POST", asked, fields=fault, encode_multipart=False
    )
    assert answer.status == 200


def find_by_category_and_words(page):
    page.goto("/gigs/")
    page.get_by_role("radio", name=re.compile("Branding")).check()
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Branding")
    expect(page.get_by_role("link", name=TITLE)).to_be_visible()

    search = page.get_by_role("banner").get_by_role("search")
    search.get_by_role("searchbox").fill("letter workshop")
    search.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def pay(page):
    """Fill in the vendor's own card form: first a card that is declined, then one to approve."""
    page.get_by_role("link", name="Pay $126.50").click()
    type_card(page, DECLINED)
    expect(page.get_by_role("alert")).to_contain_text("declined")
    type_card(page, THREE_D_SECURE)
    page.get_by_role("button", name="Complete").click()


def test_the_whole_job_is_done_without_scripts(site, person, picture, tmp_path):
    seller, buyer = (person(java_script_enabled=False) for _ in range(2))

    join(seller, site, name="Ines Falk", email="ines@example.com")
    start_selling(seller)
    publish_a_gig(seller, picture)
    join(buyer, site, name="Tom Reyes", email="tom@example.com")

    find_by_category_and_words(buyer)
    buyer.get_by_role("button", name="Continue").first.click()
    buyer.get_by_label("Which word?").fill("Atelier")
    buyer.get_by_role("button", name="Continue to payment").click()
    delay_the_next_webhook(site, seconds=6)
    pay(buyer)

    # Nobody touches the page: it asks again by itself until the payment is known.
    expect(buyer.get_by_role("status").filter(has_text="waiting")).to_be_visible()
    expect(buyer.get_by_role("heading", name="Ines is at work")).to_be_visible()
    order = re.search(r"/orders/[-0-9a-f]{36}/", buyer.url).group()

    buyer.get_by_role("textbox", name="Message").fill("Hello Ines, in gold please.")
    buyer.get_by_role("button", name="Send").click()
    expect(buyer.get_by_text("Hello Ines, in gold please.")).to_be_visible()

    seller.goto("/notifications/")
    seller.get_by_role("button", name="Tom").first.click()
    seller.goto(order)
    expect(seller.get_by_text("Hello Ines, in gold please.")).to_be_visible()
    work = tmp_path / "atelier.pdf"
    work.write_bytes(b"%PDF-1.7 a word in gold")
    seller.get_by_label("Message to the buyer").fill("Your door, Tom.")
    seller.set_input_files("input[type=file]", work)
    seller.get_by_role("button", name="Deliver").click()
    expect(seller.get_by_text("Your door, Tom.")).to_be_visible()

    buyer.goto(order)
    with buyer.expect_download() as download:
        buyer.get_by_role("link", name="Download atelier.pdf").click()
    assert download.value.path().read_bytes() == work.read_bytes()
    buyer.get_by_role("button", name="Accept delivery").click()
    expect(buyer.get_by_role("heading", name="Completed.")).to_be_visible()

    seller.goto("/notifications/")
    seller.get_by_role("button", name="Mark all as read").click()
    expect(seller.get_by_role("img", name="Unread")).to_have_count(0)
    seller.goto("/wallet/")
    pending = seller.locator(".figure").filter(has_text="Pending")
    expect(pending).to_contain_text("$115.00")

    assert json.loads(site.command("ledger_check", "--json"))["problems"] == {}
    assert seller.complaints + buyer.complaints == []
