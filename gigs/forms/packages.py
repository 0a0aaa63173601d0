"""What a gig costs: its three packages, and what may be added to them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gigs.actions import ExtraTerms, PackageTerms
from gigs.forms.fields import LinesField
from gigs.models import EXTRA_PRICE_LIMIT, PRICE_LIMIT, ExtraKind, GigPackage, Tier
from gigstream.core import money
from gigstream.core.forms import MoneyField

LOWEST_PRICE = 500
LOWEST_EXTRA = 100


class PackageForm(forms.ModelForm[GigPackage]):
    """One of the three packages. Left empty it is not offered, and that is fine."""

    delivery_days = forms.IntegerField(
        label=gettext_lazy("Delivery, in days"), min_value=1, max_value=365
    )
    revisions = forms.IntegerField(
        label=gettext_lazy("Revisions"), min_value=0, max_value=50, required=False
    )
    features = LinesField(
        label=gettext_lazy("What is included"),
        required=False,
        most=10,
        longest=60,
        help_text=gettext_lazy("One thing per line, up to ten."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    class Meta:
        model = GigPackage
        fields = [
            "name",
            "description",
            "price",
            "delivery_days",
            "revisions",
            "features",
        ]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(
        self, *args: Any, currency: str, commission_bps: int, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["price"] = MoneyField(
            label=_("Price in %(unit)s") % {"unit": money.unit(currency)},
            least=LOWEST_PRICE,
            most=PRICE_LIMIT,
            currency=currency,
        )
        self.commission_bps = commission_bps

    @property
    def tier(self) -> Tier:
        return Tier(str(self.prefix))

    @property
    def is_blank(self) -> bool:
        """Nothing was typed. The number of revisions does not count: it has a default."""
        telling = set(self.fields) - {"revisions"}
        return self.is_bound and not any(self[name].data for name in telling)

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_blank:
            self._errors = forms.utils.ErrorDict()
            self.cleaned_data = {}

    def clean_revisions(self) -> int:
        return self.cleaned_data["revisions"] or 0

    @property
    def asked(self) -> int | None:
        """The price as far as there is one, typed or kept."""
        if self.is_bound:
            return getattr(self, "cleaned_data", {}).get("price")
        price: int | None = self.instance.price
        return price

    @property
    def earned(self) -> int | None:
        """What is left of the price for the seller."""
        return self.asked and self.asked - money.share(self.asked, self.commission_bps)

    def terms(self) -> PackageTerms:
        return PackageTerms(tier=self.tier, **self.cleaned_data)


class ExtraForm(forms.Form):
    """What a buyer may add to any package; without a price it is not offered."""

    hides_optional = True
    kind = ExtraKind.CUSTOM
    # What has to be typed beside the price.
    detail = "title"

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["price"] = MoneyField(
            label=_("For, in %(unit)s") % {"unit": money.unit(currency)},
            least=LOWEST_EXTRA,
            most=EXTRA_PRICE_LIMIT,
            currency=currency,
            required=False,
        )
        self.order_fields(self.field_order)

    @property
    def is_blank(self) -> bool:
        data = self.cleaned_data
        return data.get("price") is None and not data.get(self.detail)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.errors or self.is_blank:
            return data
        for name in ("price", self.detail):
            if data.get(name) in {None, ""}:
                self.add_error(name, _("This is missing. Empty both to drop it."))
        return data


class FasterForm(ExtraForm):
    kind, detail = ExtraKind.FASTER, "days"

    days = forms.IntegerField(
        label=gettext_lazy("Days sooner"), min_value=1, max_value=364, required=False
    )
    field_order = ["days", "price"]

    def terms(self) -> ExtraTerms:
        data = self.cleaned_data
        return ExtraTerms(kind=self.kind, price=data["price"], days=-data["days"])


class MoreRevisionsForm(ExtraForm):
    kind, detail = ExtraKind.REVISION, "revisions"

    revisions = forms.IntegerField(
        label=gettext_lazy("Revisions more"), min_value=1, max_value=20, required=False
    )
    field_order = ["revisions", "price"]

    def terms(self) -> ExtraTerms:
        data = self.cleaned_data
        return ExtraTerms(
            kind=self.kind, price=data["price"], revisions=data["revisions"]
        )


class CustomExtraForm(ExtraForm):
    title = forms.CharField(
        label=gettext_lazy("What you add"), max_length=80, required=False
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days more"), min_value=0, max_value=90, required=False
    )
    field_order = ["title", "price", "days"]

    def terms(self) -> ExtraTerms:
        data = self.cleaned_data
        return ExtraTerms(
            kind=self.kind,
            title=data["title"],
            price=data["price"],
            days=data["days"] or 0,
        )
