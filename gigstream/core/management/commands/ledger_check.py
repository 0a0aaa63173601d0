"""`manage.py ledger_check`: are the books right?"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gigstream.core import invariants


class Command(BaseCommand):
    help = "Check every invariant of the books; the exit code is 1 if one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="Print one JSON object."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = invariants.check()
        broken = {code: problems for code, problems in found.items() if problems}
        if options["json"]:
            report = {"ok": not broken, "checked": list(found), "problems": broken}
            self.stdout.write(json.dumps(report, indent=2))
        else:
            for code, rule in invariants.rules().items():
                self.stdout.write(
                    f"{'BROKEN' if code in broken else 'ok':6} {code} {rule}"
                )
                for problem in broken.get(code, []):
                    self.stdout.write(f"       {problem}")
        if broken:
            raise CommandError(f"Broken: {', '.join(broken)}")
