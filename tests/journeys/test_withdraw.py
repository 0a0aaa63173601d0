"""Taking money out, by hand and through Stripe, as seller and finance do it."""

from playwright.sync_api import expect

PASSWORD = "gigstream-demo"


def log_in(page, email):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/dashboard/**")


def state_becomes(page, words):
    """Look again until the worker and the webhook have done their part."""
    for _ in range(240):
        page.reload()
        if page.get_by_role("main").get_by_text(words, exact=True).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(page.content())


def decide(page, verb):
    page.goto("/admin/payments/payout/?status__in=review,submitted")
    page.get_by_role("checkbox").nth(1).check()
    page.locator("select[name=action]").select_option(label=verb)
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_role("button", name=f"{verb}: 1").click()
    expect(page.get_by_text(f"{verb}: done for one of 1.")).to_be_visible()


def test_a_withdrawal_is_approved_and_sent_by_hand(site, person):
    seller, finance = person(), person()
    log_in(seller, "seller@example.com")
    seller.goto("/wallet/")
    seller.get_by_role("link", name="Withdraw", exact=True).click()
    seller.get_by_label("Amount").fill("50")
    seller.get_by_role("button", name="Continue").click()
    expect(seller.get_by_role("heading", level=1)).to_have_text("Withdraw $50.00?")
    seller.get_by_role("button", name="Withdraw $50.00").click()
    expect(seller.get_by_role("heading", level=1)).to_have_text("Withdrawal of $50.00")
    expect(seller.get_by_role("main").get_by_text("In review")).to_be_visible()

    log_in(finance, "admin@example.com")
    decide(finance, "Approve: send the money")
    decide(finance, "The bank has sent it: paid")

    state_becomes(seller, "Your bank has the money.")
    assert seller.complaints == []


def test_a_withdrawal_goes_through_stripe_by_itself(site, person):
    seller = person()
    log_in(seller, "jonas.weber@example.com")
    seller.goto("/settings/payouts/")
    seller.get_by_role("button", name="Set up with Stripe").click()
    expect(seller.get_by_role("heading", level=1)).to_have_text("Get paid by GigStream")
    seller.get_by_role("button", name="Submit", exact=True).click()
    seller.wait_for_url("**/settings/payouts/")
    state_becomes(seller, "Verified")

    seller.goto("/wallet/withdraw/")
    seller.get_by_role("button", name="All $").click()
    seller.get_by_role("button", name="Withdraw $").click()
    expect(seller.get_by_role("heading", level=1)).to_contain_text("Withdrawal of")

    state_becomes(seller, "Your bank has the money.")
    assert seller.complaints == []
