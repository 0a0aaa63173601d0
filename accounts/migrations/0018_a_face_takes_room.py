from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_faces_of_before_are_counted")]

    operations = [
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=Q(avatar_id="", avatar_bytes=0)
                | Q(~Q(avatar_id=""), avatar_bytes__gt=0),
                name="user_face_takes_room",
            ),
        )
    ]
