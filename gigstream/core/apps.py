from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gigstream.core"
    label = "core"
