from django.db import migrations, models
from django.db.models import Q

# What a work of before is counted as, for nobody noted it: about what they take.
ESTIMATE = 250_000


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_who_has_mail_trouble_is_found")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="avatar_bytes",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="work",
            name="bytes",
            field=models.PositiveIntegerField(default=ESTIMATE),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="work",
            constraint=models.CheckConstraint(
                condition=Q(bytes__gt=0), name="work_takes_room"
            ),
        ),
    ]
