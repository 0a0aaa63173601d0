from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "gigstream.core"
    label = "core"
    verbose_name = _("The site")

    def ready(self) -> None:
        from django.conf import settings

        from gigstream.core import clock, guards
        from gigstream.core.jobs.registry import discover
        from gigstream.core.monitoring import queries

        clock.follow(settings.CLOCK_FILE)
        guards.append_only("core_auditentry")
        guards.connect(self)
        queries.connect()
        discover()
