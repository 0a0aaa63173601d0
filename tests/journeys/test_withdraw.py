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


def ask_for(seller, amount):
    seller.goto("/wallet/withdraw/")
    seller.get_by_label("Amount").fill(amount)
    seller.get_by_role("button", name="Continue").click()
    heading = seller.get_by_role("heading", level=1)
    expect(heading).to_have_text(f"Withdraw ${amount}.00?")
    seller.get_by_role("button", name=f"Withdraw ${amount}.00").click()
    expect(heading).to_have_text(f"Withdrawal of ${amount}.00")
    expect(seller.get_by_role("main").get_by_text("In review")).to_be_visible()
    return seller.url


def decide(page, verb, *amounts, state, sum_of_them, reason=""):
    """Choose withdrawals in the list, look at them once more, and decide on all."""
    page.goto(f"/admin/payments/payout/?status__exact={state}")
    for amount in amounts:
        row = page.get_by_role("row").filter(has_text=f"${amount}.00")
        row.get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option(label=verb)
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.locator("#content")).to_contain_text(sum_of_them)
    if reason:
        page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name=f"{verb}: {len(amounts)}").click()
    expect(page.get_by_text(f"{verb}: done for ")).to_be_visible()


def test_finance_sends_two_withdrawals_at_once_and_turns_one_down(site, person):
    seller, finance = person(), person()
    log_in(seller, "seller@example.com")
    pages = {amount: ask_for(seller, amount) for amount in ("31", "32", "33")}

    log_in(finance, "finance@example.com")
    approve, paid = "Approve: send the money", "The bank has sent it: paid"
    decide(finance, approve, "31", "32", state="review", sum_of_them="$63.00")
    decide(finance, paid, "31", "32", state="submitted", sum_of_them="$63.00")
    decide(
        finance,
        "Reject, with a reason",
        "33",
        state="review",
        sum_of_them="$33.00",
        reason="This account is not yours.",
    )

    for amount in ("31", "32"):
        seller.goto(pages[amount])
        state_becomes(seller, "Your bank has the money.")
    seller.goto(pages["33"])
    expect(seller.get_by_role("main")).to_contain_text("This account is not yours.")
    assert seller.complaints == finance.complaints == []


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
