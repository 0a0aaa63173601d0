"""The built-in admin with our face: our login, our name, and its own content policy."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _

View = Callable[..., HttpResponseBase]


class GigStreamAdminSite(AdminSite):
    site_header = _("GigStream operations")
    site_title = _("GigStream operations")
    index_title = _("Overview")

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """Let the admin's own scripts run: they carry no nonce, so their exact path is named."""
        scripts = f"{settings.SITE_URL}{settings.STATIC_URL}"
        guarded: View = super().admin_view(view, cacheable)
        allowed: View = csp_update({"script-src": [scripts]})(guarded)
        return allowed

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Log in where everybody does, so that the same limits and checks apply."""
        answer: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return answer
