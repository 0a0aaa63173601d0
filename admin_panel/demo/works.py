"""What some of the demo sellers made before they came here."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.actions.portfolio import add_work
from accounts.models import Work
from admin_panel.demo import covers
from admin_panel.demo.people import DOMAIN, People
from gigstream.services import cloudinary
from gigstream.services.cloudinary import Picture


@dataclass(frozen=True, slots=True)
class Piece:
    """A work of a portfolio, and how its picture is drawn."""

    seller: str
    motif: str
    seed: int
    title: str
    text: str

    @property
    def email(self) -> str:
        return f"{self.seller}@{DOMAIN}"


PIECES = [
    Piece(
        "seller",
        "logo",
        301,
        "Mark for a boat yard",
        "Two hulls and a tide line. It is burned into oak as often as it is printed.",
    ),
    Piece(
        "seller",
        "lettering",
        302,
        "Letters for a bakery van",
        "Drawn by hand, to be read at forty kilometres an hour.",
    ),
    Piece(
        "seller",
        "logo",
        303,
        "Sign of a small museum",
        "One shape in three sizes: door, ticket, pencil.",
    ),
    Piece(
        "aiko.tanabe",
        "lettering",
        311,
        "Tin for spring tea",
        "The lid says only the year; the rest is for the table.",
    ),
    Piece(
        "aiko.tanabe",
        "logo",
        312,
        "Paper bag of a rice mill",
        "One colour on brown paper, readable from across the market.",
    ),
    Piece(
        "samuel.adeyemi",
        "phones",
        321,
        "Savings app for a credit union",
        "Four screens from sign-up to the first deposit, tested with thirty members.",
    ),
    Piece(
        "samuel.adeyemi",
        "phones",
        322,
        "Tickets for city buses",
        "Buying takes two taps, and works without a connection.",
    ),
]

Drawn = tuple[Picture, str]


def missing() -> list[Piece]:
    """The works of those who show none yet."""
    have = set(Work.objects.values_list("owner__email", flat=True))
    return [piece for piece in PIECES if piece.email not in have]


def upload(piece: Piece) -> Drawn:
    """Draw the picture and store it; return it with the digest of its file."""
    file = covers.draw(piece.motif, seed=piece.seed)
    digest = hashlib.sha256(file.read()).hexdigest()
    file.seek(0)
    return cloudinary.upload_picture(file, folder="portfolio"), digest


def hang(
    works: Iterable[tuple[Piece, Drawn]], people: People, *, now: datetime
) -> None:
    sellers = {user.email: user for user in people.sellers}
    for piece, (picture, digest) in works:
        add_work(
            actor=sellers[piece.email],
            picture=picture,
            sha256=digest,
            title=piece.title,
            text=piece.text,
            now=now,
        )
