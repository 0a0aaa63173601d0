"""One index for words and for tiers of quality, so that a common word costs what a rare one does.

Gigs are searched from the best tier downwards (`gigs/search/postgresql.py`).
"""

from django.db import migrations

FORWARDS = [
    "CREATE EXTENSION IF NOT EXISTS btree_gin",
    "CREATE INDEX IF NOT EXISTS listing_by_words_and_tier ON gigs_listing "
    "USING gin (document, (quality / 20))",
    "DROP INDEX IF EXISTS listing_by_words",
]
# The extension stays: somebody else may have come to rely on it.
BACKWARDS = [
    "CREATE INDEX IF NOT EXISTS listing_by_words ON gigs_listing USING gin (document)",
    "DROP INDEX IF EXISTS listing_by_words_and_tier",
]


def _run(statements):
    def on_postgresql(_apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return on_postgresql


class Migration(migrations.Migration):
    dependencies = [("gigs", "0012_gig_views_are_counted")]

    operations = [migrations.RunPython(_run(FORWARDS), _run(BACKWARDS))]
