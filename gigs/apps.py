from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GigsConfig(AppConfig):
    name = "gigs"
    verbose_name = _("Shop window")

    def ready(self) -> None:
        from gigs import exports, listings, quota, receivers  # noqa: F401
