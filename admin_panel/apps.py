from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AdminPanelConfig(AppConfig):
    default = True
    name = "admin_panel"


class SiteAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with our own site as its default."""

    default = False
    default_site = "admin_panel.site.GigStreamAdminSite"
