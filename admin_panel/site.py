"""The built-in admin with our face: our login, our name, and its own content policy."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.models import Standing, User
from accounts.security import lacks_second_factor
from admin_panel import sidebar
from gigstream.core.limits import limited

View = Callable[..., HttpResponseBase]


class GigStreamAdminSite(AdminSite):
    site_header = _("GigStream operations")
    site_title = _("GigStream operations")
    index_title = _("Overview")

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._pages: dict[str, tuple[str, View]] = {}

    def page(self, route: str, *, name: str) -> Callable[[View], View]:
        """Register a page that belongs to no model; it gets the same guards as all others."""

        def register(view: View) -> View:
            self._pages[name] = route, view
            return view

        return register

    def get_urls(self) -> list[Any]:
        own = [
            path(route, self.admin_view(view), name=name)
            for name, (route, view) in self._pages.items()
        ]
        # Django's way from a row to its page opens for any row; ours say where they are seen.
        theirs = [
            each
            for each in super().get_urls()
            if getattr(each, "name", "") != "view_on_site"
        ]
        return [*own, *theirs]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().each_context(request)
        apps = context["available_apps"]
        return {**context, "sidebar": sidebar.groups(request, apps)}

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff whose account is active; the middleware logs others out before this."""
        is_active = getattr(request.user, "standing", "") == Standing.ACTIVE
        return is_active and super().has_permission(request)

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """Let the admin's own scripts run: they carry no nonce, so their paths are named.

        With the host of the request: on a developer's machine it has two names.
        """
        guarded: View = super().admin_view(view, cacheable)

        @wraps(guarded)
        def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if _lacks_second_factor(request):
                text = _("Staff need a second factor. Set one up, then come back.")
                messages.warning(request, text)
                return redirect("accounts:settings_security")
            if self.has_permission(request) and not _may_open(request):
                raise PermissionDenied
            paths = f"{settings.STATIC_URL}admin/", reverse("admin:jsi18n")
            sources = [request.build_absolute_uri(path) for path in paths]
            return csp_update({"script-src": sources})(guarded)(
                request, *args, **kwargs
            )

        return allowed

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        """Change it where everybody does, so that it is noted and the owner gets a mail."""
        return redirect("account_change_password")

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Log in where everybody does, so that the same limits and checks apply."""
        guarded = limited("login", account="username")(super().login)
        answer: HttpResponse = secure_admin_login(guarded)(request, extra_context)
        return answer


def _may_open(request: HttpRequest) -> bool:
    """Whether the table of roles has this page for this person; what it lacks is closed."""
    found = request.resolver_match
    return found is not None and roles.may_open(request.user, found.url_name)


def _lacks_second_factor(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and lacks_second_factor(user)


def site() -> GigStreamAdminSite:
    """Our own, as what it is."""
    return cast("GigStreamAdminSite", admin.site)
