"""On PostgreSQL staff find people by any part of name, address or handle, by index."""

from django.db import migrations

COLUMNS = ("full_name", "email", "username")
# As Django asks for `icontains`.
PARTS = ", ".join(f"UPPER({column}::text) gin_trgm_ops" for column in COLUMNS)
FORWARDS = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    f"CREATE INDEX IF NOT EXISTS user_by_part_of_name ON accounts_user USING gin ({PARTS})",
]
BACKWARDS = ["DROP INDEX IF EXISTS user_by_part_of_name"]


def _run(statements):
    def on_postgresql(_apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return on_postgresql


class Migration(migrations.Migration):
    dependencies = [("accounts", "0020_private_uploads_are_counted")]

    operations = [migrations.RunPython(_run(FORWARDS), _run(BACKWARDS))]
