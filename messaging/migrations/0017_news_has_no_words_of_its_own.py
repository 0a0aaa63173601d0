from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("messaging", "0016_old_news_keeps_its_words")]

    operations = [
        migrations.RemoveField(model_name="notification", name="title"),
        migrations.RemoveField(model_name="notification", name="text"),
    ]
