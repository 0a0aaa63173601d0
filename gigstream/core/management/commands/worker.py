"""`manage.py worker`: run background work until told to stop."""

import signal
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from gigstream.core.jobs import Worker
from gigstream.core.jobs.runs import LEASE


class Command(BaseCommand):
    help = "Run tasks and periodic jobs. Start as many workers as you like."

    def add_arguments(self, parser: ArgumentParser) -> None:
        short = parser.add_mutually_exclusive_group()
        short.add_argument(
            "--once", action="store_true", help="Run one due task, then end."
        )
        short.add_argument(
            "--drain", action="store_true", help="Run all that is due, then end."
        )
        parser.add_argument(
            "--interval",
            type=float,
            default=1.0,
            help="Seconds between two looks at an empty queue (default: 1).",
        )
        parser.add_argument(
            "--lease",
            type=float,
            default=LEASE.total_seconds(),
            help="Seconds of silence after which a worker counts as dead; "
            "the same for all workers (default: %(default)g).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(
            interval=options["interval"], lease=timedelta(seconds=options["lease"])
        )
        _stop_on_signals(worker)
        if options["once"]:
            worker.run_next()
        elif options["drain"]:
            worker.look_around()
            for _outcome in worker.drain():
                pass
        else:
            worker.run()


def _stop_on_signals(worker: Worker) -> None:
    """The first signal lets the running task finish, the second one does not."""

    def stop(number: int, _frame: Any) -> None:
        worker.stop()
        signal.signal(number, signal.SIG_DFL)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
