"""The main job, as two people do it in two browsers: from joining to the money in the wallet."""

import json
import re

from playwright.sync_api import expect

PASSWORD = "a long and quiet password"
DECLINED, THREE_D_SECURE = "4000000000000002", "4000002500003155"


def join(page, site, *, name, email):
    page.goto("/")
    page.get_by_role("link", name="Join", exact=True).click()
    page.get_by_label("Full name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("mail")

    page.goto(site.mail_link(email, r"/accounts/confirm-email/[^/\s\"\\<]+/"))
    page.get_by_role("button", name="Confirm").click()
    log_in(page, email)


def log_in(page, email):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")


def start_selling(page):
    page.get_by_role("link", name="Start selling").first.click()
    page.get_by_label("Headline").fill("Lettering for small shops")
    page.get_by_label("About you").fill("I have painted signs since 2009.")
    page.get_by_role("button", name="Start selling").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New gig")


def go_on(page, heading):
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=2, name=heading)).to_be_visible()


def publish_a_gig(page, picture, *, title):
    """Step by step, with what each of them needs at least; the page is at the first."""
    page.get_by_label("Title").fill(title)
    page.get_by_label("Category").select_option(label="Branding")
    go_on(page, "Packages")
    basic = page.get_by_role("group", name="Basic")
    basic.get_by_label("Name").fill("One word")
    basic.get_by_label(re.compile("what the buyer gets", re.I)).fill(
        "One word, painted and traced."
    )
    basic.get_by_label("Price in dollars").fill("115")
    basic.get_by_label("Delivery, in days").fill("4")
    basic.get_by_label("Revisions").fill("2")
    go_on(page, "Describe it")
    page.get_by_label("Description").fill(
        "I paint the name of your shop by hand, photograph it, and trace it as a vector, "
        "so that the sign, the window and the letterhead all look like one hand."
    )
    go_on(page, "Questions for the buyer")
    page.get_by_role("button", name="Add a question").click()
    page.get_by_role("textbox", name="Question").first.fill("Which word?")
    go_on(page, "Pictures")
    page.set_input_files("input[type=file]", picture)
    expect(page.get_by_text("Cover", exact=True).first).to_be_visible()
    go_on(page, "Everything is there")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def checkout(page, path):
    page.goto(path)
    page.get_by_role("button", name="Continue").first.click()
    page.get_by_label("Which word?").fill("Sol")
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_role("button", name="Pay $126.50")).to_be_visible()


def type_card(page, number):
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry").fill("12 / 40")
    page.get_by_label("CVC").fill("123")
    page.get_by_role("button", name="Pay $126.50").click()


def test_two_people_do_the_whole_job(site, person, picture, tmp_path):
    seller, buyer = person(), person()
    title = "I will paint the name of your shop"

    join(seller, site, name="Noa Brandt", email="noa@example.com")
    start_selling(seller)
    publish_a_gig(seller, picture, title=title)
    join(buyer, site, name="Sam Okafor", email="sam@example.com")

    buyer.goto("/categories/branding/")
    buyer.get_by_role("link", name=title).click()
    expect(buyer.get_by_role("heading", level=1)).to_have_text(title)
    checkout(buyer, buyer.url)

    # A declined card says why and keeps the order; 3-D Secure is refused once, then passed.
    type_card(buyer, DECLINED)
    expect(buyer.get_by_role("alert")).to_contain_text("have not been charged")
    # After a reload the page knows it from the webhook, which comes a moment later.
    for _ in range(40):
        buyer.reload()
        if buyer.get_by_role("alert").count():
            break
        buyer.wait_for_timeout(250)
    expect(buyer.get_by_role("alert")).to_contain_text("declined")
    type_card(buyer, "4242")
    expect(buyer.get_by_text("Your card number is incomplete.")).to_have_count(1)
    expect(buyer.get_by_role("alert")).to_have_count(0)
    type_card(buyer, THREE_D_SECURE)
    buyer.get_by_role("button", name="Fail").click()
    expect(buyer.get_by_role("alert")).to_contain_text("authenticate")
    type_card(buyer, THREE_D_SECURE)
    buyer.get_by_role("button", name="Complete").click()

    # The page waits for the webhook and shows it when it comes.
    expect(buyer.get_by_role("heading", name="Noa is at work")).to_be_visible()
    order = re.search(r"/orders/[-0-9a-f]{36}/", buyer.url).group()
    assert "Noa" in buyer.content()
    site.mail_link("noa@example.com", order)
    site.mail_link("sam@example.com", order)

    buyer.get_by_role("textbox", name="Message").fill("Hello Noa, in red please.")
    buyer.get_by_role("button", name="Send").click()
    expect(buyer.get_by_text("Hello Noa, in red please.")).to_be_visible()

    seller.goto("/notifications/")
    seller.get_by_role("main").get_by_role("button", name="Sam").first.click()
    expect(seller.get_by_text("Hello Noa, in red please.")).to_be_visible()
    expect(seller.get_by_text("Sol", exact=True)).to_be_visible()
    work = tmp_path / "sol.pdf"
    work.write_bytes(b"%PDF-1.7 a word in red")
    seller.get_by_label("Message to the buyer").fill("Here is your word.")
    seller.set_input_files("input[type=file]", work)
    seller.get_by_role("button", name="Deliver").click()
    expect(seller.get_by_text("Here is your word.")).to_be_visible()

    buyer.goto(order)
    with buyer.expect_download() as download:
        buyer.get_by_role("link", name="Download sol.pdf").click()
    assert download.value.path().read_bytes() == work.read_bytes()
    expect(buyer.get_by_text("Accepting releases $115.00 to Noa.")).to_be_visible()
    buyer.get_by_role("button", name="Accept delivery").click()
    expect(buyer.get_by_role("heading", name="Completed.")).to_be_visible()

    seller.goto("/wallet/")
    clearing = seller.get_by_role("region", name="Clearing next")
    expect(clearing.get_by_role("listitem").filter(has_text=title)).to_contain_text(
        "$115.00"
    )
    expect(seller.locator(".figure").filter(has_text="Pending")).to_contain_text(
        "$115.00"
    )

    assert json.loads(site.command("ledger_check", "--json"))["problems"] == {}
    assert seller.complaints + buyer.complaints == []


def test_a_visitor_is_led_to_the_login_and_back(site, person):
    page = person()
    page.goto("/gigs/")
    page.locator(".gig-link").first.click()
    page.get_by_role("button", name="Continue").first.click()

    page.wait_for_url("**/accounts/login/**")
    page.get_by_label("E-mail").fill("buyer@example.com")
    page.get_by_label("Password", exact=True).fill("gigstream-demo")
    page.get_by_role("button", name="Log in", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Order")
    assert "/checkout/" in page.url
    assert "package=basic" in page.url
    page.goto("/")
    page.locator("summary", has_text="Your menu").click()
    page.get_by_role("button", name="Log out").click()
    page.goto("/dashboard/")
    assert page.url.endswith("/accounts/login/?next=/dashboard/")
