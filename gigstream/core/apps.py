from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gigstream.core"
    label = "core"

    def ready(self) -> None:
        from gigstream.core.jobs.registry import discover

        discover()
