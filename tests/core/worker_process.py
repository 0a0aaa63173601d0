"""`python -m tests.core.worker_process …`: the real worker, with `tick` as its only periodic job."""

import os
import sys
from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from gigstream.core.jobs import periodic, registry  # noqa: E402
from tests.core import sample_tasks  # noqa: E402

registry.schedules.clear()
if "TICK_FILE" in os.environ:
    periodic(every=timedelta(hours=1))(sample_tasks.tick)
call_command("worker", *sys.argv[1:])
