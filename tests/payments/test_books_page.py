"""The books page: it shows what jobs have found, says when, and lets somebody ask again."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import payments.actions
from gigstream.core import clock, invariants
from gigstream.core.errors import NotAllowed
from gigstream.core.jobs import schedule
from gigstream.core.models import AuditEntry, Check, PeriodicJob
from payments.admin_books import SHOWN
from payments.books import POSTINGS
from payments.models import AccountKind, StripeEvent, StripeLine
from tests.factories import NOON, a_finance, a_moderator, a_user, an_order
from tests.payments.webhooks import a_paid_order, post_event

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
PAGE = "/admin/payments/reconciliation/"
ASK = f"{PAGE}ask/"
JOB = "payments.tasks.reconcile"


@pytest.fixture
def finance(as_user):
    return as_user(a_finance())


def text(browser):
    return browser.get(PAGE).content.decode()


def a_line(**fields):
    number = StripeLine.objects.count()
    values = {"line_id": f"txn_{number}", "kind": "topup", "amount": 1_00}
    return StripeLine.objects.create(
        **values | {"currency": "usd", "created_at": NOON} | fields
    )


def run_the_job():
    return schedule.run(next(job for job in schedule.rows() if job.name == JOB))


def test_it_shows_what_the_last_look_found(sandbox, finance, run_tasks):
    _order, _payment, event = a_paid_order(sandbox)
    post_event(sandbox, event)
    run_tasks()

    run_the_job()
    context = finance.get(PAGE).context

    held = {kind: each for kind, each in context["holdings"] if each}
    assert (held[AccountKind.ESCROW][0].total, held[AccountKind.ESCROW][0].count) == (
        100_00,
        1,
    )
    assert held[AccountKind.STRIPE][0].total == 110_00 - 349
    made = {number: count for number, _words, count in context["postings"]}
    assert (made["E1"], made["E1b"], made["E15"]) == (1, 1, 0)
    page = text(finance)
    assert "<strong>$0.00</strong>" in page
    assert "Automatic payouts go on." in page
    assert "0 of Stripe's news wait" in page
    assert ">Which</a>" not in page
    assert "Broken" not in page


def test_the_rules_are_said_in_the_language_of_who_reads(as_user):
    reader = a_finance()
    reader.language = "de"
    reader.save(update_fields=["language"])

    page = text(as_user(reader))

    assert "Alle Konten einer Währung zusammen ergeben null." in page
    assert not [rule for rule in invariants.rules().values() if str(rule) in page]


def test_every_kind_of_account_and_of_posting_has_its_line_before_anything_happened(
    finance,
):
    context = finance.get(PAGE).context

    assert [kind for kind, _held in context["holdings"]] == list(AccountKind)
    assert [count for _number, _words, count in context["postings"]] == [0] * 23


def test_the_kinds_of_postings_are_those_of_the_money_page():
    page = (ROOT / "docs" / "money.md").read_text()
    ledger = page.partition("## The ledger\n")[2].partition("\n## ")[0]
    numbers = re.findall(r"^\| (E[^|]+) \|", ledger, re.MULTILINE)

    posted = {
        number
        for path in (ROOT / "payments" / "actions").glob("*.py")
        for number in re.findall(r'"(E\d+[a-z]?)"', path.read_text())
    }
    assert set(POSTINGS) == set(re.findall(r"E\d+[a-z]?", " ".join(numbers)))
    assert set(POSTINGS) == posted


def test_each_rule_says_when_it_was_asked_and_how_long_that_took(sandbox, finance):
    assert ">Holds</td>" not in text(finance)

    found = invariants.check_and_keep(now=NOON)

    assert found == {}
    assert text(finance).count(">Holds</td>") == len(invariants.rules())
    rules = {rule.code: rule for rule in finance.get(PAGE).context["rules"]}
    assert list(rules) == list(invariants.rules())
    assert all(rule.at == NOON and rule.ms > 0 for rule in rules.values())
    assert Check.objects.count() == len(rules), (
        "the last answer takes the place of others"
    )


def test_a_broken_rule_is_named_unless_it_holds_when_asked_again(monkeypatch, finance):
    answers = iter([["for a moment", "off by 1"], ["off by 1"]])
    broken = invariants.Invariant(code="I1", rule="x", find=lambda: next(answers))
    monkeypatch.setattr(invariants, "_registry", {"I1": broken})

    assert invariants.check_and_keep(now=NOON) == {"I1": ["off by 1"]}
    page = text(finance)
    assert "<strong>Broken</strong><br>off by 1" in page
    assert "for a moment" not in page


@pytest.mark.breaks_the_books
def test_the_page_asks_the_same_however_much_was_posted(sandbox, finance):
    def asked():
        with CaptureQueriesContext(connection) as found:
            finance.get(PAGE)
        return [query["sql"] for query in found]

    an_order(status="completed")
    payments.actions.reconcile(now=clock.now())
    few = asked()
    for _ in range(2):
        an_order(status="completed")
        a_line()
    payments.actions.reconcile(now=clock.now())

    assert len(asked()) == len(few) == 9
    assert not any("ledger" in sql for sql in few), "a job adds it up"


@pytest.mark.breaks_the_books
def test_an_open_line_has_its_fix_or_waits_for_its_news(sandbox, finance):
    a_line(created_at=clock.now())
    assert "Its news is under way" in text(finance)

    with clock.frozen(clock.now() + timedelta(hours=1)):
        payments.actions.reconcile(now=clock.now())
        page = text(finance)

    assert "Its news is under way" not in page
    assert page.count("then say on the page of this line what it is;") == 2
    assert "Nothing else stops: orders, payments and refunds go on." in page


def test_more_lines_than_are_shown_are_told_and_led_to(finance):
    for _ in range(SHOWN):
        a_line()
    assert "oldest." not in text(finance)

    a_line(created_at=NOON - timedelta(days=1), kind="the_oldest")

    page = text(finance)
    assert "These are the 100 oldest." in page
    assert page.index("the_oldest") < page.index("topup")
    rest = finance.get("/admin/payments/stripeline/?explained_at__isempty=1")
    assert rest.context["cl"].result_count == SHOWN + 1


def test_waiting_news_is_counted_no_further_than_anybody_reads(finance):
    StripeEvent.objects.bulk_create(
        StripeEvent(event_id=f"evt_{n}", kind="x", body={}, created_at=NOON)
        for n in range(SHOWN + 1)
    )

    assert "100+ of Stripe&#x27;s news wait" in text(finance) or (
        "100+ of Stripe's news wait" in text(finance)
    )


def test_to_ask_makes_the_job_due_and_is_written_down(finance):
    schedule.rows()
    PeriodicJob.objects.update(next_run_at=clock.now() + timedelta(hours=1))

    page = finance.post(ASK, follow=True)

    assert "The books are being compared" in page.content.decode()
    assert PeriodicJob.objects.get(name=JOB).next_run_at <= clock.now()
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target) == ("payments.reconcile", "payments.books")


def test_a_stripe_that_does_not_answer_is_said(sandbox, settings, finance):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    run_the_job()

    assert "The last attempt to compare failed." in text(finance)


def test_who_may_not_ask_is_refused(as_user):
    assert as_user(a_user()).get(PAGE).status_code == 302
    assert as_user(a_moderator()).post(ASK).status_code == 403
    with pytest.raises(NotAllowed):
        payments.actions.ask_to_reconcile(actor=a_moderator(), now=NOON)
    assert not AuditEntry.objects.exists()
