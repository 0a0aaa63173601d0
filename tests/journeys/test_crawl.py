"""Every kind of page that links lead to, as everybody sees it, on a phone of 320 px.

Each kind is also put to axe, in the light and in the dark, once as a stranger's and once as
a page of somebody known.
"""

import re
from collections import Counter, deque
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

NARROW = {"width": 320, "height": 800}
MOST_OPENED, MOST_ASKED = 150, 3
# Where one page is not like the next; of all other kinds one is opened.
OPENED = {"orders:detail": 10, "gigs:detail": 2, "gigs:market": 2, "gigs:edit": 2}
LEFT_OUT = re.compile(
    r"/accounts/logout/|/admin/logout/|/sandbox/(?!$|outbox/$|stripe/$)"
)

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIOLATIONS = """async (only) => {
  const found = await axe.run(document, { runOnly: only, preload: false, resultTypes: ["violations"] });
  return found.violations.map((each) =>
    `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`
  );
}"""
# Django's own tables end with an empty heading where nothing can be deleted.
LEFT_TO_DJANGO = "empty-table-header"
put_to_axe = set()

WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI}`)
);
"""
UPLOADS_ALONE = """!!document.querySelector("form[data-upload]") &&
  !document.querySelector("script[src*='js/upload.']")"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Where links lead, and forms that only ask, sent as they stand.
ADDRESSES = """() => [
  ...[...document.querySelectorAll("a[href]:not([download])")].map((link) => link.href),
  ...[...document.querySelectorAll("form:not([method=post], [method=dialog]):has(button:not([type=button]))")].map(
    (form) => `${form.action}?${new URLSearchParams(new FormData(form))}`
  ),
].map((address) => address.split("#")[0])"""


class Crawl:
    """What one person finds by following links; `troubles` says where something is wrong."""

    def __init__(self, page, site, *, is_known):
        self.page = page
        self.site = site
        self.is_known = is_known
        self.opened = Counter()
        self.asked = Counter()
        self.troubles = []
        self.known = set()
        self.waiting = deque()

    def run(self, *starts):
        self._note(starts, source="")
        while self.waiting and self.opened.total() < MOST_OPENED:
            path, source = self.waiting.popleft()
            kind = _kind(path)
            if self.opened[kind] < OPENED.get(kind, 1):
                self.opened[kind] += 1
                self._open(path, source)
            elif self.asked[kind] < MOST_ASKED:
                self.asked[kind] += 1
                self._check(self.page.request.get(path), path, source)

    def _open(self, path, source):
        self._check(self.page.goto(path), path, source)
        excess = self.page.evaluate(TOO_WIDE)
        if excess > 0:
            self.troubles.append(f"{path} is {excess} px too wide")
        if self.page.evaluate(UPLOADS_ALONE):
            self.troubles.append(f"{path} sends files and does not load upload.js")
        links = self.page.evaluate(ADDRESSES)
        self._note([_path(link) for link in links if self._is_here(link)], source=path)

        kind = (_kind(path), self.is_known)
        if kind not in put_to_axe:
            put_to_axe.add(kind)
            self._put_to_axe(path)

    def _put_to_axe(self, path):
        self.page.evaluate(AXE.read_text())
        found = dict.fromkeys(self.page.evaluate(VIOLATIONS, RULES), "light")
        self.page.emulate_media(color_scheme="dark")
        self.page.reload()
        self.page.evaluate(AXE.read_text())
        for each in self.page.evaluate(VIOLATIONS, ["color-contrast"]):
            found.setdefault(each, "dark")
        self.page.emulate_media(color_scheme="light")
        self.troubles += [
            f"{path} ({mode}): {each}"
            for each, mode in found.items()
            if not (path.startswith("/admin/") and each.startswith(LEFT_TO_DJANGO))
        ]

    def _check(self, answer, path, source):
        if answer.status >= 400:
            self.troubles.append(f"{answer.status} at {path}, linked from {source}")

    def _note(self, paths, *, source):
        for path in paths:
            if path not in self.known and not LEFT_OUT.match(path):
                self.known.add(path)
                self.waiting.append((path, source))

    def _is_here(self, link):
        return link.startswith(f"{self.site.url}/")


def _path(link):
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _kind(path):
    """The name of the URL, or the path without what is one of many."""
    plain = path.partition("?")[0]
    try:
        return resolve(plain).view_name
    except Resolver404:
        return re.sub(r"[^/]{16,}", "*", plain)


@pytest.mark.parametrize(
    ("role", "starts", "seen"),
    [
        ("", ["/"], {"gigs:category", "gigs:detail", "account_signup"}),
        (
            "buyer",
            ["/", "/dashboard/"],
            {"orders:detail", "orders:checkout", "orders:pay", "messaging:inbox"},
        ),
        (
            "seller",
            ["/dashboard/", "/sell/gigs/"],
            {"gigs:edit", "gigs:create", "payments:wallet", "orders:detail"},
        ),
        (
            "admin",
            ["/dashboard/", "/admin/"],
            {"admin:orders_order_change", "admin:accounts_user_change"},
        ),
    ],
    ids=["visitor", "buyer", "seller", "admin"],
)
def test_no_link_leads_into_trouble(site, person, role, starts, seen):
    page = person(viewport=NARROW, reduced_motion="reduce")
    page.add_init_script(WATCH)
    if role:
        page.goto("/")
        page.get_by_role("button", name=f"{role.title()}: log in").click()
    crawl = Crawl(page, site, is_known=bool(role))

    crawl.run(*starts)

    troubles = "\n".join(crawl.troubles + page.complaints)
    assert not troubles, troubles
    assert seen <= {kind for kind, number in crawl.opened.items() if number}
