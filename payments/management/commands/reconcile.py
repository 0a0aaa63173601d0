"""`manage.py reconcile`: does Stripe say what our books say?"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gigstream.core import clock, money
from gigstream.services import stripe
from payments import actions


class Command(BaseCommand):
    help = "Compare the books with Stripe; the exit code is 1 if they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="Print one JSON object."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = actions.reconcile(now=clock.now())
        except stripe.StripeFailure as error:
            raise CommandError(f"Stripe does not answer: {error}") from error
        found = [*report.differences, *report.stuck]
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "ok": report.is_right and not found,
                        "drift": report.drift,
                        "differences": report.differences,
                        "stuck": report.stuck,
                        "broken": report.broken,
                        "lines": report.lines,
                    },
                    indent=2,
                )
            )
        else:
            self.stdout.write(f"{report.lines} new lines of Stripe's.")
            for each in found:
                amount = money.written(each["amount"], each["currency"])
                self.stdout.write(f"{each['kind']} {each['about']} {amount}")
                self.stdout.write(f"       {each['fix']}")
            for code, problems in report.broken.items():
                self.stdout.write(f"BROKEN {code}: {'; '.join(problems)}")
        if found or report.broken:
            raise CommandError(f"{len(found) + len(report.broken)} differences.")
