"""Pictures on their way into a gallery: stopped, lost and sent again, dropped and put in order."""

import re
from itertools import count

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.test_buy_a_gig import join, start_selling

NUMBERS = count(1)
UPLOAD = re.compile(r"/pictures/upload/$")
# Files that are dragged in from outside, as the browser hands them to the page.
DRAGGED = """async (names) => {
    const files = new DataTransfer();
    for (const name of names) {
        const canvas = new OffscreenCanvas(600, 400);
        const pen = canvas.getContext("2d");
        pen.fillStyle = files.items.length ? "teal" : "gold";
        pen.fillRect(0, 0, 600, 400);
        files.items.add(new File([await canvas.convertToBlob()], name, {type: "image/png"}));
    }
    return files;
}"""


@pytest.fixture
def seller(site, person):
    """Somebody with a draft, who is about to hang pictures."""
    page = person()
    join(page, site, name="Ulla Upload", email=f"ulla{next(NUMBERS)}@example.com")
    start_selling(page)
    page.get_by_label("Title").fill("I will paint a sign for your shop")
    page.get_by_label("Category").select_option(label="Branding")
    page.wait_for_url("**/edit/overview/")
    page.goto(page.url.replace("overview", "gallery"))
    return page


@pytest.fixture
def pictures(tmp_path):
    paths = [tmp_path / f"{name}.png" for name in ("shop", "van")]
    for path, size in zip(paths, ((1200, 800), (900, 700)), strict=True):
        Image.linear_gradient("L").resize(size).convert("RGB").save(path)
    return paths


def hangs(page, number):
    expect(page.locator("[data-picture]")).to_have_count(number)


def test_an_upload_is_cancelled_and_sent_again_or_taken_away(seller, pictures):
    held = []  # requests that nobody answers
    seller.route(UPLOAD, lambda route: held.append(route))
    seller.set_input_files("input[type=file]", pictures)
    uploads = seller.get_by_role("list", name="Uploads")
    shop = uploads.get_by_role("listitem").filter(has_text="shop.png")
    van = uploads.get_by_role("listitem").filter(has_text="van.png")
    expect(shop.get_by_role("progressbar")).to_be_visible()

    for row in (shop, van):
        row.get_by_role("button", name="Cancel").click()
        expect(row).to_contain_text("Cancelled.")
    van.get_by_role("button", name="Cancel").click()
    expect(van).to_have_count(0)
    hangs(seller, 0)
    seller.unroute(UPLOAD)
    shop.get_by_role("button", name="Retry").click()

    expect(uploads.get_by_role("listitem")).to_have_count(0)
    hangs(seller, 1)
    seller.reload()
    hangs(seller, 1)
    assert len(held) == 2


def test_an_upload_that_failed_is_sent_again(seller, pictures):
    away = "The picture store cannot be reached."
    answers = [
        lambda route: route.abort(),
        lambda route: route.fulfill(status=503, json={"error": away}),
        lambda route: route.continue_(),
    ]
    seller.route(UPLOAD, lambda route: answers.pop(0)(route))
    seller.set_input_files("input[type=file]", pictures[:1])
    row = seller.get_by_role("list", name="Uploads").get_by_role("listitem")

    for words in ("The upload did not arrive.", away):
        expect(row).to_contain_text(words)
        row.get_by_role("button", name="Retry").click()

    hangs(seller, 1)
    expect(row).to_have_count(0)
    assert [re.search(r"ERR_FAILED|503", each)[0] for each in seller.complaints] == [
        "ERR_FAILED",
        "503",
    ]


def test_pictures_are_dropped_in_and_dragged_into_another_order(seller):
    zone = seller.locator("[data-dropzone]")
    files = seller.evaluate_handle(DRAGGED, ["gold.png", "teal.png"])

    zone.dispatch_event("dragover", {"dataTransfer": files})
    expect(zone).to_have_attribute("data-over", "")
    zone.dispatch_event("drop", {"dataTransfer": files})
    hangs(seller, 2)
    expect(zone).not_to_have_attribute("data-over", "")
    before = order(seller)
    first, second = seller.locator("[data-picture] img").all()
    with seller.expect_response(re.compile(r"/move/\?to=0$")):
        second.drag_to(first, target_position={"x": 5, "y": 5})
    seller.reload()

    assert order(seller) == before[::-1]
    assert seller.complaints == []


def order(page):
    return [
        each.get_attribute("data-picture")
        for each in page.locator("[data-picture]").all()
    ]
