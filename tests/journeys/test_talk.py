"""Two people talk: at once while both are there, later where the line is cut."""

import re

from playwright.sync_api import expect

TYPED = "See you at https://example.com/ at noon"


def log_in(page, who):
    page.goto("/")
    page.get_by_role("button", name=f"{who}: log in").click()
    expect(page.locator("#messaging-bell")).to_be_visible()
    return page


def composer(page):
    return page.get_by_role("textbox", name="Message", exact=True)


def said(page, words):
    return page.get_by_role("log").locator(".said").filter(has_text=words)


def say(page, words):
    composer(page).fill(words)
    composer(page).press("Enter")


def log_out(page):
    page.locator("summary", has_text="Your menu").click()
    page.get_by_role("button", name="Log out").click()


def read_far_above(page):
    """Make the thread too long for its room, and go to where it begins."""
    scroller = page.locator("[data-scroll]")
    scroller.evaluate("it => { it.style.maxHeight = '160px'; }")
    scroller.evaluate("it => { it.scrollTop = -it.scrollHeight; }")


def test_two_people_talk(site, person, picture):
    buyer, seller = log_in(person(), "Buyer"), log_in(person(), "Seller")
    buyer.goto("/messages/")
    buyer.get_by_role("link", name="Maya Lindqvist").click()
    expect(buyer.get_by_role("heading", level=1)).to_have_text("Maya Lindqvist")
    seller.goto(buyer.url)
    talk = seller.url

    # They see each other, typing, and each message with what has become of it.
    expect(buyer.get_by_text("Online ·")).to_be_visible()
    composer(seller).press_sequentially("Hello", delay=40)
    expect(buyer.get_by_text("Maya is typing…")).to_be_visible()
    say(buyer, TYPED)
    expect(said(seller, TYPED)).to_be_visible()
    expect(said(buyer, TYPED).get_by_text("Read")).to_be_visible()
    link = said(seller, TYPED).get_by_role("link", name="https://example.com/")
    assert "noopener" in link.get_attribute("rel")
    expect(buyer.get_by_text("Maya is typing…")).to_be_hidden()

    # A draft survives a reload; a file comes with a smaller picture.
    expect(composer(seller)).to_have_value("Hello")
    with seller.expect_response(re.compile("/draft/")):
        composer(seller).press_sequentially(" again")
    seller.reload()
    expect(composer(seller)).to_have_value("Hello again")
    log_out(seller)
    expect(buyer.get_by_text("Online ·")).to_be_hidden()
    log_in(seller, "Seller")
    seller.goto(talk)
    expect(composer(seller)).to_have_value("Hello again")
    expect(buyer.get_by_text("Online ·")).to_be_visible()
    seller.set_input_files("input[type=file]", picture)
    expect(seller.get_by_role("button", name="Remove cover.png")).to_be_visible()
    seller.get_by_role("button", name="Send").click()
    expect(
        said(buyer, "Hello again").get_by_role("img", name="cover.png")
    ).to_be_visible()

    # Who reads further up is not moved: a pill counts what came.
    read_far_above(buyer)
    jump = buyer.get_by_role("button", name="Newest messages")
    expect(jump).to_be_visible()
    say(seller, "One below")
    expect(jump).to_have_text(re.compile(r"^\s*1\s+Newest"))
    say(seller, "Two below")
    expect(jump).to_have_text(re.compile(r"^\s*2\s+Newest"))
    expect(said(buyer, "Two below")).not_to_be_in_viewport()
    jump.click()
    expect(said(buyer, "Two below")).to_be_in_viewport()
    expect(jump).to_be_hidden()
    expect(said(seller, "Two below").get_by_text("Read")).to_be_visible()

    # Elsewhere a toast and the counts tell of it.
    buyer.goto("/dashboard/")
    expect(buyer.locator("#messaging-bell")).to_be_visible()
    expect(buyer.locator("meta[name=live][data-heard]")).to_be_attached()
    title = buyer.title()
    say(seller, "Where are you?")
    toast = buyer.get_by_role("status").get_by_role(
        "link", name="Maya Lindqvist: Where"
    )
    expect(toast).to_be_visible()
    expect(buyer).not_to_have_title(title)
    expect(buyer).to_have_title(re.compile(r"^\(\d+\) Dashboard"))
    expect(said(seller, "Where are you?").get_by_text("Delivered")).to_be_visible()
    toast.click()
    expect(said(seller, "Where are you?").get_by_text("Read")).to_be_visible()

    # Offline: the message says so, keeps its words, and goes when the line is back.
    buyer.context.set_offline(True)
    say(buyer, "In a tunnel")
    expect(said(buyer, "In a tunnel").get_by_text("Not sent.")).to_be_visible()
    buyer.context.set_offline(False)
    expect(said(seller, "In a tunnel")).to_be_visible()
    expect(said(buyer, "In a tunnel")).to_have_count(1)

    # Without a socket pages ask by themselves.
    walled = log_in(person(), "Seller")
    walled.route_web_socket(re.compile("/app/"), lambda socket: socket.close())
    walled.goto(talk)
    expect(said(walled, "In a tunnel")).to_be_visible()
    say(buyer, "Behind the wall")
    expect(said(walled, "Behind the wall")).to_be_visible()
    say(walled, "I hear you")
    expect(said(buyer, "I hear you")).to_be_visible()

    offline = "ERR_INTERNET_DISCONNECTED"
    assert [line for line in buyer.complaints if offline not in line] == []
    assert seller.complaints == []
