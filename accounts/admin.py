"""People, as operators see them."""

from collections.abc import Callable
from typing import Any

import allauth.account.admin  # noqa: F401 - registers what is replaced below
from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.actions.staff import roles_of
from accounts.forms.staff import RolesForm
from accounts.fresh import fresh_login_required
from accounts.http import AuthedRequest
from accounts.models import Report, User
from gigstream.core import clock
from gigstream.core.admin import ReadOnlyAdmin, RowsAdmin
from gigstream.core.errors import NotAllowed
from gigstream.core.http import sent

SHOWN: list[tuple[Any, list[Any]]] = [
    (None, ["full_name", "email", "username", "standing"]),
    (_("Profile"), ["headline", "bio", "location"]),
    (_("Selling"), ["selling_since", "seller_verified_at", "rating", "review_count"]),
    (_("Access"), ["is_active", "is_staff", "is_superuser", "groups"]),
    (_("Moments"), ["joined_at", "last_login"]),
]


@admin.register(User)
class UserAdmin(RowsAdmin[User]):
    """Shows everything but the password; changes go through the actions."""

    list_display = [
        "full_name",
        "email",
        "standing",
        "selling_since",
        "rating",
        "is_staff",
        "joined_at",
    ]
    list_filter = [
        "standing",
        "is_staff",
        ("selling_since", admin.EmptyFieldListFilter),
        "joined_at",
    ]
    search_fields = ["full_name", "email", "username"]
    search_help_text = _("Name, e-mail or username")
    ordering = ["-joined_at"]
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False
    actions = ["suspend", "reinstate", "verify_seller", "withdraw_verification"]
    fieldsets = [(title, {"fields": fields}) for title, fields in SHOWN]
    readonly_fields = [field for _title, fields in SHOWN for field in fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(fresh_login_required(self.roles_view))
        name = "accounts_user_roles"
        return [path("<path:object_id>/roles/", page, name=name), *super().get_urls()]

    def roles_view(self, request: AuthedRequest, object_id: str) -> HttpResponseBase:
        """What somebody may do here; only admins see it, and it asks for a fresh login."""
        if not request.user.has_perm("accounts.appoint_user"):
            raise PermissionDenied
        person = self.get_object(request, unquote(object_id))
        if person is None:
            raise Http404
        form = RolesForm(sent(request), initial={"names": roles_of(person)})
        if request.method == "POST" and form.is_valid():
            try:
                actions.give_roles(
                    user_id=person.pk,
                    actor=request.user,
                    now=clock.now(),
                    **form.cleaned_data,
                )
            except NotAllowed as refusal:
                form.add_error(None, str(refusal))
            else:
                done = gettext("The roles of %(person)s are saved.")
                self.message_user(request, done % {"person": person})
                return redirect("admin:accounts_user_change", person.pk)
        return self._show_roles(request, person, form)

    def _show_roles(
        self, request: HttpRequest, person: User, form: RolesForm
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Staff roles"),
            "original": person,
            "form": form,
        }
        return TemplateResponse(request, "admin/accounts/user/roles.html", context)

    @admin.action(description=_("Suspend"), permissions=["change"])
    def suspend(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._each(request, chosen, actions.suspend)

    @admin.action(description=_("Reinstate"), permissions=["change"])
    def reinstate(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._each(request, chosen, actions.reinstate)

    @admin.action(description=_("Verify as a seller"), permissions=["change"])
    def verify_seller(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._each(request, chosen, actions.verify_seller)

    @admin.action(description=_("Withdraw the verification"), permissions=["change"])
    def withdraw_verification(
        self, request: HttpRequest, chosen: QuerySet[User]
    ) -> None:
        self._each(request, chosen, actions.withdraw_verification)

    def _each(
        self,
        request: HttpRequest,
        chosen: QuerySet[User],
        verb: Callable[..., None],
    ) -> None:
        """Do it to each person by itself; one refusal does not spoil the rest."""
        for person in chosen:
            try:
                verb(user_id=person.pk, actor=request.user, reason="", now=clock.now())
            except NotAllowed as refusal:
                self.message_user(request, f"{person}: {refusal}", messages.ERROR)
            else:
                done = _("%(person)s is changed.") % {"person": person}
                self.message_user(request, done)


admin.site.unregister(EmailAddress)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    """Which addresses are confirmed. Allauth's own page would let one hand an account over."""

    list_display = ["email", "user", "primary", "verified"]
    list_filter = ["primary", "verified"]
    list_select_related = ["user"]
    search_fields = ["email", "user__full_name"]
    ordering = ["email"]


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """The moderators' queue: what people told, the oldest open one first."""

    list_display = ["at", "target", "reason", "reporter", "status", "text"]
    list_filter = ["status", "target", "reason", "at"]
    list_select_related = ["reporter"]
    search_fields = ["target_id", "reporter__email", "text"]
    ordering = ["-status", "at"]
