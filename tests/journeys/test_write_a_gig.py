"""A seller writes a gig on a phone: nothing typed is lost, and a bad file says why."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.test_buy_a_gig import PASSWORD, go_on, join, start_selling

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
EMAIL = "phone@example.com"
TITLE = "I will paint a logo for your bakery"


# A picture on the clipboard: there is no way to put one there from outside.
PASTE = """async () => {
    const canvas = new OffscreenCanvas(600, 400);
    canvas.getContext("2d").fillRect(0, 0, 600, 400);
    const file = new File([await canvas.convertToBlob()], "pasted.png", {type: "image/png"});
    const clipboardData = new DataTransfer();
    clipboardData.items.add(file);
    document.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true}));
}"""


@pytest.fixture
def files(tmp_path):
    """Two pictures, one too small, and one that is none."""
    for name, size in {"shop": (1200, 800), "van": (900, 700), "dot": (40, 30)}.items():
        Image.linear_gradient("L").resize(size).convert("RGB").save(
            tmp_path / f"{name}.png"
        )
    (tmp_path / "notes.png").write_text("Dear diary")
    return tmp_path


def saved(page):
    expect(page.locator("#gigs-kept")).to_contain_text("Saved")


def fits(page):
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, page.url


def gap(above, below):
    """The space between two things on the page, in whole pixels."""
    box = above.bounding_box()
    return round(below.bounding_box()["y"] - box["y"] - box["height"])


def write_the_overview(page):
    # Before the title says anything, no place is kept for what it may say.
    expect(page.get_by_text("0 / 80")).to_be_visible()
    title, category, tags = page.locator("#gigs-editor .field").all()[:3]
    assert gap(category, tags) == gap(title, category)
    page.get_by_label("Title").fill(TITLE)
    expect(page.get_by_text(f"{len(TITLE)} / 80")).to_be_visible()
    page.get_by_role("button", name="Logo design").click()
    tags = page.get_by_label("Tags")
    tags.press_sequentially("Logo, bakery,")
    expect(page.get_by_role("button", name="Remove bakery")).to_be_visible()
    tags.press("Backspace")
    expect(page.get_by_role("button", name="Remove bakery")).to_have_count(0)
    # The draft is there before any button was pressed, and has an address of its own.
    page.wait_for_url("**/edit/overview/")
    fits(page)


def write_the_packages(page):
    basic = page.get_by_role("group", name="Basic")
    basic.get_by_label("Name").fill("One word")
    basic.get_by_label("What the buyer gets").fill("One word, painted.")
    basic.get_by_label("Price in dollars").fill("3")
    basic.get_by_label("Delivery, in days").fill("4")
    expect(basic.get_by_text("The least is $5.")).to_be_visible()
    basic.get_by_label("Price in dollars").fill("USD 115")
    expect(basic.get_by_text("You earn $115.00 of $115.00.")).to_be_visible()
    expect(page.locator("[data-price-echo]")).to_have_text("from $115")
    standard = page.get_by_role("group", name="Standard")
    standard.get_by_role("button", name="Copy from Basic").click()
    expect(standard.get_by_label("Price in dollars")).to_have_value("USD 115")
    standard.get_by_label("Price in dollars").fill("230")
    faster = page.get_by_role("group", name="Faster delivery")
    faster.get_by_label("Days sooner").fill("2")
    faster.get_by_label("For, in dollars").fill("30")
    saved(page)
    fits(page)


def write_the_rest(page):
    area = page.get_by_label("Description")
    area.fill(
        "I paint the name of your shop **by hand**, photograph it, trace it.\n\n- SVG\n- PDF"
    )
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#gigs-editor-preview strong")).to_have_text("by hand")
    questions = page.get_by_role("textbox", name="Question")
    for question in ("Do you travel?", "Do you ship?"):
        page.get_by_role("button", name="Add a question").click()
        questions.last.fill(question)
        page.get_by_role("textbox", name="Answer").last.fill("Yes.")
    page.get_by_role("button", name="Move up").last.click()
    expect(questions.first).to_have_value("Do you ship?")
    fits(page)
    go_on(page, "Questions for the buyer")
    page.get_by_role("button", name="Add a question").click()
    page.get_by_role("textbox", name="Question").first.fill("Which word?")


def lose_the_session(page, site):
    """The log-in ran out while something was being typed: it is there again after the next."""
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("textbox", name="Question").first.fill("Which word, and why?")
    page.wait_for_url("**/accounts/login/**")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/edit/requirements/")
    question = page.get_by_role("textbox", name="Question").first
    expect(question).to_have_value("Which word, and why?")
    saved(page)


def hang_the_pictures(page, files):
    page.set_input_files(
        "input[type=file]",
        [files / name for name in ("shop.png", "dot.png", "notes.png", "van.png")],
    )
    uploads = page.get_by_role("list", name="Uploads")
    expect(uploads).to_contain_text("It has 40 by 30 pixels")
    expect(uploads).to_contain_text("The picture is damaged and cannot be read.")
    expect(page.get_by_role("button", name="Remove picture 2")).to_be_visible()
    page.evaluate(PASTE)
    expect(page.get_by_role("button", name="Remove picture 3")).to_be_visible()
    page.get_by_role("button", name="Make picture 2 the cover").click()
    page.get_by_label("What picture 1 shows").fill("A van with letters on it")
    saved(page)
    fits(page)


def test_a_gig_is_written_on_a_phone(site, person, files):
    seller, buyer = person(**PHONE), person(**PHONE)
    join(seller, site, name="Pia Phone", email=EMAIL)
    start_selling(seller)

    write_the_overview(seller)
    seller.goto("/sell/gigs/")
    seller.get_by_role("link", name=f"Continue {TITLE}").click()
    expect(seller.get_by_role("heading", level=2, name="Packages")).to_be_visible()
    write_the_packages(seller)
    go_on(seller, "Describe it")
    write_the_rest(seller)
    lose_the_session(seller, site)
    go_on(seller, "Pictures")
    seller.get_by_role("link", name="Review").click()
    seller.get_by_role("link", name="At least one picture").click()
    hang_the_pictures(seller, files)
    go_on(seller, "Everything is there")
    fits(seller)
    seller.get_by_role("button", name="Publish").click()
    expect(seller.get_by_role("heading", level=1)).to_have_text(TITLE)

    buyer.goto(seller.url)
    expect(buyer.get_by_text("by hand").first).to_be_visible()
    assert seller.complaints + buyer.complaints == []
