"""Trades by chance on a running sandbox site, then says whether the books are right."""

import random
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from admin_panel.simulation import Simulation, ask_about_chargebacks, drift
from gigs.models import Gig
from gigs.status import GigStatus
from gigstream.core import invariants
from payments.models import Chargeback, StripeEvent

PATIENCE = 60
"""Seconds that the last webhooks and tasks have to arrive."""

PROGRESS = 100
"""After how many orders a line says how far it is: a thousand take a quarter of an hour."""


class Command(BaseCommand):
    help = (
        "Place orders by chance, pay, deliver, refund and contest them, and check the "
        "books. The site must be running with demo data and the sandbox: `make run`, and "
        "must not be restarted meanwhile (`manage.py dev --migrate --seed --noreload`)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=int, default=100)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--faults", action="store_true")

    def handle(self, *, orders: int, seed: int, faults: bool, **_options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError("This is for the sandbox only.")
        gigs = list(Gig.objects.filter(status=GigStatus.ACTIVE).order_by("slug")[:20])
        buyers = list(
            User.objects.filter(selling_since=None, is_staff=False, is_active=True)
            .order_by("email")
            .all()[:10]
        )
        staff = User.objects.filter(is_superuser=True).order_by("email").first()
        if not gigs or not buyers or staff is None:
            raise CommandError("There is nobody to trade; start the site with --seed.")

        chance = random.Random(seed)
        run = Simulation(seed=seed, faults=faults, staff=staff)
        began = time.monotonic()
        for number in range(1, orders + 1):
            run.order(chance.choice(gigs), chance.choice(buyers))
            if number % PROGRESS == 0:
                self.stdout.write(f"{number} orders so far")
                self.stdout.flush()
        self._wait(run)
        self.stdout.write(
            ", ".join(f"{count} {name}" for name, count in sorted(run.tally.items()))
        )
        self.stdout.write(f"{time.monotonic() - began:.0f} s, seed {seed}")
        self._judge()

    def _wait(self, run: Simulation) -> None:
        """Until nothing is on its way any more, or for as long as patience lasts."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            run.settle()
            open_ones = Chargeback.objects.unfinished().values_list("pk", flat=True)
            ask_about_chargebacks(list(open_ones))
            waiting = StripeEvent.objects.filter(processed_at=None).exists()
            if not waiting and drift() == 0:
                return
            time.sleep(1)

    def _judge(self) -> None:
        broken = {code: found for code, found in invariants.check().items() if found}
        for code, found in broken.items():
            for problem in found:
                self.stderr.write(f"BROKEN {code} {problem}")
        difference = drift()
        self.stdout.write(f"drift {difference / 100:.2f}")
        if broken or difference:
            raise CommandError("The books are not right.")
        self.stdout.write("The books are right.")
