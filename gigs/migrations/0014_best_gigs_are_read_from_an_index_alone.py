"""The index by quality holds all that filters ask, so that a rare combination is looked for there.

Django knows the index by its name and its columns; SQLite has no others.
"""

from django.db import migrations

INDEX = "CREATE INDEX IF NOT EXISTS listing_best ON gigs_listing (quality DESC, number DESC)"
FORWARDS = [
    "DROP INDEX IF EXISTS listing_best",
    f"{INDEX} INCLUDE (gig_id, version, category_id, seller_id, price, delivery_days, "
    "rating, is_verified, languages)",
]
BACKWARDS = ["DROP INDEX IF EXISTS listing_best", INDEX]


def _run(statements):
    def on_postgresql(_apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return on_postgresql


class Migration(migrations.Migration):
    dependencies = [("gigs", "0013_words_are_found_tier_by_tier")]

    operations = [migrations.RunPython(_run(FORWARDS), _run(BACKWARDS))]
