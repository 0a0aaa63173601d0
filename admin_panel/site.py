"""The built-in admin with our face: our login, our name, and its own content policy."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _


class GigStreamAdminSite(AdminSite):
    site_header = _("GigStream operations")
    site_title = _("GigStream operations")
    index_title = _("Overview")

    def admin_view(
        self, view: Callable[..., Any], cacheable: bool = False
    ) -> Callable[..., HttpResponseBase]:
        """Let the admin's own scripts run: they carry no nonce, so their exact path is named."""
        scripts = f"{settings.SITE_URL}{settings.STATIC_URL}"
        view = csp_update({"script-src": [scripts]})(view)
        return super().admin_view(view, cacheable)

    def login(
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponseBase:
        """Log in where everybody does, so that the same limits and checks apply."""
        return secure_admin_login(super().login)(request, extra_context)
