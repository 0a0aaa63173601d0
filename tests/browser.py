"""The one browser of a test run: Playwright's sync API allows no second beside it."""

import os
import shutil

import pytest

# The shell draws nothing for a screen that is not there: half the work.
CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PATIENCE = 15_000  # milliseconds: two cores are shared with the server and its worker


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        flags = FLAGS
        if os.environ.get("SITE_UNDER_TEST", "").startswith("https"):
            # Its certificate is its own; a service worker takes no other word for that.
            flags = [*FLAGS, "--ignore-certificate-errors"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()
