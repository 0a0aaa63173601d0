"""The shop window, as operators see it. Sellers write their gigs; here they are read."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from lucide import IconDoesNotExist

from accounts.deciding import DecidingAdmin, ReasonForm, Verb
from accounts.models import User
from gigs import actions, window
from gigs.differences import differences
from gigs.models import (
    Category,
    Gig,
    GigExtra,
    GigFaq,
    GigImage,
    GigPackage,
    GigRequirement,
)
from gigs.paging import count_text
from gigs.queries import counted
from gigs.status import KNOWN_TO_BUYERS, GigStatus
from gigstream.core import clock, money
from gigstream.core.admin import Audited, ReadOnlyInline, RowsAdmin, SetFilter
from gigstream.core.errors import Refusal
from gigstream.core.http import as_uuid
from gigstream.core.templatetags.ui import icon


class PackageInline(ReadOnlyInline):
    model = GigPackage
    fields = ["tier", "name", "description", "amount", "delivery_days", "revisions"]
    readonly_fields = ["amount"]
    ordering = ["price"]

    @admin.display(description=_("price"))
    def amount(self, package: GigPackage) -> str:
        return money.written(package.price, package.gig.currency)


class PictureInline(ReadOnlyInline):
    model = GigImage
    fields = ["position", "picture", "alt", "width", "height"]
    readonly_fields = ["picture"]
    ordering = ["position"]

    @admin.display(description=_("picture"))
    def picture(self, image: GigImage) -> SafeString:
        return format_html(
            '<a href="{}"><img src="{}" width="120" height="90" alt="{}"></a>',
            image.large,
            image.small,
            image.alt or gettext("Picture"),
        )


class ExtraInline(ReadOnlyInline):
    model = GigExtra
    fields = ["position", "name", "amount", "days", "revisions"]
    readonly_fields = ["name", "amount"]
    ordering = ["position"]

    @admin.display(description=_("price"))
    def amount(self, extra: GigExtra) -> str:
        return money.written(extra.price, extra.gig.currency)


class FaqInline(ReadOnlyInline):
    model = GigFaq
    fields = ["position", "question", "answer"]
    ordering = ["position"]


class QuestionInline(ReadOnlyInline):
    model = GigRequirement
    fields = ["position", "question", "kind", "options", "required"]
    ordering = ["position"]


def _approve(gig: Gig, actor: User, _said: dict[str, Any]) -> str:
    actions.approve(gig_id=gig.pk, actor=actor, now=clock.now())
    return gettext("Buyers see it now.")


def _reject(gig: Gig, actor: User, said: dict[str, Any]) -> str:
    actions.reject(gig_id=gig.pk, actor=actor, reason=said["reason"], now=clock.now())
    return gettext("It was sent back to the seller.")


def _waits(gig: Gig) -> bool:
    return gig.status == GigStatus.IN_REVIEW or bool(gig.pending and gig.pending.waits)


def _bulk(
    name: str, label: Promise, help_text: Promise, action: Callable[..., Any]
) -> Verb:
    """A verb with a reason, for one gig or for many."""

    def act(gig: Gig, actor: User, said: dict[str, Any]) -> str:
        action(gig_id=gig.pk, actor=actor, reason=said["reason"], now=clock.now())
        return gettext("Done; the seller has been told why.")

    return Verb(
        name=name,
        label=label,
        help=help_text,
        permission="gigs.change_gig",
        form=lambda _gig, data: ReasonForm(data),
        act=act,
        applies=lambda gig: gig.status in KNOWN_TO_BUYERS,
        many=True,
    )


def _feature(gig: Gig, actor: User, _said: dict[str, Any]) -> str:
    actions.feature(gig_id=gig.pk, actor=actor, now=clock.now())
    return gettext("It is on the home page now.")


def _unfeature(gig: Gig, actor: User, _said: dict[str, Any]) -> str:
    actions.unfeature(gig_id=gig.pk, actor=actor, now=clock.now())
    return gettext("It is off the home page.")


MOST_FEATURED = 100
MOVES: dict[str, Callable[..., None]] = {
    "up": partial(actions.move_featured, is_up=True),
    "down": partial(actions.move_featured, is_up=False),
    "off": actions.unfeature,
}


class WaitingFilter(admin.SimpleListFilter):
    """What staff have to look at."""

    title = _("review")
    parameter_name = "waits"

    def lookups(
        self, request: HttpRequest, model_admin: Any
    ) -> list[tuple[str, StrOrPromise]]:
        return [("yes", _("Waits for review"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Gig]) -> QuerySet[Gig]:
        waiting = Gig.objects.waiting().values("pk")
        return queryset.filter(pk__in=waiting) if self.value() else queryset


@admin.register(Gig)
class GigAdmin(DecidingAdmin):
    """Reads everything; a gig is changed by its seller. What waits for review is decided here."""

    verbs = [
        Verb(
            name="approve",
            label=_("Approve"),
            help=_("Put the gig or its change on offer, and tell its seller."),
            permission="gigs.change_gig",
            form=lambda _gig, data: forms.Form(data),
            act=_approve,
            applies=_waits,
            many=True,
        ),
        Verb(
            name="reject",
            label=_("Reject"),
            help=_(
                "Send the gig or its change back. The seller reads the reason, and may "
                "try again. What buyers know stays on offer."
            ),
            permission="gigs.change_gig",
            form=lambda _gig, data: ReasonForm(data),
            act=_reject,
            applies=_waits,
            many=True,
        ),
        _bulk(
            "take_down",
            _("Take down"),
            _("Off the market until the seller has changed it and we have looked."),
            actions.take_down,
        ),
        _bulk(
            "pause",
            _("Pause"),
            _("Off the market for a while; the seller can put it back."),
            actions.pause_as_staff,
        ),
        _bulk(
            "archive",
            _("Archive"),
            _("Put it away. The orders under way go on."),
            actions.archive_as_staff,
        ),
        Verb(
            name="feature",
            label=_("Show on the home page"),
            help=_("In front of those that are there already."),
            permission="gigs.change_gig",
            form=lambda _gig, data: forms.Form(data),
            act=_feature,
            applies=lambda gig: gig.is_on_offer and gig.featured_at is None,
            many=True,
        ),
        Verb(
            name="unfeature",
            label=_("Take off the home page"),
            help=_("It may still come there by its quality."),
            permission="gigs.change_gig",
            form=lambda _gig, data: forms.Form(data),
            act=_unfeature,
            applies=lambda gig: gig.featured_at is not None,
            many=True,
        ),
    ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.featured)
        return [
            path("featured/", view, name="gigs_gig_featured"),
            *super().get_urls(),
        ]

    def featured(self, request: Any) -> HttpResponse:
        """The gigs on the home page in their order, to be moved one place at a time."""
        if not request.user.has_perm("gigs.change_gig"):
            raise PermissionDenied
        gigs = Gig.objects.filter(featured_at__isnull=False).select_related("seller")
        if request.method == "POST":
            return self._move_featured(request)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Gigs on the home page"),
            "gigs": gigs.order_by("-featured_at", "-pk")[:MOST_FEATURED],
            "shown": window.FEATURED,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/gigs/featured.html", context)

    def _move_featured(self, request: Any) -> HttpResponse:
        gig_id = as_uuid(request.POST.get("gig", ""))
        verb = MOVES.get(request.POST.get("move", ""))
        if gig_id and verb:
            try:
                verb(gig_id=gig_id, actor=request.user, now=clock.now())
            except (Refusal, Gig.DoesNotExist) as refusal:
                messages.error(request, str(refusal))
        return redirect("admin:gigs_gig_featured")

    list_display = [
        "title",
        "seller",
        "category",
        "status",
        "price_from",
        "completed_orders",
        "rating",
        "featured_at",
        "updated_at",
    ]
    list_filter = [
        WaitingFilter,
        "status",
        ("featured_at", SetFilter),
        "category",
        "published_at",
    ]
    list_select_related = ["seller", "category"]
    search_fields = ["title", "slug", "seller__full_name", "seller__email"]
    search_help_text = _("Title, address, or the seller's name or e-mail")
    ordering = ["-id"]
    inlines = [
        PackageInline,
        ExtraInline,
        PictureInline,
        FaqInline,
        QuestionInline,
    ]
    readonly_fields = [
        "what_changes",
        "title",
        "slug",
        "seller",
        "category",
        "status",
        "rejection_reason",
        "description",
        "words",
        "price_from",
        "rating",
        "review_count",
        "completed_orders",
        "created_at",
        "updated_at",
        "published_at",
        "featured_at",
    ]
    fields = (*readonly_fields,)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """Where buyers see it, if they do."""
        return obj.get_absolute_url() if obj and obj.is_on_offer else None

    @admin.display(description=_("what is to change"))
    def what_changes(self, gig: Gig) -> str:
        """Before and after, for whoever decides about a change."""
        if gig.pending is None:
            return "-"
        context = {
            "change": gig.pending,
            "differences": differences(gig, gig.pending),
            "pictures": gig.pending.images.order_by("position", "id"),
        }
        return render_to_string("admin/gigs/_change.html", context)

    @admin.display(description=_("price from"), ordering="starting_price")
    def price_from(self, gig: Gig) -> str:
        if gig.starting_price is None:
            return "-"
        return money.written(gig.starting_price, gig.currency)

    @admin.display(description=_("tags"))
    def words(self, gig: Gig) -> str:
        return ", ".join(gig.tags.order_by("name").values_list("name", flat=True))


class CategoryForm(forms.ModelForm[Category]):
    """A shelf whose icon exists: an unknown one would take the home page down."""

    def clean_icon(self) -> str:
        name: str = self.cleaned_data["icon"]
        try:
            icon(name)
        except IconDoesNotExist as unknown:
            raise forms.ValidationError(_("Lucide has no such icon.")) from unknown
        return name

    def clean_parent(self) -> Category | None:
        """Two levels: a shelf, and what stands on it."""
        parent: Category | None = self.cleaned_data["parent"]
        if parent and parent.parent_id:
            raise forms.ValidationError(_("Choose one that stands on no other."))
        if parent and self.instance.children.exists():
            raise forms.ValidationError(_("Others stand on this one."))
        return parent


@admin.register(Category)
class CategoryAdmin(Audited, RowsAdmin[Category]):
    """The shelves: added, renamed, put in order, hidden. Links to them are for good."""

    form = CategoryForm
    list_display = ["name", "slug", "parent", "position", "is_hidden", "on_offer"]
    list_editable = ["position"]
    list_select_related = ["parent"]
    list_filter = ["is_hidden"]
    search_fields = ["name", "slug"]
    ordering = ["position", "name"]

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **options: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field and db_field.name == "position":  # in the list it has no label
            field.widget.attrs["aria-label"] = field.label
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return counted(super().get_queryset(request))

    def view_on_site(self, category: Category) -> str:
        return category.get_absolute_url()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Category | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else {"slug": ["name"]}

    def get_readonly_fields(
        self, request: HttpRequest, obj: Category | None = None
    ) -> list[str]:
        return ["slug"] if obj else []

    def save_model(
        self, request: HttpRequest, obj: Category, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        window.forget()

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        super().delete_model(request, obj)
        window.forget()

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[Category]
    ) -> None:
        super().delete_queryset(request, queryset)
        window.forget()

    @admin.display(description=_("gigs on offer"))
    def on_offer(self, category: Category) -> str:
        return count_text(category.listed or 0)  # type: ignore[attr-defined]
