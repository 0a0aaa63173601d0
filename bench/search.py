"""Measure the marketplace at sizes that no demo has: `make bench-search`.

For each size a database is made on the PostgreSQL of BENCH_URL, filled by SQL, measured
through the whole of Django (the test client: every middleware, views, templates, no
network), and dropped again. Times are of CPU, Django's and PostgreSQL's together. "Cold" forgets rendered cards and counts before each request,
"warm" does not. Beside the times stand the queries of a page, and its CPU as a multiple of
a view that answers with one word. A query that would read a big table as a whole is named.

    python bench/search.py 10000 200000 1000000
"""

import os
import re
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import page

SERVER = os.environ.get("BENCH_URL", "postgres://postgres@127.0.0.1:5432/")
NAME = os.environ.get("BENCH_NAME", "gigstream_bench")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "30"))
KEEP = os.environ.get("BENCH_KEEP") == "1"  # the database, filled, for the next run
CASES = {
    "browse": "/gigs/",
    "common word": "/gigs/?q=logo",
    "two words": "/gigs/?q=logo+design",
    "two words, never together": "/gigs/?q=logo+website",
    "rare word": "/gigs/?q=zeppelin",
    "phrase, exclusion": "/gigs/?q=%22logo+design%22+-bakery",
    "typo": "/gigs/?q=zepelin",
    "nothing": "/gigs/?q=qqqqqqq",
    "category": "/categories/craft-3/",
    "common word, category": "/gigs/?q=logo&category=craft-3",
    "price, delivery, rating": "/gigs/?min=50&max=90&delivery=3&rating=4.5",
    "language, verified": "/gigs/?language=sv&verified=1",
    "online": "/gigs/?online=1",
    "sort by price": "/gigs/?q=logo&sort=price",
    "sort by rating": "/gigs/?sort=rating",
    "newest": "/gigs/?sort=newest",
    "last page": "/gigs/?page=42",
    "last page of a search": "/gigs/?q=logo&page=42",
    "suggestions": "/search/suggestions/?q=lo",
}
BIG = ("gigs_listing", "gigs_gig", "gigs_gigpackage", "accounts_user")
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}

NOUNS = [
    "logo",
    "website",
    "video",
    "portrait",
    "song",
    "translation",
    "spreadsheet",
    "poster",
    "podcast",
    "map",
    "app",
    "advert",
    "brochure",
    "label",
    "cover",
    "banner",
    "animation",
    "script",
    "recipe",
    "speech",
    "essay",
    "icon",
    "photo",
    "trailer",
    "voice",
    "chatbot",
    "dashboard",
    "newsletter",
    "survey",
    "font",
    "mural",
    "tattoo",
    "diagram",
    "model",
]
KINDS = [
    "design",
    "geometric",
    "handmade",
    "fast",
    "quiet",
    "modern",
    "bold",
    "warm",
    "honest",
    "minimal",
    "vintage",
    "clean",
    "playful",
    "serious",
    "bilingual",
    "interactive",
    "printed",
    "painted",
    "recorded",
    "edited",
]
BUYERS = [
    "bakery",
    "museum",
    "hotel",
    "school",
    "clinic",
    "studio",
    "startup",
    "band",
    "theatre",
    "farm",
    "café",
    "library",
    "garage",
    "winery",
    "choir",
    "bookshop",
    "observatory",
]

# Few words are common and many rare, as in a real shop: the first noun is in every fifth title.
FILL = """
INSERT INTO gigs_category (
    id, name, slug, icon, description, position{shelf_columns}
)
SELECT gen_random_uuid(), 'Craft ' || n, 'craft-' || n, 'palette', '', n{shelf_values}
FROM generate_series(1, 40) n;

INSERT INTO accounts_user (
    id, email, username, full_name, password, headline, bio, location, country,
    spoken_languages, skills, avatar_id, avatar_version, standing, selling_since,
    seller_verified_at, review_count, vacation_message, theme, language, time_zone,
    last_side, is_staff, is_active, is_superuser, joined_at, last_seen_at{more_columns}
)
SELECT gen_random_uuid(), 'seller' || n || '@example.com', 'seller' || n, 'Seller ' || n,
    '!', '', '', '', '', CASE WHEN n %% 50 = 0 THEN '["en", "sv"]' WHEN n %% 3 = 0
    THEN '["en", "de"]' ELSE '["en"]' END::jsonb, '[]', '', 0, 'active', now(),
    CASE WHEN n %% 4 = 0 THEN now() END, 0, '', '', '', 'UTC', 'buying', false, true,
    false, now(), CASE WHEN n %% 500 = 0 THEN now() + interval '1 day' ELSE now() -
    interval '1 day' END{more_values}
FROM generate_series(1, {sellers}) n;

CREATE TEMP TABLE crafts AS SELECT row_number() OVER () AS n, id FROM gigs_category;
CREATE TEMP TABLE people AS SELECT row_number() OVER () AS n, id FROM accounts_user;
CREATE INDEX ON people (n);
ANALYZE crafts; ANALYZE people;

INSERT INTO gigs_gig (
    id, seller_id, category_id, title, slug, description, status, starting_price,
    currency, rating, review_count, completed_orders, created_at, updated_at,
    published_at{gig_columns}
)
SELECT gen_random_uuid(), p.id, c.id, g.title, 'gig-' || g.n, g.title || '. ' ||
    repeat('I listen first, then I work, and you see every step of it. ', 4) || g.extra,
    'active', g.price, 'usd', CASE WHEN g.n %% 3 > 0 THEN 3 + (g.r2 * 20)::int / 10.0
    END, CASE WHEN g.n %% 3 > 0 THEN (1 + g.r1 * 90)::int ELSE 0 END, (g.r1 * g.r2 * 200)::int,
    now(), now(), now() - (g.r1 * 900) * interval '1 day'{gig_values}
FROM (
    SELECT n, r1, r2, (500 + (r1 * r1 * 60000)::int / 100 * 100) AS price,
        left('I will make a ' || kinds[1 + floor(r2 * {kinds_n})::int] || ' ' ||
        nouns[1 + floor(r3 ^ 2.2 * {nouns_n})::int] || ' for your ' ||
        buyers[1 + floor(r4 * {buyers_n})::int], 80) AS title,
        CASE WHEN n %% 5000 = 0 THEN 'Also a zeppelin.' ELSE 'Number ' || n END AS extra
    FROM (
        SELECT n, random() r1, random() r2, random() r3, random() r4,
            %(nouns)s::text[] nouns, %(kinds)s::text[] kinds, %(buyers)s::text[] buyers
        FROM generate_series(1, {gigs}) n
    ) dice
) g
JOIN people p ON p.n = 1 + g.n %% {sellers}
JOIN crafts c ON c.n = 1 + floor(g.r1 * 39.99)::int;

INSERT INTO gigs_gigpackage (
    id, gig_id, tier, name, description, price, delivery_days, revisions, features
)
SELECT gen_random_uuid(), id, 'basic', 'Basic', '', starting_price,
    1 + (random() * random() * 25)::int, 2, '[]' FROM gigs_gig;
"""


def main(sizes):
    if not (KEEP and _psql(f"SELECT 1 FROM pg_database WHERE datname = '{NAME}'")):
        _psql(f"DROP DATABASE IF EXISTS {NAME}")
        _psql(f"CREATE DATABASE {NAME}")
    os.environ.update(_environment())
    try:
        print(_about())
        _measure(sizes)
    finally:
        if not KEEP:
            _psql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def _about():
    version = subprocess.run(
        ["psql", "--version"], capture_output=True, text=True
    ).stdout
    return (
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {version.strip()}.\n"
    )


def _environment():
    return {
        "DATABASE_URL": f"{SERVER}{NAME}",
        "DJANGO_SETTINGS_MODULE": "gigstream.settings.local",
        "RATE_LIMIT_PER_MINUTE": "0",
        "DEBUG": "0",
        "VAR_DIR": os.environ.get("BENCH_VAR", "/tmp/gigstream-bench"),
    }


def _psql(sql):
    parts = urlsplit(SERVER)
    address = [
        "-h",
        parts.hostname,
        "-p",
        str(parts.port or 5432),
        "-U",
        parts.username,
    ]
    asked = ["psql", "-qAt", *address, "-c", sql, "postgres"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout


# --- With Django ------------------------------------------------------------------


def _measure(sizes):
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.CACHES["default"] = settings.CACHES["memory"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    call_command("migrate", verbosity=0)
    for size in sizes:
        print(f"### {size:,} gigs\n")
        if not (KEEP and _has(connection, size)):
            began = time.monotonic()
            _fill(connection, size)
            print(f"Filled in {time.monotonic() - began:.0f} s.\n")
        _ask_all(Client())


def _ask_all(client):
    from django.core.cache import caches
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    print("| ms | cold p50 | cold p95 | warm p50 | warm p95 | queries |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, address in CASES.items():
        headers = PARTIAL if "suggestions" in address else {}
        ask = partial(client.get, address, headers=headers)
        caches["memory"].clear()
        with CaptureQueriesContext(connection) as asked:
            assert ask().status_code == 200, address
        queries = [each["sql"] for each in asked]
        if scans := _scans(
            sql for sql in queries if sql.startswith(("SELECT", "WITH"))
        ):
            print(f"{name}: reads all of {', '.join(sorted(scans))}", file=sys.stderr)
        cold = [_timed(ask, before=caches["memory"].clear) for _ in range(ROUNDS)]
        warm = [_timed(ask) for _ in range(ROUNDS)]
        figures = (*_middle_and_worst(cold), *_middle_and_worst(warm))
        cells = " | ".join(f"{1000 * each:.0f}" for each in figures)
        print(f"| {name} | {cells} | {len(queries)} |")
        sys.stdout.flush()
    print("\n" + page.sentence(page.compare(client, rounds=ROUNDS)) + "\n")


def _has(connection, size):
    from gigs.models import Listing

    return Listing.objects.count() == size


def _fill(connection, size):
    sellers = max(50, size // 10)
    needed = {
        "sellers": sellers,
        "gigs": size,
        "nouns_n": len(NOUNS),
        "kinds_n": len(KINDS),
        "buyers_n": len(BUYERS),
    }
    from accounts.models import User
    from gigs.listings import _relist
    from gigs.models import QUALITY_OF_THE_UNKNOWN, Category, Gig, SearchWord

    for prefix, model in (("shelf", Category), ("more", User), ("gig", Gig)):
        unknown = list(_unknown_columns(model))
        needed[f"{prefix}_columns"] = "".join(f", {column}" for column, _ in unknown)
        needed[f"{prefix}_values"] = "".join(f", {value}" for _, value in unknown)
    words = {"nouns": NOUNS, "kinds": KINDS, "buyers": BUYERS}
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        # Triggers would do the same, row by row.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("DROP TABLE IF EXISTS crafts, people")
        cursor.execute("TRUNCATE accounts_user, gigs_category, gigs_searchword CASCADE")
        # Made at once, an index costs a fraction of what it does row by row.
        indexes = _drop_indexes(cursor)
        for statement in FILL.format(**needed).split(";\n"):
            if statement.strip():
                cursor.execute(statement, words)
        cursor.execute("ANALYZE")
        for statement in _relist("postgresql", "SELECT id FROM gigs_gig"):
            statement = statement.replace(
                f"g.id, 1, {QUALITY_OF_THE_UNKNOWN}, TRUE",
                "g.id, 1, 150 + (random() * 700)::int, FALSE",
            )
            cursor.execute(statement)
        for statement in indexes:
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("SET statement_timeout = '10s'")
    SearchWord.objects.bulk_create(
        SearchWord(word=word, uses=9) for word in {*NOUNS, *KINDS, "bakery", "zeppelin"}
    )
    connection.set_autocommit(True)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SET statement_timeout = '10s'")


def _drop_indexes(cursor):
    """Drop the indexes of the big tables that no constraint needs; the SQL to make them anew."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) "
        "AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        [list(BIG)],
    )
    dropped = cursor.fetchall()
    for name, _definition in dropped:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in dropped]


def _unknown_columns(model):
    """Columns that came after this file, with the default of their field."""
    known = re.search(rf"INSERT INTO {model._meta.db_table} \((.*?)\)", FILL, re.DOTALL)
    known = set(re.findall(r"\w+", known[1]))
    for each in model._meta.concrete_fields:
        if each.column not in known and not each.null:
            value = each.get_default()
            yield each.column, f"'{'[]' if value == [] else value}'"


def _scans(queries):
    """The big tables that these queries would read as a whole."""
    from django.db import connection

    found = set()
    for sql in queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        found |= {table for table in BIG if f"Seq Scan on {table} " in plan}
    return found


def _timed(ask, before=None):
    if before:
        before()
    began = _spent()
    ask()
    return _spent() - began


def _spent():
    """Seconds of CPU that Django and its PostgreSQL backend have used.

    On a machine with nothing else to do that is how long an answer takes, for all data is
    in memory; on a shared one it is the only figure that says something.
    """
    from django.db import connection

    connection.ensure_connection()
    with Path(
        f"/proc/{connection.connection.info.backend_pid}/schedstat"
    ).open() as used:
        return time.process_time() + int(used.read().split()[0]) / 1e9


def _middle_and_worst(times):
    return statistics.median(times), sorted(times)[int(len(times) * 0.95)]


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10_000, 200_000])
