import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0014_moderators_remove_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="about",
            field=models.JSONField(
                default=dict,
                help_text="What its words are filled with.",
                verbose_name="about",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="case",
            field=models.CharField(
                blank=True,
                help_text="Which of its sentences.",
                max_length=20,
                verbose_name="case",
            ),
        ),
        # So that the way back, which adds it again, has something to put there.
        migrations.AlterField(
            model_name="notification",
            name="title",
            field=models.CharField(default="", max_length=200, verbose_name="title"),
        ),
    ]
