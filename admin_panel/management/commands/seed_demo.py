"""Fills the site with people and gigs to look at. A second run adds only what is missing."""

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from admin_panel import figures
from admin_panel.demo import FEWEST_GIGS, covers
from admin_panel.demo import gigs as demo_gigs
from admin_panel.demo import people as demo_people
from admin_panel.demo import works as demo_works
from admin_panel.demo.gigs import Plan
from admin_panel.demo.orders import is_wanted, seed_orders
from admin_panel.demo.people import People, Person
from admin_panel.demo.works import Drawn, Piece
from gigs import window
from gigs.tasks import look_over
from gigstream.core import clock, jobs
from gigstream.services import cloudinary
from gigstream.services.cloudinary import Picture

UPLOADS_AT_ONCE = 4
COUNTING = (
    "admin_panel.tasks.keep_figures",
    "payments.tasks.reconcile",
)
"""What shows the operator something new, and would not look again for minutes."""

# The SDK's pool keeps one connection and warns about every other that it lets go.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


class Command(BaseCommand):
    help = "Make demo people and gigs. The site must be running: pictures are uploaded to it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--gigs", type=int, default=settings.DEMO_GIGS, help="How many in all."
        )
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="Only where nothing was bought yet, or an earlier run was interrupted.",
        )

    def handle(self, *, gigs: int, if_empty: bool, **_options: Any) -> None:
        if if_empty and not is_wanted():
            return
        self.stdout.write("Making the demo data…")
        self.stdout.flush()
        if gigs < FEWEST_GIGS:
            raise CommandError(f"The demo's orders need {FEWEST_GIGS} gigs or more.")
        plans = demo_gigs.plans(gigs)
        strangers = demo_people.strangers()
        pieces = demo_works.missing()
        try:
            faces, pictures = _upload(strangers, plans)
            drawn = _upload_works(pieces)
        except cloudinary.StorageUnavailable as error:
            raise CommandError(
                "The picture store cannot be reached; start the site first with "
                "`manage.py dev`, on the same PORT."
            ) from error

        people = demo_people.welcome(faces, now=clock.now())
        demo_works.hang(zip(pieces, drawn, strict=True), people, now=clock.now())
        _make_gigs(plans, pictures, people)
        offered = demo_gigs.made(gigs)
        demo_gigs.like(offered, people.buyers[0], now=clock.now())
        bought = seed_orders(people, offered, now=clock.now())
        # Whoever opened the site meanwhile saw gigs without their reviews first.
        look_over.call()
        window.forget()
        # The demo's months are past; the job adds up the last days.
        now = clock.now()
        figures.repair(figures.first_day(now), figures.today(now), is_anew=True)
        for name in COUNTING:
            jobs.hurry(name, now=clock.now())
        self.stdout.write(
            f"Made {len(strangers)} people, {len(plans)} gigs and {bought} orders."
        )


def _upload(
    strangers: Iterable[Person], plans: Iterable[Plan]
) -> tuple[dict[str, Picture], dict[int, list[Picture]]]:
    """Draw and upload everything first, so that no transaction waits for the network."""
    with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
        faces = {
            person.key: pool.submit(_upload_face, number)
            for number, person in enumerate(strangers)
        }
        pictures = {plan.number: pool.submit(_upload_covers, plan) for plan in plans}
        return (
            {key: face.result() for key, face in faces.items()},
            {number: row.result() for number, row in pictures.items()},
        )


def _upload_works(pieces: Iterable[Piece]) -> list[Drawn]:
    with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
        return list(pool.map(demo_works.upload, pieces))


def _upload_face(number: int) -> Picture:
    return cloudinary.upload_picture(covers.draw_face(seed=number), folder="avatars")


def _upload_covers(plan: Plan) -> list[Picture]:
    return [cloudinary.upload_picture(each, folder="gigs") for each in plan.covers()]


def _make_gigs(
    plans: Iterable[Plan], pictures: dict[int, list[Picture]], people: People
) -> None:
    shelves = demo_gigs.stock_shelves()
    sellers = {user.email: user for user in people.sellers}
    emails = {person.key: person.email for person in demo_people.SELLERS}
    for plan in plans:
        demo_gigs.make_gig(
            plan,
            sellers[emails[plan.offer.seller]],
            shelves[plan.shelf],
            pictures[plan.number],
            now=clock.now(),
        )
