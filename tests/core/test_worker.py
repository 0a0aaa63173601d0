"""The worker among its kind: real processes that are killed, stopped, and race each other."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError
from django_tasks_db.models import DBTaskResult

from gigstream.core import clock, jobs
from gigstream.core.jobs.worker import MAX_ATTEMPTS, Worker, backoff
from gigstream.core.models import PeriodicJob
from tests.core import sample_tasks
from tests.core.processes import database_url, wait_until

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WRITE = "tests.core.sample_tasks.write"
FAIL = "tests.core.sample_tasks.fail"
TAKE_LONG = "tests.core.sample_tasks.take_long"
COMMAND = [sys.executable, "-m", "tests.core.worker_process"]


@pytest.fixture
def trace(tmp_path):
    path = tmp_path / "trace"
    path.touch()
    return path


@pytest.fixture
def start_worker(transactional_db):
    """Start real workers on the database of this test; none outlives it."""
    workers = []

    def start(*, lease=1.0, **environment):
        worker = subprocess.Popen(
            [*COMMAND, "--interval", "0.1", "--lease", str(lease)],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "gigstream.settings.test",
                "TEST_DATABASE_URL": database_url(),
                **environment,
            },
        )
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        worker.kill()
        worker.wait()


def _lines(trace):
    return trace.read_text().split()


def _all_done():
    return not DBTaskResult.objects.exclude(status="SUCCESSFUL").exists()


def test_a_task_whose_worker_is_killed_is_finished_by_another_once(start_worker, trace):
    jobs.enqueue(TAKE_LONG, path=str(trace), seconds=1.5)
    first = start_worker()
    wait_until(lambda: _lines(trace) == ["begin"])

    first.kill()
    start_worker()
    wait_until(_all_done)

    assert _lines(trace) == ["begin", "begin", "end"]
    assert len(DBTaskResult.objects.get().worker_ids) == 2


def test_two_workers_share_the_work_and_do_nothing_twice(start_worker, trace, tmp_path):
    ticks = tmp_path / "ticks"
    # Longer than the lease, so it would be taken over if it were not renewed.
    jobs.enqueue(TAKE_LONG, path=str(trace), seconds=2)
    for number in range(20):
        jobs.enqueue(WRITE, path=str(trace), line=number)

    start_worker(TICK_FILE=str(ticks))
    start_worker(TICK_FILE=str(ticks))
    wait_until(_all_done)

    assert sorted(_lines(trace)) == sorted(["begin", "end", *map(str, range(20))])
    assert ticks.read_text().split() == ["tick"]
    assert PeriodicJob.objects.get().runs == 1


def test_a_worker_that_is_asked_to_stop_finishes_its_task_first(start_worker, trace):
    jobs.enqueue(TAKE_LONG, path=str(trace), seconds=0.5)
    jobs.enqueue(WRITE, path=str(trace), line="next")
    worker = start_worker()
    wait_until(lambda: _lines(trace) == ["begin"])

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(20) == 0
    assert _lines(trace) == ["begin", "end"]
    assert DBTaskResult.objects.filter(status="READY").count() == 1


@pytest.mark.django_db
def test_a_failing_task_is_tried_ever_later_and_then_given_up(trace, caplog):
    now = NOON
    jobs.enqueue(FAIL, path=str(trace))

    waits = []
    for _attempt in range(MAX_ATTEMPTS - 1):
        with clock.frozen(now):
            jobs.drain()
            assert jobs.drain() == []
        next_time = DBTaskResult.objects.get(status="READY").run_after
        waits.append(next_time - now)
        now = next_time
    with clock.frozen(now):
        jobs.drain()

    assert _lines(trace) == ["fail"] * MAX_ATTEMPTS
    assert all(shorter < longer for shorter, longer in pairwise(waits))
    assert timedelta(seconds=2) <= waits[0] <= timedelta(seconds=2.5)
    [dead] = jobs.dead_letters()
    assert dead.exception_class_path == "builtins.ValueError"
    assert "no luck today" in dead.traceback
    assert dead.finished_at == now
    assert "is given up" in caplog.text


@pytest.mark.django_db
def test_what_failed_holds_up_nothing_that_has_not(trace):
    with clock.frozen(NOON):
        jobs.enqueue(FAIL, path=str(trace))
        jobs.drain()
    with clock.frozen(NOON + timedelta(minutes=1)):
        jobs.enqueue(WRITE, path=str(trace), line="fresh")
        jobs.drain()

    assert _lines(trace) == ["fail", "fresh", "fail"]


def test_a_quarter_of_an_hour_without_a_company_leaves_no_dead_letter(monkeypatch):
    monkeypatch.setattr("random.uniform", lambda least, _most: least)

    waits = map(backoff, range(1, MAX_ATTEMPTS))

    assert sum(waits, timedelta()) > timedelta(minutes=15)


def test_no_wait_is_longer_than_ten_minutes():
    assert backoff(60) == timedelta(minutes=10)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        {"task_path": "orders.tasks.gone_since_the_last_release"},
        {"task_path": "os.getcwd"},
        {"args_kwargs": {}},
        {"backend_name": "nobody"},
    ],
)
def test_a_bad_row_stops_nothing_and_is_logged(trace, caplog, broken):
    bad = jobs.enqueue(WRITE, path=str(trace), line="bad")
    DBTaskResult.objects.filter(pk=bad).update(**broken)
    jobs.enqueue(WRITE, path=str(trace), line="good")

    failures = jobs.drain()

    assert _lines(trace) == ["good"]
    assert len(failures) == 1
    assert [record.levelname for record in caplog.records if record.exc_info] == [
        "ERROR"
    ]


@pytest.mark.django_db
def test_a_task_that_takes_its_worker_down_every_time_is_given_up(trace):
    jobs.enqueue(WRITE, path=str(trace), line="deadly")

    for attempt in range(MAX_ATTEMPTS):
        with clock.frozen(NOON + timedelta(hours=attempt)):
            claimed = Worker()._claim()
            assert len(claimed.worker_ids) == attempt + 1
            Worker(lease=timedelta(0)).take_over()

    assert [dead.exception_class_path for dead in jobs.dead_letters()] == ["WorkerLost"]


@pytest.mark.django_db
def test_a_worker_that_lost_its_claim_cannot_overrule_the_one_that_has_it(
    trace, monkeypatch, caplog
):
    jobs.enqueue(WRITE, path=str(trace), line="work")

    def be_taken_over_meanwhile(path, line):
        Worker(lease=timedelta(0)).take_over()
        DBTaskResult.objects.get(status="READY")

    monkeypatch.setattr(sample_tasks, "_trace", be_taken_over_meanwhile)
    with clock.frozen(NOON):
        jobs.drain()

    assert DBTaskResult.objects.get().status == "READY"
    assert "was taken over meanwhile" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_worker_waits_out_trouble_with_the_database(trace, monkeypatch):
    jobs.enqueue(WRITE, path=str(trace), line="work")
    worker = Worker(interval=0.01)
    answers = iter([DatabaseError("restarting"), DatabaseError("still"), False])

    def look_around():
        answer = next(answers, None)
        if isinstance(answer, DatabaseError):
            raise answer
        if answer is None:
            worker.stop()
        return False

    monkeypatch.setattr(worker, "look_around", look_around)
    worker.run()

    assert _lines(trace) == ["work"]
