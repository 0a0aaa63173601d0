"""How much processor the marketplace costs a stranger: `make bench-page`.

A SQLite database is made in a folder of its own, with gigs by the tests' factories. Then
`/gigs/` is asked for through the whole of Django with the test client, in turns with the
smallest view there is, and what is printed are medians of processor time of this process.
The turns make the ratio hold on a machine that others use too. "Cold" forgets all that the
process remembers (cards, counts of filters, rows of the page), "warm" does not.

    python bench/page.py [gigs] [rounds]
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

TRIVIAL, PAGE = "/healthz", "/gigs/"


def main(gigs=96, rounds=60):
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DATABASE_URL=f"sqlite:///{folder}/page.sqlite3",
            DJANGO_SETTINGS_MODULE="gigstream.settings.local",
            RATE_LIMIT_PER_MINUTE="0",
            DEBUG="0",
            VAR_DIR=folder,
        )
        client = _browser()
        _fill(gigs)
        print(sentence(compare(client, rounds=rounds)))


def _browser():
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.CACHES["default"] = settings.CACHES["memory"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    return Client()


def _fill(gigs):
    """Gigs of ten sellers in ten categories, alike in every run."""
    from decimal import Decimal

    from tests.factories import a_category, a_gig, a_picture, a_seller

    shelves = [a_category() for _ in range(10)]
    people = [a_seller(username=f"seller{n}") for n in range(10)]
    for n in range(gigs):
        gig = a_gig(
            seller=people[n % 10],
            category=shelves[n // 3 % 10],
            rating=Decimal("4.7"),
            review_count=n,
        )
        a_picture(gig=gig, tint=0x0F3D4C)


def compare(client, *, rounds):
    """Milliseconds of the trivial view, of the page cold, and of the page warm."""
    from django.core.cache import caches

    forget = caches["memory"].clear
    turns = {
        "trivial": lambda: _spent(client, TRIVIAL),
        "cold": lambda: _spent(client, PAGE, before=forget),
        "warm": lambda: _spent(client, PAGE),
    }
    for _ in range(3):
        for ask in turns.values():
            ask()
    times = {name: [] for name in turns}
    for _ in range(rounds):
        for name, ask in turns.items():
            times[name].append(ask())
    return {name: 1000 * statistics.median(each) for name, each in times.items()}


def _spent(client, address, before=None):
    if before:
        before()
    began = time.process_time()
    response = client.get(address)
    spent = time.process_time() - began
    assert response.status_code == 200, address
    return spent


def sentence(spent):
    trivial, cold, warm = spent["trivial"], spent["cold"], spent["warm"]
    return (
        f"CPU of `{PAGE}`: {cold:.1f} ms cold, {warm:.1f} ms warm; a view that answers "
        f"with one word takes {trivial:.2f} ms: "
        f"{cold / trivial:.0f} × and {warm / trivial:.1f} ×."
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
