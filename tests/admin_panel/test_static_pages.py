"""Pages of words that the operator writes anew: seen before, kept after, cheap to show."""

import pytest
from django.contrib.auth.models import Group

from gigstream.core import words
from gigstream.core.models import AuditEntry, PageVersion, PlatformSetting, Settings
from gigstream.core.static_pages import shipped
from tests.accounts.codes import prove
from tests.factories import a_user

pytestmark = pytest.mark.django_db

TERMS = "/admin/pages/terms/"


@pytest.fixture
def admin(as_user):
    person = a_user(is_staff=True)
    person.groups.add(Group.objects.get(name="admin"))
    browser = as_user(person)
    prove(browser)
    return browser


def said(**changes):
    return {
        "title": "Our terms",
        "lead": "In short.",
        "body": "## Fees {#fees}\n\nYou pay {fee}, and rest {clearance_days} days.",
        "reason": "Our lawyer asked.",
        "seen_version": "0",
        "publish": "1",
        **changes,
    }


def test_a_page_is_written_anew_and_quotes_the_rules_in_force(admin, client):
    PlatformSetting.following(0, Settings(service_fee_bps=1250)).save()

    admin.post(TERMS, said())
    page = client.get("/terms/").text

    assert "<h1>Our terms</h1>" in page
    assert '<h2 id="fees">Fees</h2>' in page
    assert 'href="#fees"' in page
    assert "You pay 12.5%, and rest 7 days." in page
    assert AuditEntry.objects.get().reason == "Our lawyer asked."
    assert "Written here, version 1" in admin.get("/admin/pages/").text


def test_a_preview_publishes_nothing_and_needs_no_reason(admin, client):
    form = said(reason="", preview="1")
    del form["publish"]

    page = admin.post(TERMS, form)

    assert (page.status_code, "You pay 10%" in page.text) == (200, True)
    assert not PageVersion.objects.exists()
    assert "Our terms" not in client.get("/terms/").text


def test_what_was_before_stays_and_can_be_begun_from_again(admin, client):
    admin.post(TERMS, said())
    admin.post(TERMS, said(title="Newer terms", seen_version="1"))
    late = admin.post(TERMS, said(title="Older terms", seen_version="1"))

    begun = admin.get(f"{TERMS}?from=1").text
    admin.post(TERMS, {"restore": "1", "seen_version": "2", "reason": "Too long."})

    assert (late.status_code, "changed this page meanwhile" in late.text) == (409, True)
    assert 'value="Our terms"' in begun
    assert PageVersion.objects.count() == 3
    assert "Terms of use</h1>" in client.get("/terms/").text


@pytest.mark.parametrize(
    "changed",
    [
        {"title": ""},
        {"body": " "},
        {"reason": ""},
        {"seen_version": "x"},
        {"title": "x" * 121},
        {"body": "x" * 60_001},
    ],
)
def test_what_cannot_be_published_is_explained(admin, changed):
    answer = admin.post(TERMS, said(**changed))

    assert answer.status_code == 422
    assert not PageVersion.objects.exists()


def test_nothing_of_html_and_no_strange_address_gets_through():
    html = words.read(
        "## <b>x</b>\n\n<script>a</script> [a](javascript:alert(1)) "
        "[b](data:text/html,x) [c](//evil.example) [d](/help/) "
        '[e](https://a.example/"onclick="x) ![f](https://a.example/p.png)\n\n'
        '<a hx-get="/x" id="y">z</a> {fee} {nonsense} {#id}'
    ).html

    assert "<script" not in html
    assert "<a hx" not in html
    assert html.count("<a href") == 2 + html.count('<a href="https://a.example/p')
    assert "javascript:" not in html.replace("(javascript:alert(1))", "")
    assert "<img" not in html
    assert 'onclick="' not in html


@pytest.mark.parametrize("page", PageVersion.Page.values)
def test_to_begin_with_there_is_what_the_site_came_with(admin, client, page):
    text = shipped(page, "en")
    form = said(**text)

    admin.post(f"/admin/pages/{page}/", form)
    shown = client.get(f"/{page}/").text

    assert text["title"] in shown
    assert len(text["body"]) > 500
    assert 'href="/contact/"' in shown or page == "about"
    assert "&lt;" not in shown


def test_the_page_of_the_operator_costs_one_query(
    admin, client, django_assert_num_queries
):
    admin.post(TERMS, said(body="No numbers here."))
    client.get("/terms/")

    with django_assert_num_queries(1):
        client.get("/terms/")
    with django_assert_num_queries(1):
        client.get("/about/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_of_the_desk_ask_as_often(admin, django_assert_num_queries, rows):
    for number in range(rows):
        admin.post(TERMS, said(seen_version=str(number)))
    admin.get(TERMS)  # the words about what was done are read

    with django_assert_num_queries(5):
        admin.get("/admin/pages/")
    with django_assert_num_queries(7):
        admin.get(TERMS)


def test_only_admins_write_pages(as_user):
    person = a_user(is_staff=True)
    person.groups.add(Group.objects.get(name="moderator"))
    browser = as_user(person)
    prove(browser)

    assert browser.get("/admin/pages/").status_code == 403
    assert browser.post(TERMS, said()).status_code == 403
    assert not PageVersion.objects.exists()


GERMAN = {"Accept-Language": "de"}


def test_each_language_has_a_text_of_its_own(admin, client):
    admin.post(TERMS, said())
    english_for_germans = client.get("/terms/", headers=GERMAN).text
    admin.post(f"{TERMS}?language=de", said(title="Unsere Regeln"))
    german, english = client.get("/terms/", headers=GERMAN).text, client.get("/terms/")
    overview = admin.get("/admin/pages/").text

    # Not what the site came with in German: that may promise something else.
    assert "<h1>Our terms</h1>" in english_for_germans
    assert '" lang="en">' in english_for_germans
    assert "<h1>Unsere Regeln</h1>" in german
    assert '" lang="' not in german
    assert "<h1>Our terms</h1>" in english.text
    assert overview.count("Written here, version 1") == 2
    assert AuditEntry.objects.latest("pk").after["language"] == "de"


def test_a_text_in_another_language_alone_is_for_its_readers(admin, client):
    admin.post(f"{TERMS}?language=de", said(title="Unsere Regeln"))

    assert "<h1>Terms of use</h1>" in client.get("/terms/").text
    assert "<h1>Unsere Regeln</h1>" in client.get("/terms/", headers=GERMAN).text


def test_a_text_that_is_taken_back_leaves_that_of_the_site_s_language(admin, client):
    admin.post(TERMS, said())
    german = f"{TERMS}?language=de"
    admin.post(german, said(title="Unsere Regeln"))
    late = admin.post(german, said(title="Zu spät"))
    admin.post(german, {"restore": "1", "seen_version": "1", "reason": "Too long."})
    begun = admin.get(f"{german}&from=1").text
    form = said(preview="1")
    del form["publish"]
    preview = admin.post(german, form).text

    assert late.status_code == 409
    assert "<h1>Our terms</h1>" in client.get("/terms/", headers=GERMAN).text
    assert 'value="Unsere Regeln"' in begun
    assert '<a href="?language=de" aria-current="page">German</a>' in begun
    assert '<a href="?language=de&amp;from=1">1</a>' in begun
    assert '<div class="prose p-4" lang="de"' in preview
    assert PageVersion.objects.of("terms", "en").count() == 1


@pytest.mark.parametrize("page", PageVersion.Page.values)
def test_a_german_text_begins_with_the_german_one_of_the_site(admin, page):
    german = admin.get(f"/admin/pages/{page}/?language=de").context["form"].initial
    unknown = admin.get(f"/admin/pages/{page}/?language=xx").context["written_in"]

    assert german["body"] == shipped(page, "de")["body"] != shipped(page, "en")["body"]
    assert unknown == "en"
