"""A deal that goes wrong, done by its two people with the keyboard alone.

Every stop of the focus on the way is looked at: it is in the window, nothing covers it, and
a ring shows where it is.
"""

import re

from playwright.sync_api import expect

MOST_STOPS = 150
THREE_D_SECURE = "4000002500003155"
TITLE = "I will design a timeless geometric logo for your startup"

# What is wrong with where the focus is, if anything still is after some frames. A ring is an
# outline, or a shadow as sharp as one, around the control or the box that it is in; what it
# is drawn on is at least three times as light or as dark.
LOOK = """async () => {
  const stop = document.activeElement;
  if (stop === document.body) return "";
  const seen = (stop.matches(".sr-only") && stop.closest("label")) || stop;
  const pen = new OffscreenCanvas(1, 1).getContext("2d");
  const lightness = (colors) => {
    for (pen.fillStyle of ["white", ...colors]) pen.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map((each) =>
      each <= 10 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (box) => (box ? [...ground(box.parentElement), getComputedStyle(box).backgroundColor] : []);
  const stands = (color, box) => {
    const [dark, light] = [lightness(ground(box)), lightness([...ground(box), color])].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05) >= 3;
  };
  const isRing = (box, style) => {
    const shadow = /^(.*?) 0px 0px 0px [2-9]px/.exec(style.boxShadow);
    const isInside = parseFloat(style.outlineOffset) < 0;
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 &&
      stands(style.outlineColor, isInside ? box : box.parentElement)) || (shadow && stands(shadow[1], box.parentElement));
  };
  const hasRing = () =>
    [[seen], [seen, "::before"], [seen.parentElement], [seen.parentElement.parentElement]]
      .some((place) => isRing(place[0], getComputedStyle(...place)));
  const isSeen = () => {
    const box = seen.getBoundingClientRect();
    const above = document.elementFromPoint(
      (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2,
      (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2,
    );
    return above && [seen, seen.closest("label")].some((each) => each?.contains(above) || above.contains(seen));
  };
  for (let frame = 0; frame < 10; frame += 1) {
    if (hasRing() && isSeen()) return "";
    await new Promise(requestAnimationFrame);
  }
  return `${hasRing() ? "" : "no ring; "}${isSeen() ? "" : "not to be seen"}: ${stop.outerHTML.slice(0, 200)}`;
}"""


# All that can have the focus, of each group of radios what Tab leads to.
STOPS = """
  const isStop = (each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility({visibilityProperty: true});
  const isChosen = (each) => {
    if (each.type !== "radio") return true;
    const group = [...document.getElementsByName(each.name)].filter((other) => other.form === each.form);
    return each.checked || (!group.some((other) => other.checked) && each === group[0]);
  };
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter((each) => isStop(each) && isChosen(each));
"""
# Where something had the focus that is gone, the next Tab goes on.
START = """() => {
  const top = Object.assign(document.createElement("div"), {tabIndex: -1});
  document.body.prepend(top);
  top.focus();
  top.remove();
}"""
STOP = f"() => {{{STOPS} const at = stops.indexOf(document.activeElement); return at < 0 ? null : at; }}"
MISSED = f"(reached) => {{{STOPS} return stops.filter((_, at) => !reached.includes(at)).map((each) => each.outerHTML.slice(0, 120)); }}"


class Keyboard:
    """Somebody who has no mouse. Each way to a control is bounded, so that a trap is found."""

    def __init__(self, page):
        self.page = page
        self.press, self.type = page.keyboard.press, page.keyboard.type

    def look(self):
        trouble = self.page.evaluate(LOOK)
        assert not trouble, f"{self.page.url}: {trouble}"

    def tab_to(self, role, name=None, *, within=None, key="Tab"):
        wanted = (within or self.page).get_by_role(role, name=name)
        focused = wanted.and_(self.page.locator(":focus"))
        for _ in range(MOST_STOPS):
            self.press(key)
            self.look()
            if focused.count():
                return
        raise AssertionError(f"No way by {key} to the {role} {name}: {self.page.url}")

    def walk(self):
        """From the top of the page to its end: every control, in the order in which they stand."""
        self.page.evaluate(START)
        stops = []
        for _ in range(MOST_STOPS):
            self.press("Tab")
            stop = self.page.evaluate(STOP)
            if stop is None or stop in stops:
                break
            self.look()
            stops.append(stop)
        missed = self.page.evaluate(MISSED, stops)
        assert missed == [], f"{self.page.url}: not reached {missed}"
        assert stops == sorted(stops), self.page.url

    def press_on(self, role, name):
        self.tab_to(role, name)
        self.press("Enter")

    def write(self, label, words):
        self.tab_to("textbox", label)
        self.type(words)

    def choose(self, question, answer):
        """Tab leads to one radio of a group, arrows to the others."""
        group = self.page.get_by_role("group", name=question)
        self.tab_to("radio", within=group)
        for _ in group.get_by_role("radio").all():
            if group.get_by_role("radio", name=answer).is_checked():
                return
            self.press("ArrowDown")
        expect(group.get_by_role("radio", name=answer)).to_be_checked()


def log_in(person, who):
    # Rings come at once where nothing moves.
    page = person(reduced_motion="reduce")
    page.goto("/")
    Keyboard(page).press_on("button", f"{who}: log in")
    expect(page.locator("#messaging-bell")).to_be_visible()
    return page, Keyboard(page)


def the_summary_has_the_focus(page):
    expect(page.locator("[data-error-summary]")).to_be_focused()


def find_and_choose(page, keys):
    """Search, pass the header, choose the second package by its arrow."""
    keys.press("/")
    keys.type("geometric logo")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("geometric logo")
    keys.press_on("link", "Skip to content")
    expect(page.get_by_role("main")).to_be_focused()
    keys.press_on("link", TITLE)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    keys.tab_to("radio", "Basic")
    keys.press("ArrowRight")
    expect(page.get_by_role("radio", name="Standard")).to_be_checked()
    keys.press_on("button", "Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Order")


def check_out_and_pay(page, keys):
    """Refused twice, and led from the summary to what is missing; the bank asks back."""
    what, which = "What is the business called", "Which direction feels closest?"
    keys.press_on("button", "Continue to payment")
    the_summary_has_the_focus(page)
    keys.press_on("link", what)
    expect(page.get_by_label(what)).to_be_focused()
    keys.type("Calla, a florist.")
    keys.press_on("button", "Continue to payment")
    the_summary_has_the_focus(page)
    keys.press_on("link", which)
    expect(page.get_by_role("radio", name="Strict")).to_be_focused()
    keys.press("Space")
    keys.press_on("button", "Continue to payment")
    expect(page.get_by_role("heading", level=1)).to_have_text("Payment")
    keys.write("Card number", THREE_D_SECURE)
    keys.write("Expiry", "1240")
    keys.write("CVC", "123")
    keys.press_on("button", "Pay $264.00")
    expect(page.get_by_role("button", name="Complete")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Maya is at work")).to_be_visible()
    return re.search(r"/orders/[-0-9a-f]{36}/", page.url).group()


def say(keys, words):
    keys.write(re.compile("^Message$"), words)
    keys.press("Enter")


def deliver(page, keys, work):
    keys.tab_to("button", "Deliver", key="Shift+Tab")
    keys.press("Enter")
    the_summary_has_the_focus(page)
    keys.write("Message to the buyer", "Your logo, drawn with a compass.")
    with page.expect_file_chooser() as chooser:
        keys.press_on("button", "Files")
    chooser.value.set_files(work)
    keys.press_on("button", "Deliver")
    expect(page.get_by_role("heading", name="Delivered.")).to_be_visible()


def open_a_dispute(page, keys):
    keys.press_on("link", "Open a dispute")
    expect(page.get_by_role("heading", level=1)).to_have_text("Open a dispute")
    keys.press_on("button", "Open the dispute")
    the_summary_has_the_focus(page)
    keys.choose("What happened?", "It is not what we agreed")
    keys.choose("What would be right for you?", "A part of the price")
    keys.write("How much goes back to the buyer?", "80.50")
    keys.write("Tell it in your words", "It is a square.")
    keys.press_on("button", "Open the dispute")
    expect(page.get_by_role("heading", name="Your offer: $80.50")).to_be_visible()


def answer_with_an_offer(page, keys):
    keys.press_on("link", "Read it and answer")
    expect(page.get_by_role("heading", name="Hannah offers: $80.50")).to_be_visible()
    keys.choose("What do you offer?", "A part of the price")
    keys.tab_to("slider", "How much goes back")
    keys.press("Home")
    for _ in range(3):
        keys.press("PageUp")
    keys.write("What do you say?", "It is round at its corners.")
    keys.press_on("button", "Send")
    expect(page.get_by_role("heading", name="Your offer")).to_be_visible()


def test_a_deal_goes_wrong_by_keyboard(site, person, picture):
    buyer, buyers = log_in(person, "Buyer")
    find_and_choose(buyer, buyers)
    order = check_out_and_pay(buyer, buyers)
    say(buyers, "Please keep it round.")
    expect(buyer.get_by_role("log")).to_contain_text("Please keep it round.")

    seller, sellers = log_in(person, "Seller")
    seller.goto(order)
    say(sellers, "Round it is.")
    expect(buyer.get_by_role("log")).to_contain_text("Round it is.")
    deliver(seller, sellers, picture)

    buyer.goto(order)
    open_a_dispute(buyer, buyers)

    seller.goto(order)
    answer_with_an_offer(seller, sellers)
    assert buyer.complaints + seller.complaints == []


def test_the_focus_is_not_lost_when_a_part_of_the_page_changes(site, person):
    page = person(reduced_motion="reduce")
    keys = Keyboard(page)
    page.goto("/gigs/")

    keys.choose("Delivery time", "Up to 7 days")
    expect(page).to_have_url(re.compile("delivery=7"))
    expect(page.get_by_role("radio", name="Up to 7 days")).to_be_focused()
    keys.press_on("link", "Up to 7 days")
    expect(page).not_to_have_url(re.compile("delivery=7"))
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.complaints == []
