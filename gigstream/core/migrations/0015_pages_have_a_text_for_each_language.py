from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0014_failed_tasks_are_found")]

    operations = [
        migrations.RemoveConstraint(
            model_name="pageversion", name="page_version_is_once"
        ),
        migrations.AddField(
            model_name="pageversion",
            name="language",
            field=models.CharField(
                default=settings.LANGUAGE_CODE, max_length=10, verbose_name="language"
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="pageversion",
            constraint=models.UniqueConstraint(
                fields=("page", "language", "version"), name="page_version_is_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="pageversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("language", ""), _negated=True),
                name="page_version_has_a_language",
            ),
        ),
    ]
