"""People, as operators see them."""

from collections.abc import Callable
from typing import Any, cast

import allauth.account.admin  # noqa: F401 - registers what is replaced below
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import acting, actions
from accounts.actions.staff import roles_of
from accounts.deciding import DecidingAdmin, ReasonForm, Verb, decision
from accounts.forms.staff import RolesForm
from accounts.fresh import fresh_login_required
from accounts.http import AuthedRequest
from accounts.models import Report, Standing, User
from gigstream.core import clock
from gigstream.core.admin import ReadOnlyAdmin, SetFilter
from gigstream.core.errors import NotAllowed
from gigstream.core.http import sent

SHOWN: list[tuple[Any, list[Any]]] = [
    (None, ["full_name", "email", "mail_trouble", "username", "standing"]),
    (_("Profile"), ["headline", "bio", "location"]),
    (_("Selling"), ["selling_since", "seller_verified_at", "rating", "review_count"]),
    (_("Access"), ["is_active", "is_staff", "is_superuser", "groups"]),
    (_("Moments"), ["joined_at", "last_login"]),
]


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


def _by(action: Callable[..., None], done: str | Promise) -> Callable[..., str]:
    """A verb of the admin that does what an action does, with a reason."""

    def act(person: User, actor: User, said: dict[str, Any]) -> str:
        action(user_id=person.pk, actor=actor, reason=said["reason"], now=clock.now())
        return str(done)

    return act


def _add_note(person: User, actor: User, said: dict[str, Any]) -> str:
    actions.add_note(user_id=person.pk, actor=actor, text=said["text"], now=clock.now())
    return gettext("Your colleagues can read it now.")


def _reason(_person: Any, data: Any) -> forms.Form:
    return ReasonForm(data)


VERBS = [
    Verb(
        name="suspend",
        label=_("Suspend"),
        help=_("Keep them out. Their sessions end; running orders stay."),
        permission="accounts.change_user",
        form=_reason,
        act=_by(actions.suspend, _("They are out.")),
        applies=lambda person: person.standing == Standing.ACTIVE,
        many=True,
    ),
    Verb(
        name="reinstate",
        label=_("Reinstate"),
        help=_("Let them in again."),
        permission="accounts.change_user",
        form=_reason,
        act=_by(actions.reinstate, _("They can log in again.")),
        applies=lambda person: person.standing == Standing.SUSPENDED,
        many=True,
    ),
    Verb(
        name="verify_seller",
        label=_("Verify as a seller"),
        help=_("Vouch that they are who they say; their badge shows it."),
        permission="accounts.change_user",
        form=_reason,
        act=_by(actions.verify_seller, _("Their badge shows it now.")),
        applies=lambda person: person.is_seller and not person.seller_verified_at,
        many=True,
    ),
    Verb(
        name="withdraw_verification",
        label=_("Withdraw the verification"),
        help=_("Take the badge back."),
        permission="accounts.change_user",
        form=_reason,
        act=_by(actions.withdraw_verification, _("The badge is gone.")),
        applies=lambda person: person.seller_verified_at is not None,
        many=True,
    ),
    Verb(
        name="trust_mailbox",
        label=_("Write to them again"),
        help=_("Their mailbox sent our mails back. It works again, as you know."),
        permission="accounts.change_user",
        form=_reason,
        act=_by(actions.trust_mailbox_as_staff, _("Mails go there again.")),
        applies=lambda person: bool(person.mail_trouble),
        many=True,
    ),
    Verb(
        name="add_note",
        label=_("Add a note"),
        help=_("For your colleagues; the person never sees it."),
        permission=actions.MAY_NOTE,
        form=lambda _person, data: NoteForm(data),
        act=_add_note,
    ),
]


@admin.register(User)
class UserAdmin(DecidingAdmin):
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
        ("selling_since", SetFilter),
        ("mail_trouble", SetFilter),
        "joined_at",
    ]
    search_fields = ["full_name", "email", "username"]
    search_help_text = _("Name, e-mail or username")
    ordering = ["-id"]
    change_form_template = "admin/accounts/user/change_form.html"
    verbs = VERBS
    fieldsets = [(title, {"fields": fields}) for title, fields in SHOWN]
    readonly_fields = [field for _title, fields in SHOWN for field in fields]

    def get_urls(self) -> list[URLPattern]:
        own = {"roles": self.roles_view, "act_as": self.act_as_view}
        return [
            *(
                path(
                    f"<path:object_id>/{name}/",
                    self.admin_site.admin_view(fresh_login_required(view)),
                    name=f"accounts_user_{name}",
                )
                for name, view in own.items()
            ),
            *super().get_urls(),
        ]

    def person(self, request: HttpRequest, object_id: str) -> User | None:
        return cast("User | None", self.get_object(request, unquote(object_id)))

    def act_as_view(self, request: AuthedRequest, object_id: str) -> HttpResponseBase:
        """See the site as a person does; it is logged, and ends by itself."""
        if not request.user.has_perm(actions.MAY_ACT_AS):
            raise PermissionDenied
        person = self.person(request, object_id)
        if person is None:
            raise Http404
        answer = decision(
            request,
            self,
            title=gettext("Look as this person"),
            help_text=gettext(
                "You see the site as they do for 30 minutes. You can only look: no"
                " messages, no money, no settings. It is logged."
            ),
            form=ReasonForm(sent(request)),
            act=lambda said: self._begin(request, person, said["reason"]),
            row=person,
        )
        return redirect("orders:dashboard") if acting.KEY in request.session else answer

    def _begin(self, request: AuthedRequest, person: User, reason: str) -> str:
        acting.begin(request, person, reason=reason, now=clock.now())
        return gettext("You see the site as %(person)s.") % {"person": person}

    def roles_view(self, request: AuthedRequest, object_id: str) -> HttpResponseBase:
        """What somebody may do here; only admins see it, and it asks for a fresh login."""
        if not request.user.has_perm("accounts.appoint_user"):
            raise PermissionDenied
        person = self.person(request, object_id)
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
    """What people told, the newest first; the desk has what is open, the oldest first."""

    list_display = ["at", "target", "reason", "reporter", "status", "text"]
    list_filter = ["status", "target", "reason", "at"]
    list_select_related = ["reporter"]
    search_fields = ["target_id", "reporter__email", "text"]
    ordering = ["-id"]
