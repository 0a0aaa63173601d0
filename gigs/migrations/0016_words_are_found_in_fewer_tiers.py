"""Fewer tiers of quality and the category in the index of words.

Each tier costs a look into the index: two common words that no gig has together cost fifty
of them. A common word in a small category is found without fetching what stands elsewhere.
"""

from django.db import migrations

DROP = "DROP INDEX IF EXISTS listing_by_words_and_tier"
CREATE = "CREATE INDEX listing_by_words_and_tier ON gigs_listing USING gin"
# `gigs/search/postgresql.py` asks by the same expression.
TIER = (
    "width_bucket(quality, "
    "ARRAY[200, 360, 520, 600, 680, 760, 800, 840, 880, 920, 940, 960, 980]::smallint[])"
)
FORWARDS = [DROP, f"{CREATE} (document, ({TIER}), category_id)"]
BACKWARDS = [DROP, f"{CREATE} (document, (quality / 20))"]


def _run(statements):
    def on_postgresql(_apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return on_postgresql


class Migration(migrations.Migration):
    dependencies = [("gigs", "0015_category_can_be_hidden")]

    operations = [migrations.RunPython(_run(FORWARDS), _run(BACKWARDS))]
