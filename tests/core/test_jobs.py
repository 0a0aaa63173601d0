"""The queue, the periodic jobs and `manage.py jobs`, in one process."""

from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from gigstream.core import clock, jobs
from gigstream.core.errors import Stale
from gigstream.core.jobs import registry, schedule
from gigstream.core.jobs.worker import MAX_ATTEMPTS
from gigstream.core.models import PeriodicJob
from gigstream.core.tasks import prune_finished_tasks
from tests.core import sample_tasks

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WRITE = "tests.core.sample_tasks.write"
FAIL = "tests.core.sample_tasks.fail"
TICK = "tests.core.sample_tasks.tick"


@pytest.fixture
def trace(tmp_path):
    path = tmp_path / "trace"
    path.touch()
    return path


@pytest.fixture
def hourly(monkeypatch, trace):
    """`tick` is the one periodic job there is; it writes into `trace`."""
    monkeypatch.setenv("TICK_FILE", str(trace))
    monkeypatch.setattr(sample_tasks.time, "sleep", lambda _seconds: None)
    hourly = registry.Schedule(task=sample_tasks.tick, every=timedelta(hours=1))
    registry_before = dict(registry.schedules)
    registry.schedules.clear()
    registry.schedules[TICK] = hourly
    yield
    registry.schedules.clear()
    registry.schedules.update(registry_before)


def _dead_letter(trace):
    task_id = jobs.enqueue(FAIL, path=str(trace))
    for attempt in range(MAX_ATTEMPTS):
        with clock.frozen(NOON + timedelta(hours=attempt)):
            jobs.drain()
    return task_id


def _lines(trace):
    return trace.read_text().split()


@pytest.mark.django_db(transaction=True)
def test_a_task_is_rolled_back_with_the_change_that_asked_for_it(trace):
    with transaction.atomic():
        jobs.enqueue(WRITE, path=str(trace), line="never")
        transaction.set_rollback(True)

    assert jobs.drain() == []
    assert _lines(trace) == []


@pytest.mark.django_db
def test_a_task_gets_its_arguments_and_ids_as_text(trace):
    order = UUID("01900000-0000-7000-8000-000000000001")

    jobs.enqueue(WRITE, path=str(trace), line=order)

    assert jobs.drain() == []
    assert _lines(trace) == [str(order)]


@pytest.mark.django_db
def test_a_delayed_task_waits_for_the_business_clock(trace):
    with clock.frozen(NOON):
        jobs.enqueue(WRITE, path=str(trace), line="late", delay=timedelta(days=3))
        jobs.drain()
        before = _lines(trace)
    with clock.frozen(NOON + timedelta(days=3)):
        jobs.drain()

    assert before == []
    assert _lines(trace) == ["late"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "arguments", "refusal"),
    [
        ("tests.core.sample_tasks.nothing", {}, ImportError),
        ("tests.core.sample_tasks._trace", {}, TypeError),
        (WRITE, {"path": "x", "lime": "a misspelled argument"}, TypeError),
        (WRITE, {"path": "x", "line": object()}, TypeError),
    ],
)
def test_a_request_that_could_never_run_is_refused_at_once(name, arguments, refusal):
    with pytest.raises(refusal):
        jobs.enqueue(name, **arguments)

    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db
def test_tasks_are_written_together_but_for_what_was_taken_back(
    django_assert_num_queries,
):
    with suppress(Stale), jobs.together():
        jobs.enqueue(WRITE, path="x", line="of a failure")
        raise Stale
    with transaction.atomic(), django_assert_num_queries(4), jobs.together():
        jobs.enqueue(WRITE, path="x", line="first")
        with suppress(Stale), transaction.atomic():  # three queries
            jobs.enqueue(WRITE, path="x", line="taken back")
            raise Stale
        jobs.enqueue(WRITE, path="x", line="last")

    rows = DBTaskResult.objects.order_by("id")
    written = [row.args_kwargs["kwargs"]["line"] for row in rows]
    assert written == ["first", "last"]


@pytest.mark.django_db(transaction=True)
def test_no_task_is_lost_where_there_is_no_transaction():
    with jobs.together():
        jobs.enqueue(WRITE, path="x", line="alone")

    assert DBTaskResult.objects.count() == 1


def test_a_task_takes_keyword_arguments_only():
    def positional(path):
        pass

    with pytest.raises(TypeError, match="path must be keyword-only"):
        jobs.task(positional)


@pytest.mark.django_db
def test_a_failure_is_reported_and_the_next_task_runs(trace):
    jobs.enqueue(FAIL, path=str(trace))
    jobs.enqueue(WRITE, path=str(trace), line="after")

    failures = jobs.drain()

    assert [failure.error for failure in failures] == ["builtins.ValueError"]
    assert "no luck today" in failures[0].traceback
    assert sorted(_lines(trace)) == ["after", "fail"]


@pytest.mark.django_db
def test_a_dead_letter_can_be_tried_again(trace):
    task_id = _dead_letter(trace)

    jobs.retry(task_id)
    jobs.drain()

    assert not jobs.dead_letters().exists()
    assert _lines(trace) == ["fail"] * (MAX_ATTEMPTS + 1)
    with pytest.raises(Stale):
        jobs.retry(task_id)


@pytest.mark.django_db
def test_a_dead_letter_can_be_dropped(trace):
    task_id = _dead_letter(trace)

    jobs.drop(task_id)

    assert not DBTaskResult.objects.exists()
    with pytest.raises(Stale):
        jobs.drop(task_id)


@pytest.mark.django_db
def test_a_waiting_task_is_no_dead_letter(trace):
    task_id = jobs.enqueue(WRITE, path=str(trace), line="waiting")

    with pytest.raises(Stale):
        jobs.drop(task_id)

    assert DBTaskResult.objects.get().pk == task_id


@pytest.mark.django_db
def test_success_is_forgotten_after_a_week_and_failure_is_not(trace):
    dead = _dead_letter(trace)
    with clock.frozen(NOON):
        jobs.enqueue(WRITE, path=str(trace), line="old")
        jobs.drain()
    with clock.frozen(NOON + timedelta(days=1)):
        recent = jobs.enqueue(WRITE, path=str(trace), line="recent")
        jobs.drain()

    with clock.frozen(NOON + timedelta(days=7, seconds=1)):
        pruned = prune_finished_tasks.call()

    assert pruned == 1
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == {dead, recent}


@pytest.mark.django_db
@pytest.mark.usefixtures("hourly")
def test_a_periodic_job_runs_at_first_sight_and_then_by_the_clock(trace):
    for minutes in (0, 1, 59, 60, 61):
        with clock.frozen(NOON + timedelta(minutes=minutes)):
            schedule.run_due()

    assert _lines(trace) == ["tick", "tick"]
    job = PeriodicJob.objects.get()
    assert (job.runs, job.claimed_until, job.last_error) == (2, None, "")
    assert job.last_started_at == NOON + timedelta(hours=1)
    assert job.next_run_at == NOON + timedelta(hours=2)


@pytest.mark.django_db
@pytest.mark.usefixtures("hourly")
def test_a_failed_periodic_job_keeps_its_error_and_comes_round_sooner(trace):
    trace.unlink()
    trace.mkdir()  # Writing fails now.

    with clock.frozen(NOON):
        [outcome] = schedule.run_due()

    job = PeriodicJob.objects.get()
    assert outcome.error == "builtins.IsADirectoryError"
    assert "IsADirectoryError" in job.last_error
    assert job.next_run_at == NOON + schedule.RETRY_AFTER


@pytest.mark.django_db
@pytest.mark.usefixtures("hourly")
@pytest.mark.parametrize(
    ("claimed_for", "runs"),
    [(timedelta(seconds=5), []), (-timedelta(seconds=1), ["tick"])],
)
def test_a_claim_holds_others_off_until_it_expires(trace, claimed_for, runs):
    [job] = schedule.rows()
    job.claimed_until = timezone.now() + claimed_for
    job.save()

    schedule.run_due()

    assert _lines(trace) == runs


@pytest.mark.django_db
@pytest.mark.usefixtures("hourly")
def test_of_two_workers_that_saw_the_same_row_one_runs_the_job(trace):
    [first] = schedule.rows()
    [second] = schedule.rows()

    outcomes = [schedule.run(first), schedule.run(second)]

    assert [outcome is not None for outcome in outcomes] == [True, False]
    assert _lines(trace) == ["tick"]


@pytest.mark.django_db
@pytest.mark.usefixtures("hourly")
def test_a_job_that_is_hurried_while_it_runs_runs_once_more(trace, monkeypatch):
    def asked_for_meanwhile(_seconds):
        jobs.hurry(TICK, now=clock.now())

    monkeypatch.setattr(sample_tasks.time, "sleep", asked_for_meanwhile)
    schedule.run_due()
    monkeypatch.setattr(sample_tasks.time, "sleep", lambda _seconds: None)
    for _ in range(2):
        schedule.run_due()

    assert _lines(trace) == ["tick", "tick"]


def test_a_row_that_goes_wrong_stops_none_after_it(caplog):
    done = []

    def work(row):
        done.append(row)
        if row < 3:
            raise ValueError(row)

    with pytest.raises(ValueError, match="1"):
        jobs.one_by_one(work, [1, 2, 3])

    assert done == [1, 2, 3]
    assert "2 went wrong" in caplog.text


@pytest.mark.django_db
@pytest.mark.usefixtures("hourly")
def test_a_sign_of_life_that_comes_late_holds_nobody_off(monkeypatch):
    renewals = []

    @contextmanager
    def alive(renew, *, lease):
        renewals.append(renew)
        yield

    monkeypatch.setattr(schedule, "kept_alive", alive)
    schedule.run_due()
    renewals[0]()

    assert PeriodicJob.objects.get().claimed_until is None


@pytest.mark.django_db
@pytest.mark.usefixtures("hourly")
def test_jobs_now_runs_what_is_not_due_and_tells_what_came_of_it(trace):
    schedule.run_due()
    jobs.enqueue(WRITE, path=str(trace), line="task")
    out = StringIO()

    call_command("jobs", "--now", stdout=out)

    assert _lines(trace) == ["tick", "tick", "task"]
    tick, write = out.getvalue().splitlines()
    assert (tick.split()[0], tick.split()[-1]) == (TICK, "ok")
    assert (write.split()[0], write.split()[-1]) == (WRITE, "ok")


@pytest.mark.django_db
@pytest.mark.usefixtures("hourly")
def test_jobs_now_ends_with_1_if_one_failed(trace):
    jobs.enqueue(FAIL, path=str(trace))
    out = StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("jobs", "--now", stdout=out)

    assert end.value.code == 1
    assert "FAILED: builtins.ValueError" in out.getvalue()


@pytest.mark.django_db
@pytest.mark.usefixtures("hourly")
def test_jobs_list_shows_how_things_stand(trace):
    jobs.enqueue(WRITE, path=str(trace), line="waiting")
    out = StringIO()

    call_command("jobs", "--list", stdout=out)

    tick, tasks = out.getvalue().splitlines()
    assert (tick.split()[0], tick.split()[-2:]) == (TICK, ["0", "ok"])
    assert tasks == "tasks ready: 1"
    assert _lines(trace) == []
