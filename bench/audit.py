"""What pages weigh, and what machines find wrong with them: `make audit`.

A site of its own is started, with the demo's data. Fourteen pages are opened in Chromium with
an empty cache, each as whoever sees it: bytes as they come over the wire, requests, elements,
the largest paint and what moved, the console; then 320 and 390 pixels of width; then axe, in
the light, in the dark and on a phone. Pages of strangers go to Lighthouse, too (as a phone on
a slow line, without slowing the processor: two shared cores are slow enough), `runs` times,
of which the middle counts. What misses its budget is named, and the exit code says so.

    python bench/audit.py [runs]
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "gigstream.settings.test"

LIGHTHOUSE = "lighthouse@13.5.0"
TOOLS = ROOT / "var" / "audit"
KB = 1024


@dataclass(frozen=True)
class Budget:
    """The most that a page of a kind may take."""

    html: int
    js: int
    images: int
    requests: int
    elements: int
    css: int = 18 * KB
    fonts: int = 62 * KB
    total: int = 350 * KB
    lcp: int = 2200


LIST = Budget(14 * KB, 24 * KB, 250 * KB, 45, 1300)
DETAIL = Budget(10 * KB, 24 * KB, 300 * KB, 25, 800)
WORK = Budget(14 * KB, 40 * KB, 150 * KB, 30, 1300, total=300 * KB, lcp=2500)
# Django's own styles lie below ours there.
ADMIN = replace(WORK, css=32 * KB)
SCORES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}

PAGES = [
    ("home", "", "/", LIST),
    ("market", "", "/gigs/", LIST),
    ("search", "", "/gigs/?q=logo", LIST),
    ("gig", "", "GIG", DETAIL),
    ("seller", "", "/u/maya-lindqvist/", DETAIL),
    ("login", "", "/accounts/login/", DETAIL),
    ("help", "", "/help/", DETAIL),
    ("checkout", "Buyer", "CHECKOUT", DETAIL),
    ("order", "Buyer", "ORDER", WORK),
    ("messages", "Buyer", "/messages/", WORK),
    ("dashboard", "Seller", "/dashboard/", WORK),
    ("wallet", "Seller", "/wallet/", WORK),
    ("settings", "Seller", "/settings/profile/", WORK),
    ("admin", "Admin", "/admin/", ADMIN),
]

WATCH = """
window.told = { lcp: 0, cls: 0 };
new PerformanceObserver((list) => { for (const each of list.getEntries()) told.lcp = each.startTime; })
  .observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) told.cls += each.value;
}).observe({ type: "layout-shift", buffered: true });
document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.blockedURI}`));
"""
AXE = """async () => (await axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"], preload: false,
})).violations.map((each) => `${each.id} at ${each.nodes[0].target}`)"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MISSED = []


def main(runs=1):
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from tests.browser import CHROMIUM, FLAGS
    from tests.journeys.conftest import Site

    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.\n")
    print(
        "| page | HTML | CSS | JS | fonts | images | requests | elements | LCP | axe |",
        end="",
    )
    print(" Lighthouse |\n|" + " --- |" + " ---: |" * 9 + " --- |")
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        site.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=CHROMIUM, args=FLAGS
                )
                for name, who, path, budget in PAGES:
                    look(browser, site.url, name, who, path, budget, runs)
        finally:
            site.stop()
    print("\nWithin all budgets." if not MISSED else "\n" + "\n".join(MISSED))
    return 1 if MISSED else 0


def look(browser, url, name, who, path, budget, runs):
    """Print the line of a page, and note what misses its budget."""
    context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    if who:
        page.goto("/")
        page.get_by_role("button", name=f"{who}: log in").click()
        page.wait_for_load_state()
    path = found(page, path)
    weights, calls, complaints = Counter(), [], []
    page.add_init_script(WATCH)
    page.on(
        "console", lambda line: line.type == "error" and complaints.append(line.text)
    )
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.setBypassServiceWorker", {"bypass": True})
    kinds = {}
    session.on("Network.responseReceived", lambda told: note(told, kinds, calls))
    session.on(
        "Network.loadingFinished",
        lambda told: weights.update(
            {kinds.get(told["requestId"], "Other"): int(told["encodedDataLength"])}
        ),
    )
    page.goto(path, wait_until="load")
    page.wait_for_timeout(600)
    told = page.evaluate("told")
    measured = {
        "html": weights["Document"],
        "css": weights["Stylesheet"],
        "js": weights["Script"],
        "fonts": weights["Font"],
        "images": weights["Image"],
        "total": weights.total(),
        "requests": len(calls),
        "elements": page.evaluate("document.getElementsByTagName('*').length"),
        "lcp": round(told["lcp"]),
    }
    for what, value in measured.items():
        if value > getattr(budget, what):
            MISSED.append(f"{name}: {what} {value}, at most {getattr(budget, what)}")
    if told["cls"] > 0.02:
        MISSED.append(f"{name}: moves by {told['cls']:.3f}")
    MISSED.extend(f"{name}: asks {each}" for each in calls if not each.startswith(url))
    is_listed = not page.locator("meta[name=robots][content*=noindex]").count()
    violations = judged(page)
    MISSED.extend(f"{name}: axe: {each}" for each in violations)
    MISSED.extend(f"{name}: {each}" for each in complaints)
    context.close()
    scores = lighthouse(f"{url}{path}", runs) if not who else {}
    for what, score in scores.items():
        if score < SCORES[what] and (what != "seo" or is_listed):
            MISSED.append(f"{name}: Lighthouse {what} {score}")
    sizes = " | ".join(f"{measured[what] / KB:.1f} kB" for what in list(measured)[:5])
    counts = f"{measured['requests']} | {measured['elements']} | {measured['lcp']} ms"
    said = "/".join(str(score) for score in scores.values())
    print(f"| {name} | {sizes} | {counts} | {len(violations)} | {said} |", flush=True)


def note(told, kinds, calls):
    if told["response"]["url"].startswith("data:"):
        return
    kinds[told["requestId"]] = told["type"]
    calls.append(told["response"]["url"])


def found(page, path):
    """The address of a page that only the data knows."""
    if path == "GIG" or path == "CHECKOUT":
        page.goto("/gigs/")
        gig = page.locator("main a[href^='/gigs/']").filter(has_text="logo").first
        path = (
            gig.get_attribute("href")
            if path == "GIG"
            else "/checkout/"
            + (gig.get_attribute("href").removeprefix("/gigs/") + "?package=basic")
        )
    if path == "ORDER":
        page.goto("/orders/")
        hrefs = page.locator("main a").evaluate_all(
            "all => all.map((a) => a.getAttribute('href'))"
        )
        path = next(
            each for each in hrefs if re.fullmatch(r"/orders/[-0-9a-f]{36}/", each)
        )
    return path


def judged(page):
    """What axe finds in the light, in the dark and on a phone, and widths that overflow."""
    axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
    violations = []
    for width, scheme in ((1440, "light"), (1440, "dark"), (390, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.reload()
        page.evaluate(axe)
        violations += [f"{each} ({width}, {scheme})" for each in page.evaluate(AXE)]
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        if (excess := page.evaluate(TOO_WIDE)) > 0:
            violations.append(f"{excess} px too wide at {width}")
    return violations


def lighthouse(url, runs):
    """The scores of a page, of each the middle of all runs."""
    from tests.browser import CHROMIUM, FLAGS

    program = TOOLS / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        command = [
            "npm",
            "install",
            "--no-save",
            "--loglevel=error",
            "--prefix",
            TOOLS,
            LIGHTHOUSE,
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    flags = " ".join(["--headless=new", *FLAGS])
    command = [program, url, "--quiet", "--output=json", f"--chrome-flags={flags}"]
    command += [
        "--throttling.cpuSlowdownMultiplier=1",
        f"--only-categories={','.join(SCORES)}",
    ]
    chrome = CHROMIUM.replace("-headless-shell", "")
    scores = {each: [] for each in SCORES}
    for _ in range(runs):
        done = subprocess.run(
            command,
            env={**os.environ, "CHROME_PATH": chrome},
            check=True,
            capture_output=True,
        )
        for name, category in json.loads(done.stdout)["categories"].items():
            scores[name].append(round(100 * (category["score"] or 0)))
    return {name: round(statistics.median(each)) for name, each in scores.items()}


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
