from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from accounts import exports, receivers  # noqa: F401

        # By then the permissions of all apps above are there; see `accounts.roles`.
        post_migrate.connect(receivers.set_up_roles, sender=apps.get_app_config("auth"))
