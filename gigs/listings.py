"""Keeps `Listing`, and the words of each, in step with gigs: by triggers on both engines.

Whatever a card shows or a filter asks comes from the gig, its packages, tags and pictures,
and its seller. A change of any of them lists the gig anew, or takes it off the list; that
costs the writer about a millisecond and spares every reader the joins. Triggers do it
because so many actions change these tables, some in bulk, and none may forget.

When the triggers are made, after migrations, gigs that changed without them are made good.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q

from gigs.models import QUALITY_OF_THE_UNKNOWN, Gig, Listing
from gigstream.core.guards import guard

CONFIG = "gigstream"  # PostgreSQL's text-search configuration, made in a migration
WORDS = "gigs_search"  # SQLite's full-text table: rowid is a listing's number
INDEXED_TEXT = 2000  # letters of a description; what matters is said by then

ON_OFFER = (
    "gigs_gig g JOIN accounts_user u ON u.id = g.seller_id "
    "WHERE g.status = 'active' AND u.standing = 'active'"
)
IS_ON_OFFER = f"EXISTS (SELECT 1 FROM {ON_OFFER} AND g.id = gigs_listing.gig_id)"
COLUMNS = {
    "seller_id": "g.seller_id",
    "category_id": "g.category_id",
    "price": "g.starting_price",
    "delivery_days": "COALESCE((SELECT MIN(p.delivery_days) FROM gigs_gigpackage p "
    "WHERE p.gig_id = g.id), 365)",
    "rating": "COALESCE(g.rating, 0)",
    "review_count": "g.review_count",
    "completed_orders": "g.completed_orders",
    "published_at": "g.published_at",
    "is_verified": "u.seller_verified_at IS NOT NULL",
}
TAGS = (
    "COALESCE((SELECT {join}(t.name, ' ') FROM gigs_tag t JOIN gigs_gig_tags m "
    "ON m.tag_id = t.id WHERE m.gig_id = g.id), '')"
)
LANGUAGES = {
    "sqlite": "(SELECT json_group_object(value, 1) FROM json_each(u.spoken_languages))",
    "postgresql": "COALESCE((SELECT jsonb_object_agg(spoken, 1) "
    "FROM jsonb_array_elements_text(u.spoken_languages) spoken), '{}')",
}


def _document() -> str:
    parts = {
        "A": "g.title",
        "B": TAGS.format(join="string_agg"),
        "C": "u.full_name",
        "D": f"LEFT(g.description, {INDEXED_TEXT})",
    }
    return " || ".join(
        f"setweight(to_tsvector('{CONFIG}', {text}), '{weight}')"
        for weight, text in parts.items()
    )


def _relist(vendor: str, gigs: str) -> list[str]:
    """List the gigs whose ids the SQL names as they are now, and drop those not on offer."""
    columns = {**COLUMNS, "languages": LANGUAGES[vendor]}
    if vendor == "postgresql":
        columns["document"] = _document()
    names, values = ", ".join(columns), ", ".join(columns.values())
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    statements = [
        f"DELETE FROM gigs_listing WHERE gig_id IN ({gigs}) AND NOT {IS_ON_OFFER}",
        f"INSERT INTO gigs_listing (gig_id, version, quality, is_unseen, {names}) "
        f"SELECT g.id, 1, {QUALITY_OF_THE_UNKNOWN}, TRUE, {values} "
        f"FROM {ON_OFFER} AND g.id IN ({gigs}) ORDER BY g.id "
        "ON CONFLICT (gig_id) DO UPDATE "
        f"SET version = gigs_listing.version + 1, is_unseen = TRUE, {changes}",
    ]
    if vendor == "sqlite":
        statements += [
            f"DELETE FROM {WORDS} WHERE rowid IN "
            f"(SELECT number FROM gigs_listing WHERE gig_id IN ({gigs}))",
            _index_words(f"AND g.id IN ({gigs})"),
        ]
    return statements


def _index_words(which: str = "") -> str:
    return (
        f"INSERT INTO {WORDS} (rowid, title, tags, seller, description) "
        f"SELECT l.number, g.title, {TAGS.format(join='group_concat')}, u.full_name, "
        f"substr(g.description, 1, {INDEXED_TEXT}) "
        f"FROM gigs_listing l JOIN gigs_gig g ON g.id = l.gig_id "
        f"JOIN accounts_user u ON u.id = g.seller_id WHERE TRUE {which}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Relist:
    """After a change of `table` (of `columns`, if only some matter), list `gigs` anew."""

    table: str
    event: Literal["INSERT", "UPDATE", "DELETE"]
    gigs: str
    columns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.table}_{self.event.lower()}_is_listed"

    def create(self, vendor: str) -> list[str]:
        of = f" OF {', '.join(self.columns)}" if self.columns else ""
        when = f"AFTER {self.event}{of} ON {self.table} FOR EACH ROW"
        body = "; ".join(_relist(vendor, self.gigs))
        if vendor == "sqlite":
            return [f"CREATE TRIGGER {self.name} {when} BEGIN {body}; END"]
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN {body}; RETURN NULL; END $$",
            f"CREATE OR REPLACE TRIGGER {self.name} {when} "
            f"{self._only_if_changed()} EXECUTE FUNCTION {self.name}()",
        ]

    def _only_if_changed(self) -> str:
        if not self.columns:
            return ""
        old, new = (
            ", ".join(f"{row}.{column}" for column in self.columns)
            for row in ("OLD", "NEW")
        )
        return f"WHEN (({old}) IS DISTINCT FROM ({new}))"

    def drop(self, vendor: str) -> list[str]:
        if vendor == "sqlite":
            return [f"DROP TRIGGER IF EXISTS {self.name}"]
        return [f"DROP FUNCTION IF EXISTS {self.name}() CASCADE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlist:
    """A listing goes with its gig, and on SQLite its words with the listing.

    Comes last of all: what changed while there were no triggers is made good here.
    """

    name: str = "gigs_gig_delete_is_listed"
    table: str = "gigs_gig"

    def create(self, vendor: str) -> list[str]:
        changed = (
            f"SELECT g.id FROM {ON_OFFER} AND NOT EXISTS "
            "(SELECT 1 FROM gigs_listing l WHERE l.gig_id = g.id) "
            f"UNION ALL SELECT gig_id FROM gigs_listing WHERE NOT {IS_ON_OFFER}"
        )
        remove = "DELETE FROM gigs_listing WHERE gig_id = OLD.id"
        if vendor == "sqlite":
            return [
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {WORDS} USING fts5("
                "title, tags, seller, description, "
                "tokenize = 'porter unicode61 remove_diacritics 2')",
                f"CREATE TRIGGER {self.name} AFTER DELETE ON gigs_gig "
                f"BEGIN {remove}; END",
                "CREATE TRIGGER gigs_listing_delete_takes_its_words "
                "AFTER DELETE ON gigs_listing "
                f"BEGIN DELETE FROM {WORDS} WHERE rowid = OLD.number; END",
                f"DELETE FROM {WORDS}",
                *_relist(vendor, changed)[:2],
                _index_words(),
            ]
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN {remove}; RETURN NULL; END $$",
            f"CREATE OR REPLACE TRIGGER {self.name} AFTER DELETE ON gigs_gig "
            f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
            *_relist(vendor, changed),
        ]

    def drop(self, vendor: str) -> list[str]:
        if vendor == "sqlite":
            return [
                f"DROP TRIGGER IF EXISTS {self.name}",
                "DROP TRIGGER IF EXISTS gigs_listing_delete_takes_its_words",
            ]
        return [f"DROP FUNCTION IF EXISTS {self.name}() CASCADE"]


GIG_COLUMNS = (
    "status",
    "title",
    "slug",
    "description",
    "category_id",
    "starting_price",
    "currency",
    "rating",
    "review_count",
    "completed_orders",
    "published_at",
)
SELLER_COLUMNS = (
    "standing",
    "full_name",
    "username",
    "avatar_id",
    "avatar_version",
    "seller_verified_at",
    "spoken_languages",
    "vacation_from",
    "vacation_until",
    "time_zone",
)
OF_THE_SELLER = "SELECT mine.id FROM gigs_gig mine WHERE mine.seller_id = NEW.id"

guard(
    Relist(table="gigs_gig", event="INSERT", gigs="NEW.id"),
    Relist(table="gigs_gig", event="UPDATE", gigs="NEW.id", columns=GIG_COLUMNS),
    Relist(
        table="accounts_user",
        event="UPDATE",
        gigs=OF_THE_SELLER,
        columns=SELLER_COLUMNS,
    ),
    Relist(table="gigs_gig_tags", event="INSERT", gigs="NEW.gig_id"),
    Relist(table="gigs_gig_tags", event="DELETE", gigs="OLD.gig_id"),
)
for _part in ("gigs_gigpackage", "gigs_gigimage"):
    guard(
        Relist(table=_part, event="INSERT", gigs="NEW.gig_id"),
        Relist(table=_part, event="UPDATE", gigs="NEW.gig_id"),
        Relist(table=_part, event="DELETE", gigs="OLD.gig_id"),
    )
guard(Unlist())


def out_of_step() -> list[UUID]:
    """Gigs that are not listed as they are: none, unless somebody switched triggers off."""
    unlisted = Gig.objects.on_offer().filter(listing__isnull=True)
    wrong = Listing.objects.exclude(
        Q(gig__in=Gig.objects.on_offer())
        & Q(price=F("gig__starting_price"), category=F("gig__category"))
        & Q(published_at=F("gig__published_at"), review_count=F("gig__review_count"))
        & Q(completed_orders=F("gig__completed_orders"), seller=F("gig__seller"))
    )
    return [
        *unlisted.values_list("pk", flat=True),
        *wrong.values_list("gig", flat=True),
    ]


def mend(gigs: list[UUID]) -> None:
    """List these gigs as they are."""
    field = Gig._meta.pk
    keys = [field.get_db_prep_value(pk, connection) for pk in gigs]
    places = ", ".join(["%s"] * len(keys))
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _relist(connection.vendor, places):
            cursor.execute(statement, keys * (statement.count("%s") // len(keys)))
