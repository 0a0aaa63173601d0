"""Doing several things at the same moment, each on a connection of its own."""

import pkgutil
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from django.db import connection
from django.db.models import QuerySet

from payments.actions import posting
from payments.models import LedgerAccount

MEETING = 0.6
"""Seconds that one waits at the meeting point for the others, whom a lock may keep away."""
PATIENCE = 15
"""As many where no lock keeps them away, only a busy machine."""

LOCK = QuerySet.select_for_update
at_work = threading.local()


def together(*jobs):
    """Run the jobs at once; return what each returned or raised."""
    with crew(len(jobs)) as act:
        return act(*jobs)


@contextmanager
def crew(size):
    """Some who do things at once, again and again, each on one connection for all of it."""
    start = threading.Barrier(size)

    def run(job):
        connection.ensure_connection()
        at_work.met = set()
        start.wait(timeout=30)
        try:
            return job()
        except Exception as error:
            return error

    def leave():
        start.wait(timeout=30)
        connection.close()

    with ThreadPoolExecutor(size) as pool:
        yield lambda *jobs: list(pool.map(run, jobs))
        for each in [pool.submit(leave) for _ in range(size)]:
            each.result()


def meet_at(monkeypatch, *targets, parties=2):
    """Let all jobs that come to one of the `targets` wait for each other there, each once.

    Where a lock does its work only one gets there, goes on alone after a moment, and the
    others come when it has finished. Without the lock they all pass together.
    """
    meeting = threading.Barrier(parties)

    def met_before(real):
        def waiting(*args, **options):
            if meeting not in getattr(at_work, "met", {meeting}):
                at_work.met.add(meeting)
                locked = QuerySet.select_for_update is LOCK
                with suppress(threading.BrokenBarrierError):
                    meeting.wait(timeout=MEETING if locked else PATIENCE)
            return real(*args, **options)

        return waiting

    for target in targets:
        module, _, name = target.rpartition(".")
        owner = pkgutil.resolve_name(module)
        monkeypatch.setattr(owner, name, met_before(getattr(owner, name)))


def take_locks_out(monkeypatch):
    """The negative control: every `select_for_update` locks nothing any more."""
    monkeypatch.setattr(
        QuerySet, "select_for_update", lambda self, **options: self.all()
    )


def forget_the_condition(monkeypatch):
    """The negative control of postings: what was read is believed, and written back."""

    def believe(accounts, amounts):
        sums = Counter()
        for each in amounts:
            sums.update(each)
        for account in accounts:
            if account.balance is None:
                continue
            grown = account.balance + posting._growth(account, sums[account.code])
            LedgerAccount.objects.filter(pk=account.pk).update(balance=max(grown, 0))

    monkeypatch.setattr(posting, "_change_balances", believe)
    monkeypatch.setattr(posting, "_refuse_overdraft", lambda _held: None)
