"""Which functions run in the background: `@task` marks one, `@periodic` gives it a clock."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

import django_tasks
from django.utils.module_loading import autodiscover_modules, import_string
from django_tasks.base import Task

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A task without arguments that is to run again and again."""

    task: Task[[], Any]
    every: timedelta


schedules: dict[str, Schedule] = {}


def task(function: Callable[P, R]) -> Task[P, R]:
    """Mark a function in `<app>/tasks.py` as one that a worker may run.

    It takes keyword-only JSON values. It may run more than once, because a
    worker can die between doing the work and saying so: make it idempotent.
    """
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise TypeError(
                f"{function.__qualname__}: {parameter.name} must be keyword-only"
            )
    return django_tasks.task()(function)


def periodic(*, every: timedelta) -> Callable[[Task[[], R]], Task[[], R]]:
    """Have a task run every so often, by one worker at a time. Goes above `@task`."""

    def register(job: Task[[], R]) -> Task[[], R]:
        inspect.signature(job.func).bind()
        schedules[job.module_path] = Schedule(task=job, every=every)
        return job

    return register


def resolve(name: str) -> Task[..., Any]:
    """Find a task by its dotted name, such as `payments.tasks.submit_refund`."""
    found = import_string(name)
    if not isinstance(found, Task):
        raise TypeError(f"{name} is not marked with @task")
    return found


def discover() -> None:
    """Import every app's `tasks` module, which fills `schedules`."""
    autodiscover_modules("tasks")
