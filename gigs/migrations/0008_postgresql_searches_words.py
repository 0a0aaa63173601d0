"""What only PostgreSQL has: words without accents, trigrams, and the indexes for both."""

from django.db import migrations

FORWARDS = [
    "CREATE EXTENSION IF NOT EXISTS unaccent",
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "DROP TEXT SEARCH CONFIGURATION IF EXISTS gigstream",
    "CREATE TEXT SEARCH CONFIGURATION gigstream (COPY = english)",
    "ALTER TEXT SEARCH CONFIGURATION gigstream ALTER MAPPING FOR "
    "hword, hword_part, word WITH unaccent, english_stem",
    "CREATE INDEX IF NOT EXISTS listing_by_words ON gigs_listing USING gin (document)",
    "CREATE INDEX IF NOT EXISTS listing_by_language ON gigs_listing USING gin (languages)",
    "CREATE INDEX IF NOT EXISTS search_word_by_trigram ON gigs_searchword "
    "USING gin (word gin_trgm_ops)",
    "CREATE INDEX IF NOT EXISTS user_by_name_begun ON accounts_user "
    "(LOWER(full_name) text_pattern_ops)",
    "CREATE INDEX IF NOT EXISTS user_by_handle_begun ON accounts_user "
    "(LOWER(username) text_pattern_ops)",
]
# The extensions stay: somebody else may have come to rely on them.
BACKWARDS = [
    "DROP INDEX IF EXISTS user_by_handle_begun",
    "DROP INDEX IF EXISTS user_by_name_begun",
    "DROP INDEX IF EXISTS search_word_by_trigram",
    "DROP INDEX IF EXISTS listing_by_language",
    "DROP INDEX IF EXISTS listing_by_words",
    "DROP TEXT SEARCH CONFIGURATION IF EXISTS gigstream",
]


def _run(statements):
    def on_postgresql(_apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return on_postgresql


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_user_was_last_seen"),
        ("gigs", "0007_market_lists_what_is_on_offer"),
    ]

    operations = [migrations.RunPython(_run(FORWARDS), _run(BACKWARDS))]
