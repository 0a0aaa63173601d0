"""The main pages for who needs them twice as large, and who asks that nothing moves."""

import pytest
from django.utils.text import slugify

from tests.journeys.test_by_keyboard import TITLE

GIG = slugify(TITLE)
# What a window of 1280 by 900 is at 200 %.
ZOOMED = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MOVING = """document.getAnimations()
  .filter(({ effect }) => effect.getComputedTiming().activeDuration > 10)
  .map((each) => `${each.animationName ?? each.transitionProperty} of ${each.effect.target.outerHTML.slice(0, 100)}`)"""

# Where somebody looks from, the pages, and what they came to each of them for.
PAGES = {
    "": [
        ("/", "button", "Search"),
        ("/gigs/", "button", "Filter"),
        (f"/gigs/{GIG}/", "button", "Continue"),
        ("/help/", "link", "What it costs"),
        ("/contact/", "button", "Send"),
        ("/accounts/login/", "button", "Log in"),
        ("/accounts/signup/", "button", "Create account"),
    ],
    "Buyer": [
        (f"/checkout/{GIG}/", "button", "Continue to payment"),
        ("/dashboard/", "link", "Browse services"),
        ("/orders/", "button", "Search"),
        ("/messages/", "link", "Maya Lindqvist"),
        ("/notifications/", "link", "Notification settings"),
        ("/settings/notifications/", "button", "Save times"),
    ],
    "Seller": [
        ("/dashboard/", "link", "New gig"),
        ("/sell/gigs/", "link", "New gig"),
        ("/sell/gigs/new/", "button", "Save and continue"),
        ("/wallet/", "link", "Withdraw"),
        ("/settings/vacation/", "button", "Save"),
    ],
}


def look_at(page, role, name):
    """Reach the button without pressing it: it is in the window, and nothing lies on it."""
    action = page.get_by_role("main").get_by_role(role, name=name).first
    action.hover()
    assert page.evaluate(TOO_WIDE) <= 0, page.url
    assert page.evaluate(MOVING) == [], page.url


@pytest.mark.parametrize("who", PAGES)
def test_the_main_pages_fit_twice_as_large_and_stand_still(site, person, who):
    page = person(**ZOOMED, reduced_motion="reduce")
    page.goto("/")
    if who:
        page.get_by_role("button", name=f"{who}: log in").click()
        page.wait_for_url("**/dashboard/")
    for path, role, name in PAGES[who]:
        page.goto(path)
        look_at(page, role, name)
    assert page.complaints == []
