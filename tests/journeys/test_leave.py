"""Somebody takes their data along and leaves: the copy, the refusal, the closing."""

import json
import re
import zipfile
from contextlib import suppress

from playwright.sync_api import Error, expect

from tests.journeys.test_buy_a_gig import PASSWORD, join


def order_something(page):
    """Place an order and leave it unpaid; return its address."""
    page.goto("/gigs/")
    page.locator(".gig-link").first.click()
    page.get_by_role("button", name="Continue").first.click()
    go_on = page.get_by_role("button", name="Continue to payment")
    expect(go_on).to_be_visible()
    for field in page.get_by_role("main").get_by_role("textbox").all():
        field.fill("As you like it")
    for choice in page.get_by_role("main").get_by_role("radio", name="Not sure").all():
        choice.check()
    go_on.click()
    pay = page.get_by_role("button", name=re.compile(r"^Pay \$"))
    expect(pay.first).to_be_visible()
    return re.search(r"/orders/[-0-9a-f]{36}/", page.url)[0]


def download(page, path):
    """Open an address that answers with a file instead of a page."""
    # Chromium tells of a navigation that became a download as of a failure.
    with page.expect_download() as started, suppress(Error):
        page.goto(path)
    return started.value


def test_somebody_takes_their_data_and_leaves(site, person):
    page, email = person(), "mira@example.com"
    join(page, site, name="Mira Holm", email=email)
    order = order_something(page)

    page.goto("/settings/privacy/")
    page.get_by_role("button", name="Request a copy").click()
    expect(page.get_by_text("is being packed").first).to_be_visible()
    link = site.mail_link(email, r"/settings/privacy/export/[-0-9a-f]{36}/")
    copy = download(page, link)

    assert copy.suggested_filename.endswith(".zip")
    with zipfile.ZipFile(copy.path()) as archive:
        account = json.loads(archive.read("account.json"))
        orders = json.loads(archive.read("orders.json"))
    assert account["profile"]["full_name"] == "Mira Holm"
    assert [each["id"] for each in orders] == [order.split("/")[2]]

    page.goto("/settings/privacy/")
    page.get_by_role("link", name="Close my account").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be closed yet")
    page.get_by_role("link", name=re.compile("is open")).click()
    page.get_by_role("button", name=re.compile("Cancel")).first.click()
    expect(page.get_by_text("Cancelled").first).to_be_visible()

    page.goto("/settings/close/")
    page.get_by_label("Your password").fill("not my password")
    page.get_by_role("button", name="Close my account for good").click()
    expect(page.get_by_text("This is not your password.").first).to_be_visible()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Close my account for good").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This account is closed")

    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_text("are not correct").first).to_be_visible()
    assert page.complaints == []
