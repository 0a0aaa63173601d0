"""`manage.py check_figures`: are the figures of the overview what they are made of?"""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from admin_panel import figures
from gigstream.core import clock


class Command(BaseCommand):
    help = "Compare kept figures with their source; the exit code is 1 if any is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, help="2026-01-31")
        parser.add_argument("--repair", action="store_true", help="Add up anew.")

    def handle(
        self, *args: Any, since: date | None, repair: bool, **options: Any
    ) -> None:
        now = clock.now()
        first, last = since or figures.first_day(now), figures.today(now)
        found = list(figures.differences(first, last))
        for each in found:
            self.stdout.write(str(each))
        if repair:
            figures.repair(first, last)
            found = list(figures.differences(first, last))
        if found:
            raise CommandError(f"{len(found)} figures are wrong.")
        self.stdout.write("All figures are what they are made of.")
