from django.db import migrations
from django.db.models import Value
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject

TOLD = "told"


def keep_words(apps, schema_editor):
    """What was told so far cannot be taken apart again: it stays as it was written."""
    news = apps.get_model("messaging", "Notification").objects
    news.exclude(title="").update(
        case=TOLD, about=JSONObject(title="title", text="text")
    )


def give_words_back(apps, schema_editor):
    """Old news has its words again; newer news, kept as data, is called by its kind."""
    news = apps.get_model("messaging", "Notification").objects
    told = news.filter(case=TOLD)
    told.update(title=KT("about__title"), text=KT("about__text"))
    told.update(case="", about={})
    unnamed = news.filter(title="")
    for kind in unnamed.values_list("kind", flat=True).distinct().order_by():
        name = kind.replace("_", " ").capitalize()
        unnamed.filter(kind=kind).update(title=Value(name))


class Migration(migrations.Migration):
    dependencies = [("messaging", "0015_news_is_kept_as_data")]

    operations = [migrations.RunPython(keep_words, give_words_back)]
