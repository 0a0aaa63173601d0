"""What people type is text wherever it comes out: pages, forms, the admin, mails, files, JSON-LD."""

import json
import re
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.apps import apps
from django.urls import reverse

import messaging.actions
from gigs.steps import Step
from messaging.models import Conversation, Notification
from orders import actions
from orders.actions import Answer
from orders.models import OrderFile
from orders.status import OrderStatus
from tests.factories import (
    NOON,
    a_category,
    a_gig,
    a_package,
    a_picture,
    a_question,
    a_seller,
    a_stored_file,
    a_user,
    an_order,
)
from tests.security.routes import admin_routes

pytestmark = pytest.mark.django_db

# Breaks out of text, of either kind of quotes, of a script and of a comment.
EVIL = "'\"></script><i data-x9>"
SHORT = "'\"><i data-x9>"


class Finder(HTMLParser):
    """Collects every element that our payload would have made."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _value in attrs]
        if any("x9" in name for name in names):
            self.found.append((tag, names))


def injected(markup):
    finder = Finder()
    finder.feed(markup)
    finder.close()
    return finder.found


@pytest.fixture
def deal():
    """An order through which everybody wrote nonsense into everything."""
    who = {"full_name": f"Ann {EVIL}", "location": EVIL}
    seller = a_seller(headline=EVIL, bio=EVIL, **who)
    category = a_category(name=EVIL, description=EVIL, slug="evil")
    gig = a_gig(
        seller=seller,
        category=category,
        title=EVIL,
        description=EVIL,
        packages=(),
        starting_price=100_00,
    )
    a_package(gig=gig, name=EVIL, description=EVIL, features=[EVIL])
    a_package(gig=gig, name=EVIL, description=EVIL, tier="premium", price=200_00)
    gig.tags.create(name=SHORT)
    a_picture(gig=gig, alt=EVIL)
    question = a_question(gig=gig, question=EVIL)
    a_question(gig=gig, question=f"{EVIL}?", kind="choice", options=[EVIL, f"{EVIL}!"])
    order = an_order(
        gig=gig,
        buyer=a_user(**who),
        status=OrderStatus.IN_PROGRESS,
        answers=[
            Answer(question=question, text=EVIL),
            Answer(question=question, file=a_stored_file(name=f"{EVIL}.pdf")),
        ],
    )
    files = [a_stored_file(name=f"{EVIL}.pdf")]
    delivery = {"order_id": order.pk, "actor": seller, "message": EVIL, "now": NOON}
    actions.deliver(files=files, **delivery)
    actions.request_revision(
        order_id=order.pk, actor=order.buyer, wishes=EVIL, now=NOON
    )
    actions.deliver(files=[a_stored_file(name=EVIL)], **delivery)
    messaging.actions.send(
        conversation_id=Conversation.objects.get().pk,
        sender=order.buyer,
        body=EVIL,
        client_id=uuid4(),
        now=NOON,
    )
    order.payments.update(failure=EVIL, card_brand=SHORT)
    order.refresh_from_db()
    return order


def pages_of(order):
    thread = Conversation.objects.get().get_absolute_url()
    gig = f"/gigs/{order.gig.slug}/"
    for_all = ["/", "/gigs/", f"/gigs/?q={EVIL}", "/categories/evil/", gig]
    for_parties = [order.get_absolute_url(), thread, "/messages/", "/notifications/"]
    lists = ["/dashboard/", "/orders/", "/orders/?side=selling", "/wallet/"]
    yield order.buyer, [*for_all, *for_parties, *lists, f"/checkout/{order.gig.slug}/"]
    steps = [f"/sell/gigs/{order.gig.slug}/edit/{step}/" for step in Step]
    sellers = ["/sell/gigs/", "/sell/gigs/new/", *steps]
    yield order.seller, [*for_all, *for_parties, *lists, *sellers]


def test_the_finder_finds_what_was_not_escaped():
    for page in (f"<p>{EVIL}</p>", f'<a title="{EVIL}">', f"<script>'{EVIL}'</script>"):
        assert injected(page) == [("i", ["data-x9"])]


def test_on_the_pages_it_is_text(deal, ask):
    shown = 0
    for person, addresses in pages_of(deal):
        for address in addresses:
            answer = ask(person, "GET", address)

            assert answer.status_code == 200, address
            assert injected(answer.text) == [], address
            shown += answer.text.count("data-x9")
    assert shown > 100


def test_in_a_fragment_it_is_text(deal, ask):
    headers = {"hx-request": "true", "hx-request-type": "partial"}
    for address in (
        "/gigs/",
        f"/gigs/{a_gig(category=deal.gig.category).slug}/more/",
        Conversation.objects.get().get_absolute_url(),
    ):
        answer = ask(deal.buyer, "GET", address, headers=headers)

        assert "data-x9" in answer.text, address
        assert injected(answer.text) == [], address


def test_in_a_form_that_comes_back_it_is_text(deal, ask):
    fields = dict.fromkeys(FIELDS, EVIL)
    thread = Conversation.objects.get().get_absolute_url()
    forms = [
        (None, f"/accounts/login/?next=/{EVIL}&callbackUrl=/{EVIL}"),
        (None, f"/accounts/signup/?next=/{EVIL}"),
        (None, "/accounts/password/reset/"),
        (None, "/accounts/confirm-email/again/"),
        (deal.buyer, f"/sell/start/?next=/{EVIL}"),
        (deal.buyer, f"/checkout/{deal.gig.slug}/?package=basic&x={EVIL}"),
        (deal.buyer, f"{thread}send/"),
        (deal.seller, "/sell/gigs/new/"),
        (deal.seller, f"/sell/gigs/{deal.gig.slug}/edit/overview/"),
        (deal.seller, f"/sell/gigs/{deal.gig.slug}/edit/packages/"),
        (deal.seller, f"{deal.get_absolute_url()}deliver/"),
    ]
    for person, address in forms:
        answer = ask(person, "POST", address, {**fields, "headline": EVIL * 20})

        assert answer.status_code in {200, 302, 409, 422}, address
        assert injected(answer.text) == [], address


FIELDS = [
    "login",
    "email",
    "full_name",
    "headline",
    "bio",
    "next",
    "client_id",
    "order",
    "checkout_key",
    "quoted_total",
    "category",
    "tags",
    "basic-price",
    "basic-name",
    "key",
    "questions-0-kind",
    "questions-0-options",
    "questions-TOTAL_FORMS",
    "questions-INITIAL_FORMS",
    "message",
]


def test_in_the_admin_it_is_text(deal, ask):
    operator = a_user(is_staff=True, is_superuser=True)
    for name in admin_routes():
        if not name.endswith("_changelist"):
            continue
        label, _, model = (
            name.removeprefix("admin:").removesuffix("_changelist").rpartition("_")
        )
        rows = apps.get_model(label, model)._default_manager.all()[:1]
        pages = [reverse(name), f"{reverse(name)}?q={EVIL}"]
        pages += [
            reverse(f"admin:{label}_{model}_change", args=[row.pk]) for row in rows
        ]
        for page in pages:
            answer = ask(operator, "GET", page)

            assert answer.status_code in {200, 302}, page
            assert injected(answer.text) == [], page


def test_in_mails_it_is_text_and_one_line_in_their_subjects(
    deal, run_tasks, mailoutbox, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    run_tasks_that_reach_no_company(run_tasks)

    assert len(mailoutbox) >= 4
    for mail in mailoutbox:
        markup, _kind = mail.alternatives[0]
        assert "data-x9" in markup
        assert injected(markup) == []
        assert "\n" not in mail.subject


def run_tasks_that_reach_no_company(run_tasks):
    """The card cannot be looked up here, which is not what these tests are about."""
    from django_tasks_db.models import DBTaskResult

    DBTaskResult.objects.exclude(task_path__startswith="messaging.").delete()
    run_tasks()


def test_a_line_break_in_a_title_stays_out_of_headers(run_tasks, mailoutbox):
    gig = a_gig(title="Logo\r\nBcc: everybody@example.com")
    an_order(gig=gig, status=OrderStatus.IN_PROGRESS)

    run_tasks_that_reach_no_company(run_tasks)

    for mail in mailoutbox:
        assert "Logo Bcc: everybody@example.com" in mail.subject
        assert set(mail.message().keys()) & {"Bcc"} == set()


def test_for_search_engines_it_is_text(deal, ask):
    page = ask(None, "GET", f"/gigs/{deal.gig.slug}/").text

    scripts = re.findall(
        r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page
    )
    facts, _breadcrumbs = json.loads(scripts[0])["@graph"]
    assert (facts["name"], facts["brand"]["name"]) == (EVIL, f"Ann {EVIL}")


def test_a_notification_leads_nowhere_else(deal):
    for news in Notification.objects.all():
        assert news.path == deal.get_absolute_url()
        assert "\n" not in news.title


def test_the_outbox_of_the_sandbox_shows_it_as_text(sandbox):
    from django.core.mail import EmailMultiAlternatives

    mail = EmailMultiAlternatives(
        EVIL, f"{EVIL} http://x/{EVIL}", to=[f"a+{SHORT}@b.c"]
    )
    mail.attach_alternative(f"<p>{EVIL}</p>", "text/html")
    sandbox.app.resend._take(
        json.dumps(
            {
                "from": EVIL,
                "to": mail.to,
                "subject": EVIL,
                "text": mail.body,
                "html": "<p>",
            }
        ).encode(),
        "",
        "",
    )
    key = sandbox.outbox()[0]["id"]

    pages = [
        sandbox.http("GET", path)
        for path in ("/sandbox/outbox/", f"/sandbox/outbox/{key}/", "/sandbox/stripe/")
    ]
    framed = sandbox.http("GET", f"/sandbox/outbox/{key}/html")

    assert [injected(page.data.decode()) for page in pages] == [[], [], []]
    policy = framed.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


def test_a_file_is_downloaded_under_a_name_that_is_one_header(
    deal, as_user, monkeypatch
):
    from gigstream.services import cloudinary

    monkeypatch.setattr(cloudinary, "open_private", lambda *_: iter([b"x"]))
    for file in OrderFile.objects.all():
        answer = as_user(deal.buyer).get(file.get_absolute_url())

        assert answer.headers["Content-Disposition"].startswith("attachment; filename")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name",
    ["https://evil.example/win", "www.evil.example", "evil.example/win", "a\u202eb"],
)
def test_nobody_joins_under_a_name_that_our_mails_would_make_a_link_of(client, name):
    fields = {"email": "victim@example.com", "password1": "a-long-way-home"}

    answer = client.post("/accounts/signup/", {**fields, "full_name": name})

    assert "A name has no web address in it." in answer.text


def test_nobody_takes_such_a_name_later(as_user):
    nora = a_user(full_name="Nora")

    answer = as_user(nora).post("/settings/profile/", {"full_name": "www.evil.example"})

    nora.refresh_from_db()
    assert "A name has no web address in it." in answer.text
    assert nora.full_name == "Nora"


@pytest.mark.parametrize(
    "name", ["Jean-Luc O'Neil", "J.R.R. Tolkien", "مريم", "St. John"]
)
def test_people_have_all_kinds_of_names(client, name):
    fields = {"email": "someone@example.com", "password1": "a-long-way-home"}

    answer = client.post("/accounts/signup/", {**fields, "full_name": name})

    assert answer.status_code == 302
