"""`manage.py dev`: the whole site in one process, with a worker, reloading on changes."""

from argparse import ArgumentParser
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError

from gigstream.core.devserver.__main__ import add_arguments, start


class Command(BaseCommand):
    help = "Serve the site on this machine, with its sandbox and its worker."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> NoReturn:
        names = ["port", "migrate", "seed", "noreload"]
        try:
            start(**{name: options[name] for name in names})
        except OSError as error:
            raise CommandError(str(error)) from error
