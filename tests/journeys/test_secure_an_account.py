"""From joining to a second factor, a recovery code and a new password, in real browsers."""

import re

from playwright.sync_api import expect

from tests.accounts.codes import code_of

PASSWORD = "a long and quiet password"
NEW_PASSWORD = "another long and quiet one"
CONFIRM = r"/accounts/confirm-email/[^/\s\"\\<]+/"
RESET = r"/accounts/password/reset/key/[^/\s\"\\<]+/"


def heading(page):
    return page.get_by_role("heading", level=1)


def join(page, site, email):
    page.goto("/accounts/signup/")
    page.get_by_label("Full name").fill("Vera Vault")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(heading(page)).to_have_text("Check your mail")
    page.goto(site.mail_link(email, CONFIRM))
    page.get_by_role("button", name="Confirm").click()
    expect(heading(page)).to_have_text("Log in")


def log_in(page, email, password=PASSWORD):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def log_out(page):
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()


def enter_code(page, code):
    expect(heading(page)).to_have_text("Enter your code")
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(heading(page)).to_contain_text("Hello")


def set_up_app(page):
    """Turn the app on; return its secret and the recovery codes, which are shown once."""
    page.goto("/settings/security/")
    page.get_by_role("link", name="Set up the app").click()
    expect(page.get_by_role("img", name="Code to scan")).to_be_visible()
    secret = page.locator("[data-totp-secret]").text_content()
    page.get_by_label("Code", exact=True).fill(code_of(secret, steps=-1))
    page.get_by_role("button", name="Turn on").click()
    expect(heading(page)).to_have_text("Recovery codes")
    codes = page.locator("[data-recovery-codes] code").all_text_contents()
    page.get_by_role("link", name="I have kept them").click()
    return secret, codes


def test_an_account_gets_and_uses_a_second_factor(site, person):
    page, phone = person(), person(viewport={"width": 390, "height": 844})
    email = "vera@example.com"
    join(page, site, email)
    log_in(page, email)
    expect(heading(page)).to_contain_text("Hello")
    secret, codes = set_up_app(page)
    log_out(page)

    log_in(page, email)
    enter_code(page, code_of(secret))
    log_in(phone, email)
    enter_code(phone, codes[0])

    page.goto("/settings/security/")
    expect(page.get_by_text("9 codes are left")).to_be_visible()
    expect(page.get_by_role("cell", name="Recovery code used")).to_be_visible()
    phone.goto("/settings/security/")
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert phone.evaluate(fits), "the page is wider than the phone"

    stranger = person()
    stranger.goto("/accounts/password/reset/")
    stranger.get_by_label("E-mail").fill(email)
    stranger.get_by_role("button", name="Send the link").click()
    stranger.goto(site.mail_link(email, RESET))
    expect(stranger).to_have_url(re.compile("/[^/-]+-set-password/$"))
    stranger.get_by_label("New password").fill(NEW_PASSWORD)
    stranger.get_by_role("button", name="Save").click()
    expect(heading(stranger)).to_have_text("Your password is changed")

    for browser in (page, phone):
        browser.goto("/settings/security/")
        expect(heading(browser)).to_have_text("Log in")
    log_in(stranger, email, NEW_PASSWORD)
    enter_code(stranger, codes[1])
    assert page.complaints + phone.complaints + stranger.complaints == []


def test_a_passkey_logs_in_with_one_press(site, person):
    # Browsers make passkeys for names, not for numbers such as 127.0.0.1.
    home = site.url.replace("127.0.0.1", "localhost")
    page = person(base_url=home)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    email = "pat@example.com"
    join(page, site, email)
    log_in(page, email)
    expect(heading(page)).to_contain_text("Hello")

    page.goto("/settings/security/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("This laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(heading(page)).to_have_text("Recovery codes")
    log_out(page)

    page.goto("/accounts/login/?next=/settings/security/")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(heading(page)).to_have_text("Security")
    expect(page.get_by_text("This laptop").first).to_be_visible()
    assert page.complaints == []
