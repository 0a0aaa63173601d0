"""The library's table has indexes for workers alone; desks look for what failed, or runs."""

from django.db import migrations

NAME = "core_unfinished_tasks"


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0013_forget_answers_in_plain_text"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]

    operations = [
        migrations.RunSQL(
            f"CREATE INDEX {NAME} ON django_tasks_database_dbtaskresult"
            " (status, finished_at) WHERE status IN ('FAILED', 'RUNNING')",
            f"DROP INDEX {NAME}",
        )
    ]
