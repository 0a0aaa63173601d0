"""The site as an app: what is there when the network is gone, and when a new version comes."""

from playwright.sync_api import expect


def test_a_page_without_a_network_says_so_and_keeps_nobodys_data(site, person):
    page = person()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").first.fill("buyer@example.com")
    page.get_by_label("Password", exact=True).fill("gigstream-demo")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")
    page.wait_for_function("navigator.serviceWorker.controller !== null")

    page.context.set_offline(True)
    page.goto("/orders/")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    kept = page.evaluate(
        """async () => {
          const pages = [];
          for (const name of await caches.keys())
            for (const asked of await (await caches.open(name)).keys())
              pages.push(new URL(asked.url).pathname);
          return pages;
        }"""
    )
    assert "/offline/" in kept
    assert [
        path for path in kept if not path.startswith(("/static/", "/offline/"))
    ] == []

    page.context.set_offline(False)
    page.goto("/orders/")
    expect(page.get_by_role("heading", name="Orders", level=1)).to_be_visible()
