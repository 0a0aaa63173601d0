"""The card form in a real browser, under the site's own strict policy."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

POLICY = (
    "default-src 'none'; script-src 'nonce-n'; script-src-attr 'none'; style-src 'self' 'nonce-n'; "
    "style-src-attr 'none'; connect-src 'self'; form-action 'self'; base-uri 'none'"
)
CHECKOUT = """<!doctype html><html lang="en"><title>Checkout</title><main><h1>Checkout</h1>
<form id="form"><div id="card"></div><button>Pay $126.50</button></form>
<p role="status" id="told"></p></main>
<script nonce="n" src="/sandbox/stripe/v3/stripe.js"></script>
<script nonce="n">
const stripe = Stripe("pk_test_sandbox");
const elements = stripe.elements({clientSecret: "%(secret)s"});
const card = elements.create("payment").mount("#card");
card.on("ready", () => { document.body.dataset.ready = "yes"; });
card.on("change", (event) => { document.body.dataset.complete = event.complete; });
document.getElementById("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const {error, paymentIntent} = await stripe.confirmPayment({
    elements, confirmParams: {return_url: location.origin + "/done"}, redirect: "%(redirect)s",
  });
  document.getElementById("told").textContent = error ? error.message : paymentIntent.status;
});
</script></html>"""


@pytest.fixture
def page(chromium):
    page = chromium.new_page()
    page.set_default_timeout(5000)
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda line: troubles.append(line.text) if "Policy" in line.text else None,
    )
    yield page
    page.close()
    assert troubles == []


@pytest.fixture
def checkout(sandbox, page):
    def open_it(redirect="if_required"):
        params = {"amount": 126_50, "currency": "usd"}
        secret = sandbox.stripe("POST", "/payment_intents", params)["client_secret"]
        body = CHECKOUT % {"secret": secret, "redirect": redirect}
        html = {
            "content_type": "text/html",
            "headers": {"Content-Security-Policy": POLICY},
        }
        page.route("**/checkout", lambda route: route.fulfill(body=body, **html))
        page.route(
            "**/done?*", lambda route: route.fulfill(body="<h1>Done</h1>", **html)
        )
        page.goto(f"{sandbox.url}/checkout")
        page.wait_for_selector("[data-ready=yes]")

    return open_it


def fill(page, number="4242424242424242", expiry="1240", cvc="123"):
    for label, text in [("Card number", number), ("Expiry", expiry), ("CVC", cvc)]:
        page.get_by_label(label).fill("")
        page.get_by_label(label).press_sequentially(text)


def pay(page, **card):
    fill(page, **card)
    page.get_by_role("button", name="Pay $126.50").click()


def told(page, text):
    expect(page.get_by_role("status")).to_have_text(text)


def test_numbers_are_grouped_while_typing(checkout, page):
    checkout()

    fill(page, expiry="940")

    values = [
        page.get_by_label(label).input_value()
        for label in ("Card number", "Expiry", "CVC")
    ]
    assert values == ["4242 4242 4242 4242", "09 / 40", "123"]
    assert page.locator("body").get_attribute("data-complete") == "true"


def test_a_digit_in_the_middle_can_be_mended_in_place(checkout, page):
    checkout()
    number = page.get_by_label("Card number")
    number.press_sequentially("4242524242424242")

    number.evaluate("input => input.setSelectionRange(6, 6)")
    number.press("Backspace")
    number.press("4")

    assert number.input_value() == "4242 4242 4242 4242"


def test_a_good_card_pays_and_stays_on_the_page(checkout, page):
    checkout()

    pay(page)

    told(page, "succeeded")


def test_the_page_is_left_when_it_asks_for_that(checkout, page):
    checkout(redirect="always")

    pay(page)

    page.wait_for_url(
        re.compile(r"/done\?payment_intent=pi_\w+&.*redirect_status=succeeded")
    )


def test_what_is_missing_is_told_at_its_field(checkout, page, sandbox):
    checkout()

    pay(page, number="4242", cvc="1")

    told(page, "Your card number is incomplete.")
    number = page.get_by_label("Card number")
    expect(number).to_be_focused()
    expect(number).to_have_accessible_description("Your card number is incomplete.")
    assert number.get_attribute("aria-invalid") == "true"
    assert page.get_by_label("CVC").get_attribute("aria-invalid") == "true"
    assert len(sandbox.events()) == 1


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ({"number": "4242424242424241"}, "Your card number is invalid."),
        ({"expiry": "1340"}, "Your card's expiration month is invalid."),
        ({"expiry": "0120"}, "Your card's expiration year is in the past."),
        ({"number": "4000000000000002"}, "Your card was declined."),
        ({"number": "4000000000000127"}, "Your card's security code is incorrect."),
    ],
)
def test_a_bad_card_is_told_and_another_one_pays(card, message, checkout, page):
    checkout()

    pay(page, **card)
    told(page, message)
    pay(page)

    told(page, "succeeded")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["Enter"], "succeeded"),
        (["Tab", "Enter"], "We are unable to authenticate your payment method."),
        (["Escape"], "We are unable to authenticate your payment method."),
    ],
)
def test_3_d_secure_is_answered_by_the_keyboard(keys, message, checkout, page):
    checkout()

    pay(page, number="4000002760003184")
    dialog = page.get_by_role("dialog", name="3-D Secure")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Complete")).to_be_focused()
    for key in keys:
        page.keyboard.press(key)

    expect(page.get_by_role("status")).to_contain_text(message)
    expect(dialog).to_have_count(0)


def test_without_a_connection_the_form_says_so(checkout, page):
    checkout()
    page.route("**/confirm", lambda route: route.abort())

    pay(page)

    told(page, "We could not reach the payment service. Please try again.")
