"""The main job with scripts switched off: links, forms, and pages that reload by themselves."""

import json
import re
from datetime import UTC, datetime, timedelta

import urllib3
from playwright.sync_api import expect

from tests.accounts.codes import code_of
from tests.journeys import test_buy_a_gig
from tests.journeys.test_buy_a_gig import (
    DECLINED,
    PASSWORD,
    THREE_D_SECURE,
    go_on,
    join,
    start_selling,
    type_card,
)
from tests.journeys.test_withdraw import log_in

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


def enter(person, email):
    page = person(java_script_enabled=False)
    log_in(page, email)
    return page


def say(page, words):
    page.get_by_role("textbox", name="Message", exact=True).fill(words)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("log")).to_contain_text(words)


def test_two_people_talk_and_settle_a_dispute_without_scripts(site, person, picture):
    buyer, seller = (
        enter(person, f"{name}@example.com") for name in ("buyer", "jonas.weber")
    )
    buyer.goto("/orders/?status=active")
    buyer.get_by_role("listitem").filter(has_text="Jonas").get_by_role("link").click()
    order = re.search(r"/orders/[-0-9a-f]{36}/", buyer.url).group()

    buyer.set_input_files("input[name=enclosed]", picture)
    say(buyer, "As on this picture?")
    expect(buyer.get_by_role("img", name="cover.png")).to_be_visible()
    seller.goto(order)
    seller.get_by_role("button", name="Mark as read").click()
    seller.goto(order)
    say(seller, "Just so.")

    # A wish without its amount is refused: the summary has the focus, what was typed stays.
    buyer.goto(order)
    expect(buyer.get_by_text("Just so.")).to_be_visible()
    buyer.get_by_role("link", name="Open a dispute").click()
    buyer.get_by_role("radio", name="It is not what we agreed").check()
    buyer.get_by_role("radio", name="A part of the price").check()
    amount = "How much goes back to the buyer?"
    buyer.get_by_role("textbox", name=amount).fill("")
    buyer.get_by_label("Tell it in your words").fill("It is a picture, no site.")
    buyer.get_by_role("button", name="Open the dispute").click()
    expect(buyer.locator("[data-error-summary]")).to_be_focused()
    buyer.get_by_role("textbox", name=amount).fill("20")
    buyer.get_by_role("button", name="Open the dispute").click()
    expect(buyer.get_by_role("heading", name="Your offer: $20.00")).to_be_visible()

    seller.goto(order)
    seller.get_by_role("link", name="Read it and answer").click()
    seller.get_by_role("radio", name="A part of the price").check()
    seller.get_by_role("textbox", name=amount).fill("10")
    seller.get_by_label("What do you say?").fill("You asked for a picture.")
    seller.get_by_role("button", name="Send", exact=True).click()
    expect(seller.get_by_role("heading", name="Your offer: $10.00")).to_be_visible()

    buyer.reload()
    buyer.get_by_role("button", name="Agree to this").click()
    settled = buyer.get_by_role("heading", name="Settled: the money is divided")
    expect(settled).to_be_visible()
    assert buyer.complaints + seller.complaints == []


def test_a_gig_is_found_and_saved_without_scripts(site, person):
    page = enter(person, "buyer@example.com")

    search = page.get_by_role("banner").get_by_role("search")
    search.get_by_role("searchbox").fill("logo")
    search.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “logo”")
    page.get_by_label("Max").fill("150")
    page.get_by_role("radio", name=re.compile("^Up to 7 days")).check()
    page.get_by_label("Sort by").select_option("price")
    page.get_by_role("button", name="Apply filters").click()
    expect(page).to_have_url(re.compile("q=logo.*sort=price"))
    expect(page.get_by_role("link", name=re.compile("Up to .150"))).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("^Up to 7 days"))).to_be_checked()

    key = page.locator("[data-heart][aria-pressed=false]").first
    heart = page.locator(f"[data-heart='{key.get_attribute('data-heart')}']")
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    page.goto("/favorites/")
    expect(heart).to_have_attribute("aria-pressed", "true")
    heart.click()
    expect(heart.and_(page.locator("[aria-pressed=true]"))).to_have_count(0)
    assert page.complaints == []


def send(page, button, says):
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status").filter(has_text=says)).to_be_visible()


def save_profile(page, picture):
    page.set_input_files("input[type=file]", picture)
    send(page, "Upload", "Saved.")
    send(page, "Remove the picture", "Saved.")
    page.get_by_label("Headline").fill("Signs that stay")
    send(page, "Save", "Saved.")
    expect(page.get_by_label("Headline")).to_have_value("Signs that stay")


def save_account(page, picture):
    page.get_by_label("New e-mail").fill("signs@example.com")
    send(page, "Change the address", "We wrote to signs@example.com.")
    page.get_by_role("textbox", name="Username").fill("signs")
    send(page, "Save", "Your username is saved.")


def save_password(page, picture):
    page.get_by_role("link", name="Change the password").click()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(f"{PASSWORD}, too")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("cell", name="Password changed")).to_be_visible()


def add_a_work(page, picture):
    page.set_input_files("input[type=file]", picture)
    page.get_by_label("Title").fill("The door of a bakery")
    send(page, "Add", "Added to your portfolio.")
    send(page, "Remove The door of a bakery", "Removed from your portfolio.")


def go_on_vacation(page, picture):
    today = datetime.now(tz=UTC).date()
    page.get_by_label("First day away").fill(str(today + timedelta(days=30)))
    page.get_by_label("Back on").fill(str(today + timedelta(days=37)))
    send(page, "Save", "Saved.")
    send(page, "Forget this plan", "Your gigs can be ordered.")


def keep_a_card(page, picture):
    page.get_by_role("button", name="Add a card").click()
    page.get_by_role("link", name="Type your card").click()
    page.get_by_label("Card number").fill("4242424242424242")
    page.get_by_label("Expiry").fill("12 / 40")
    page.get_by_label("CVC").fill("123")
    page.get_by_role("main").get_by_role("button").first.click()
    page.get_by_role("button", name="Remove Visa").click()
    expect(page.get_by_text("You keep no card.")).to_be_visible()


def name_a_bank(page, picture):
    page.get_by_label("Account holder").fill("Lena Ortiz")
    page.get_by_label("Country of the bank").select_option("DE")
    page.get_by_label("Bank", exact=True).fill("A bank")
    page.get_by_label("IBAN or account number").fill("DE89 3704 0044 0532 0130 00")
    send(page, "Save", "Saved. We wrote you a mail about it.")


def ask_for_a_copy(page, picture):
    send(page, "Request a copy", "packed. A mail tells you when.")
    page.get_by_role("link", name="Close my account").click()
    expect(page.get_by_role("button", name="Close my account for good")).to_be_visible()


def choose_channels(page, picture):
    box = page.get_by_role("checkbox").first
    before = box.is_checked()
    box.set_checked(not before)
    send(page, "Save", "Saved.")
    expect(box).to_be_checked(checked=not before)
    page.get_by_role("radio", name="Once a day").check()
    send(page, "Save times", "Saved.")
    expect(page.get_by_role("radio", name="Once a day")).to_be_checked()


def make_a_token(page, picture):
    page.get_by_label("What is it for?").fill("My till")
    page.get_by_role("group", name="What may it do?").get_by_role(
        "checkbox"
    ).first.check()
    send(page, "Make the token", "The token “My till” is ready")
    send(page, "Revoke My till", "Revoked.")


def choose_dark(page, picture):
    page.get_by_role("main").get_by_role("radio", name="Dark").check()
    send(page, "Save", "Saved.")
    expect(page.locator("html")).to_have_attribute("data-theme", "stream-dark")


SETTINGS = {
    "Profile": save_profile,
    "Account": save_account,
    "Security": save_password,
    "Portfolio": add_a_work,
    "Vacation": go_on_vacation,
    "Cards": keep_a_card,
    "Payouts": name_a_bank,
    "Privacy": ask_for_a_copy,
    "Notifications": choose_channels,
    "API tokens": make_a_token,
    "Appearance": choose_dark,
}


def test_every_setting_is_saved_without_scripts(site, person, picture):
    page = person(java_script_enabled=False)
    join(page, site, name="Lena Ortiz", email="lena@example.com")
    start_selling(page)

    page.goto("/settings/profile/")
    sections = page.get_by_role("navigation", name="Settings").get_by_role("link")
    assert set(sections.all_inner_texts()) == set(SETTINGS)
    for name, save in SETTINGS.items():
        page.goto("/settings/profile/")
        sections.filter(has_text=name).click()
        save(page, picture)
    assert page.complaints == []


LET_TIME_PASS = """
from allauth.usersessions.models import UserSession
from importlib import import_module
from django.conf import settings
engine = import_module(settings.SESSION_ENGINE)
for known in UserSession.objects.filter(user__email="lou@example.com"):
    session = engine.SessionStore(known.session_key)
    for record in session["account_authentication_methods"]:
        record["at"] -= 16 * 60
    session.save()
"""
A_PASSKEY = """
from allauth.mfa.models import Authenticator
from accounts.models import User
lou = User.objects.get(email="lou@example.com")
Authenticator.objects.create(
    user=lou, type="webauthn", data={"name": "Old phone", "credential": {}}
)
"""


def to_section(page, name):
    page.goto("/settings/profile/")
    sections = page.get_by_role("navigation", name="Settings")
    sections.get_by_role("link", name=name).click()


def show_who_it_is(page):
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def set_up_the_app(page):
    """Without a camera, too: the key can be typed."""
    page.get_by_role("link", name="Set up the app").click()
    page.get_by_text("Cannot scan it?").click()
    key = page.locator("[data-totp-secret]")
    expect(key).to_be_visible()
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_label("Code", exact=True).fill(code_of(key.text_content(), steps=-1))
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator("[data-recovery-codes] code")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("link", name="Make new codes").click()
    page.get_by_role("button", name="Make new codes").click()
    expect(page.locator("[data-recovery-codes] code")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("10 codes are left.")).to_be_visible()


def change_the_passkey(page):
    page.get_by_role("link", name="Rename Old phone").click()
    page.get_by_label("Name").fill("Very old phone")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove Very old phone").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("link", name="Remove Very old phone")).to_have_count(0)
    page.get_by_role("link", name="Add a passkey").click()
    # Playwright reads no text in there.
    expect(page.locator("noscript .notice")).to_be_visible()
    page.get_by_role("link", name="Not now").click()


def test_an_account_is_kept_safe_without_scripts(site, person):
    page, phone, *others = (person(java_script_enabled=False) for _ in range(4))
    join(page, site, name="Lou Lind", email="lou@example.com")
    for browser in (phone, *others):
        test_buy_a_gig.log_in(browser, "lou@example.com")

    to_section(page, "Security")
    set_up_the_app(page)
    site.command("shell", "-c", A_PASSKEY)
    page.reload()
    change_the_passkey(page)
    out = page.get_by_role("button", name=re.compile("^Log out Chrom"))
    expect(out).to_have_count(3)
    out.first.click()
    expect(page.get_by_role("status").filter(has_text="Logged out")).to_be_visible()
    expect(out).to_have_count(2)

    # What is dangerous asks for the password after a while, and then goes on by itself.
    site.command("shell", "-c", LET_TIME_PASS)
    out.first.click()
    show_who_it_is(page)
    expect(out).to_have_count(1)
    site.command("shell", "-c", LET_TIME_PASS)
    page.get_by_role("button", name="Log out everywhere else").click()
    show_who_it_is(page)
    expect(out).to_have_count(0)
    site.command("shell", "-c", LET_TIME_PASS)
    page.get_by_role("link", name="Turn off the app").click()
    show_who_it_is(page)
    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_role("link", name="Set up the app")).to_be_visible()
    page.get_by_role("link", name="Change the password").click()
    page.get_by_label("Current password").fill("not this one")
    page.get_by_label("New password", exact=True).fill(f"{PASSWORD}, too")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    site.command("shell", "-c", LET_TIME_PASS)
    to_section(page, "API tokens")
    show_who_it_is(page)
    make_a_token(page, None)
    assert page.complaints + phone.complaints == []
