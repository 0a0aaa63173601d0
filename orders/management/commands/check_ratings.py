"""`manage.py check_ratings`: do gigs and sellers show what their reviews make?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gigs.models import Gig
from orders import actions
from orders.ratings import Drift, drifted


class Command(BaseCommand):
    help = "Find ratings that their reviews do not make; the exit code is 1 if any is left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Count them anew.")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        found = list(drifted())
        for drift in found:
            self.stdout.write(str(drift))
            if repair:
                _repair(drift)
        left = len(list(drifted())) if repair else len(found)
        if left:
            raise CommandError(f"{left} ratings are wrong.")
        self.stdout.write("All ratings are those of the published reviews.")


def _repair(drift: Drift) -> None:
    if drift.kind == "seller":
        actions.count_ratings(seller_id=drift.pk)
        return
    gig = Gig.objects.get(pk=drift.pk)
    actions.count_ratings(seller_id=gig.seller_id, gig_id=gig.pk)
