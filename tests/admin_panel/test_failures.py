"""The desk of failed tasks: readable without secrets, tried again or dropped, on record."""

import pytest
from django.contrib.auth.models import Group
from django_tasks_db.models import DBTaskResult

from gigstream.core import jobs
from gigstream.core.models import AuditEntry
from gigstream.core.redact import HIDDEN, redacted, redacted_values
from tests.accounts.codes import prove
from tests.factories import NOON, a_user

pytestmark = pytest.mark.django_db

PAGE = "/admin/django_tasks_database/dbtaskresult/"


@pytest.fixture
def admin(as_user):
    person = a_user(is_staff=True)
    person.groups.add(Group.objects.get(name="admin"))
    browser = as_user(person)
    prove(browser)
    DBTaskResult.objects.all().delete()
    return browser


def a_failure(**fields):
    pk = jobs.enqueue("payments.tasks.submit_refund", refund_id="0190")
    DBTaskResult.objects.filter(pk=pk).update(
        **{
            "status": "FAILED",
            "finished_at": NOON,
            "exception_class_path": "builtins.ValueError",
            "traceback": "ValueError: No such refund: sk_test_4eC39HqLyjWDarjtT1",
            "worker_ids": ["one", "two"],
            **fields,
        }
    )
    return DBTaskResult.objects.get(pk=pk)


def test_a_failure_is_read_without_secrets_and_tried_again(admin, settings):
    settings.RESEND_API_KEY = "canary-of-resend"
    task = a_failure(
        traceback="Refused: canary-of-resend at postgres://gig:hunter22@db/gs",
        args_kwargs={"args": [], "kwargs": {"token": "abcdef", "refund_id": "0190"}},
    )

    shown = admin.get(f"{PAGE}{task.pk}/change/").text
    admin.post(f"{PAGE}{task.pk}/retry/", {"reason": "The network is back."})

    assert "Refused: ********" in shown
    assert "0190" in shown
    for secret in ("canary-of-resend", "hunter22", "abcdef"):
        assert secret not in shown
    task.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert (task.status, task.worker_ids) == ("READY", [])
    assert (entry.verb, entry.reason) == ("core.retry_task", "The network is back.")
    assert "abcdef" not in str(entry.before)


def test_many_are_dropped_with_a_reason_and_what_moved_on_is_named(admin):
    tasks = [a_failure(), a_failure(), a_failure(status="READY")]
    keys = {"_selected_action": [str(task.pk) for task in tasks]}

    without = admin.post(f"{PAGE}many/drop/", {**keys, "sure": "1"})
    done = admin.post(
        f"{PAGE}many/drop/", {**keys, "sure": "1", "reason": "Tests."}, follow=True
    )

    assert without.status_code == 422
    assert "Drop: done for 2 of 3." in done.text
    assert "no longer on the list of failures" in done.text
    assert list(DBTaskResult.objects.values_list("pk", flat=True)) == [tasks[2].pk]
    assert AuditEntry.objects.filter(verb="core.drop_task").count() == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_shows_failures_and_asks_as_often(
    admin, django_assert_num_queries, rows
):
    a_failure(status="SUCCESSFUL", task_path="went.well")
    for _ in range(rows):
        a_failure()

    with django_assert_num_queries(6):
        page = admin.get(PAGE).text

    assert page.count("payments.tasks.submit_refund") >= rows
    assert "went.well" not in page
    assert "went.well" in admin.get(f"{PAGE}?state=done").text


def test_only_admins_decide_about_tasks(as_user):
    task = a_failure()
    person = a_user(is_staff=True)
    person.groups.add(Group.objects.get(name="finance"))
    browser = as_user(person)
    prove(browser)

    assert browser.get(PAGE).status_code == 403
    assert browser.post(f"{PAGE}{task.pk}/drop/", {"reason": "x"}).status_code == 403
    assert DBTaskResult.objects.filter(pk=task.pk).exists()


@pytest.mark.parametrize(
    "text",
    [
        "sk_live_51HqLyjWDarjtT1",
        "whsec_abcdefgh1234",
        "pi_3Mt_secret_YrKJUKribcBj",
        "Authorization: Bearer eyJhbGciOi",
        "redis://me:hunter22@cache",
        "?token=eyJhbGciOi&page=2",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text):
    assert HIDDEN in redacted(text)
    assert redacted("Order 0190 was paid.") == "Order 0190 was paid."


def test_a_name_tells_a_secret():
    said = {"api_key": "x", "deep": [{"password": "y", "order": "0190"}]}

    assert redacted_values(said) == {
        "api_key": HIDDEN,
        "deep": [{"password": HIDDEN, "order": "0190"}],
    }
