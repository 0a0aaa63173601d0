from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gigstream.core"
    label = "core"

    def ready(self) -> None:
        from gigstream.core import guards
        from gigstream.core.jobs.registry import discover
        from gigstream.core.monitoring import queries

        guards.append_only("core_auditentry")
        guards.connect(self)
        queries.connect()
        discover()
