"""Money that went back after the seller had it: by staff, by a bank for good, and not after all."""

import re
import sqlite3

from playwright.sync_api import expect

from tests.journeys.test_withdraw import log_in

SELLER = "tomas.oliveira@example.com"
EARNED = """
SELECT orders_order.id, intent_id FROM payments_earning
JOIN orders_order ON orders_order.id = payments_earning.order_id
JOIN payments_payment ON payments_payment.order_id = orders_order.id
JOIN accounts_user ON accounts_user.id = payments_earning.seller_id
WHERE email = ? AND cleared_at IS NOT NULL AND payments_payment.status = 'succeeded'
ORDER BY cleared_at
"""


def earned_by(site, email):
    """Orders whose money has cleared, each with the payment's name at the bank."""
    with sqlite3.connect(site.environment["DATABASE_URL"].partition("///")[2]) as base:
        return base.execute(EARNED, [email]).fetchall()


def press(page, path, **form):
    """Press a button of the bank's page."""
    answer = page.request.post(f"/sandbox/stripe/{path}", form=form)
    assert answer.ok, answer.text()


def chargeback_becomes(page, order, words):
    """Look again until the bank's news has come."""
    page.goto(f"/admin/payments/chargeback/?q={order}")
    for _ in range(60):
        if page.locator("#result_list .field-status").filter(has_text=words).count():
            return
        page.wait_for_timeout(250)
        page.reload()
    raise AssertionError(page.content())


def contest(page, order, intent, *, outcome):
    """Let a buyer contest a payment at their bank, and the bank decide."""
    press(page, f"payments/{intent}/dispute", kind="dispute")
    chargeback_becomes(page, order, "To answer")
    page.goto("/sandbox/stripe/")
    label = page.get_by_role("button", name="Won: the shop keeps").first
    dispute = re.search(r"du_\w+", label.get_attribute("aria-label")).group()
    press(page, f"disputes/{dispute}/close", outcome=outcome)
    chargeback_becomes(page, order, outcome.capitalize())


def wallet_tells(page, words):
    """The lines of the wallet, once this is the newest: the money follows the decision."""
    page.goto("/wallet/")
    lines = page.get_by_role("row").filter(has=page.get_by_role("link"))
    for _ in range(60):
        if words in lines.first.inner_text():
            return lines
        page.wait_for_timeout(250)
        page.reload()
    raise AssertionError(lines.first.inner_text())


def test_staff_refund_what_had_cleared_and_a_bank_decides_both_ways(site, person):
    finance, seller = person(), person()
    refunded, lost, won = earned_by(site, SELLER)[:3]
    log_in(finance, "admin@example.com")
    log_in(seller, SELLER)

    finance.goto(f"/admin/orders/order/{refunded[0]}/refund/")
    finance.get_by_label("Of the price").fill("10")
    finance.get_by_label("Reason").fill("A colour was wrong.")
    finance.get_by_role("button", name="Refund").click()
    expect(finance.get_by_text("goes back to the buyer.")).to_be_visible()

    contest(finance, *lost, outcome="lost")
    contest(finance, *won, outcome="won")
    lines = wallet_tells(seller, "Chargeback won, money back")
    expect(lines.nth(1)).to_contain_text("Chargeback")
    expect(lines.nth(2)).to_contain_text("Chargeback")
    expect(lines.nth(3)).to_contain_text("Refund to the buyer")

    finance.goto("/admin/payments/reconciliation/")
    finance.get_by_role("button", name="Look again").click()
    expect(finance.get_by_text("Drift: $0.00")).to_be_visible()
    expect(finance.get_by_text("Automatic payouts go on.")).to_be_visible()
    assert finance.complaints + seller.complaints == []
