"""Tasks for the tests of the worker. They leave traces in a file, which any process can read."""

import os
import time
from pathlib import Path

from gigstream.core.jobs import task


def _trace(path, line):
    with Path(path).open("a") as file:
        file.write(f"{line}\n")


@task
def write(*, path, line):
    _trace(path, line)


@task
def take_long(*, path, seconds):
    _trace(path, "begin")
    time.sleep(seconds)
    _trace(path, "end")


@task
def fail(*, path):
    _trace(path, "fail")
    raise ValueError("no luck today")


@task
def tick():
    _trace(os.environ["TICK_FILE"], "tick")
    time.sleep(0.3)
