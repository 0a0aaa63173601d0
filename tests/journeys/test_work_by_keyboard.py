"""The desks of the staff and the gig editor, with the keyboard alone.

On each page the focus goes through every control, in the order in which they stand, and each
stop of it is seen.
"""

import re

from PIL import Image
from playwright.sync_api import expect

from tests.journeys.test_by_keyboard import log_in, the_summary_has_the_focus

CASES = """
import accounts.actions
from accounts.models import User
from gigs.models import Gig
from gigs.status import GigStatus
from gigstream.core import clock
hannah = User.objects.get(email="buyer@example.com")
gigs = Gig.objects.on_offer().exclude(seller__email="seller@example.com")
for gig in gigs.order_by("-pk")[:2]:
    accounts.actions.report(
        reporter=hannah, target="gig", target_id=gig.pk, reason="copy",
        text="I made this.", now=clock.now(),
    )
"""
OPEN_DISPUTE = """
from orders.models import Dispute
print(Dispute.objects.filter(status="open").latest("pk").pk)
"""


def log_in_as_admin(person):
    page, keys = log_in(person, "Admin")
    page.goto("/accounts/reauthenticate/?next=/admin/")
    keys.write("Password", "gigstream-demo")
    keys.press("Enter")
    expect(page).to_have_url(re.compile("/admin/$"))
    return page, keys


def test_moderators_decide_by_keyboard(site, person):
    site.command("shell", "-c", CASES)
    page, keys = log_in_as_admin(person)
    page.goto("/admin/moderation/")
    keys.walk()
    keys.press_on("link", re.compile("^Reported gigs"))
    expect(page).to_have_url(re.compile("queue=gig"))
    keys.press("j")
    keys.look()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="The report")).to_be_visible()
    keys.walk()

    # Without a reason nothing is removed; the key leads to the reasons.
    keys.press_on("button", re.compile("^Remove"))
    expect(page.get_by_text("Say why; the people concerned read it.")).to_be_visible()
    keys.press("r")
    expect(page.get_by_label("Ready reasons")).to_be_focused()
    keys.look()
    keys.type("This shows")
    expect(page.locator("#id_reason")).to_have_value(re.compile("^This shows work"))
    expect(page.get_by_label("Ready reasons")).to_be_focused()
    keys.press_on("button", re.compile("^Remove"))
    expect(page.get_by_text("Done. Its owner and")).to_be_visible()
    keys.press_on("button", re.compile("^Keep it"))
    expect(page.get_by_text("It stays. Whoever reported it")).to_be_visible()
    assert page.complaints == []


def test_a_dispute_is_decided_by_keyboard(site, person):
    key = site.command("shell", "-c", OPEN_DISPUTE).strip().rpartition("\n")[2]
    page, keys = log_in_as_admin(person)
    page.goto("/admin/orders/dispute/?queue=ongoing")
    keys.walk()
    for _ in range(page.locator("#result_list tbody tr").count()):
        keys.press("j")
        keys.look()
        if key in page.evaluate("document.activeElement.href"):
            break
    keys.press("Enter")
    expect(page).to_have_url(re.compile(key))
    expect(page.get_by_role("heading", level=1)).to_have_text("View dispute")
    keys.walk()
    keys.press_on("link", "Take over")
    expect(page.get_by_role("heading", level=1)).to_have_text("Take over")
    keys.walk()
    keys.press_on("button", "Take over")
    expect(page.get_by_text("The dispute is with us now")).to_be_visible()
    keys.walk()
    # The browser leads to what is missing.
    keys.press_on("button", "Decide")
    expect(page.get_by_role("radio").first).to_be_focused()
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(page.get_by_role("radio", name="Split: a part goes back")).to_be_checked()
    keys.write("Back to the buyer", "20")
    keys.write("Reasons", "Half of the work is there.")
    keys.walk()
    keys.press_on("button", "Decide")
    expect(page.get_by_text("$20.00 of the price goes back")).to_be_visible()
    assert page.complaints == []


def go_on(page, keys, heading):
    keys.press_on("button", "Save and continue")
    expect(page.get_by_role("heading", level=2, name=heading)).to_be_visible()
    keys.walk()


def write_the_overview(page, keys):
    keys.walk()
    keys.press_on("button", "Save and continue")
    the_summary_has_the_focus(page)
    keys.write("Title", "I will carve the name of your boat")
    keys.tab_to("combobox", "Category")
    keys.type("Brand")
    keys.write("Tags", "carving,boats,")
    expect(page.get_by_role("button", name="Remove boats")).to_be_visible()
    keys.walk()
    keys.press_on("button", "Remove boats")
    expect(page.get_by_role("button", name="Remove boats")).to_have_count(0)


def write_the_packages(page, keys):
    basic = page.get_by_role("group", name="Basic")
    for role, label, words in (
        ("textbox", "Name", "One name"),
        ("textbox", "What the buyer gets", "One name in oak."),
        ("textbox", "Price in dollars", "115"),
        ("spinbutton", "Delivery, in days", "4"),
        ("spinbutton", "Revisions", "2"),
    ):
        keys.tab_to(role, label, within=basic)
        keys.type(words)
    keys.press_on("button", "Copy from Basic")


def write_the_description(page, keys):
    keys.write("Description", "I carve the name of your boat in oak. " * 3)
    keys.press_on("button", "Preview")
    expect(page.locator("#gigs-editor-preview")).to_contain_text("in oak")
    for question in ("Do you travel?", "Do you ship?"):
        keys.press_on("button", "Add a question")
        expect(page.get_by_role("textbox", name="Question").last).to_be_focused()
        keys.type(question)
        keys.write("Answer", "Yes.")
    keys.tab_to("button", "Move up")
    keys.press("Enter")
    expect(page.get_by_role("textbox", name="Question").first).to_have_value(
        "Do you ship?"
    )
    keys.look()
    keys.walk()
    keys.tab_to("button", "Remove", within=page.get_by_role("group", name="Row 2"))
    keys.press("Enter")
    expect(page.get_by_role("textbox", name="Question")).to_have_count(1)
    keys.look()


def hang_pictures(page, keys, *pictures):
    for number, picture in enumerate(pictures, start=1):
        with page.expect_file_chooser() as chooser:
            keys.press_on("button", "Add pictures")
        chooser.value.set_files(picture)
        expect(
            page.get_by_role("button", name=f"Remove picture {number}")
        ).to_be_visible()
    keys.walk()
    first = page.locator("[data-pictures] img").first
    before = first.get_attribute("src")
    keys.press_on("button", "Make picture 2 the cover")
    expect(first).not_to_have_attribute("src", before)
    keys.press_on("button", "Remove picture 2")
    expect(page.get_by_role("button", name="Remove picture 2")).to_have_count(0)


def test_a_gig_is_written_by_keyboard(site, person, picture, tmp_path):
    page, keys = log_in(person, "Seller")
    page.goto("/sell/gigs/new/")

    write_the_overview(page, keys)
    go_on(page, keys, "Packages")
    write_the_packages(page, keys)
    go_on(page, keys, "Describe it")
    write_the_description(page, keys)
    go_on(page, keys, "Questions for the buyer")
    go_on(page, keys, "Pictures")
    other = tmp_path / "other.png"
    Image.radial_gradient("L").resize((900, 700)).convert("RGB").save(other)
    hang_pictures(page, keys, picture, other)
    go_on(page, keys, "Everything is there")
    keys.press_on("button", "Publish")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "I will carve the name of your boat"
    )
    assert page.complaints == []
