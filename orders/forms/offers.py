"""What a seller offers one buyer, and taking it up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from gigs.models import (
    LOWEST_PRICE,
    PRICE_LIMIT,
    Gig,
)
from gigstream.core.forms import MoneyField
from gigstream.core.http import as_uuid
from gigstream.core.ids import uuid7
from gigstream.core.money import unit
from orders.actions.offers import OPEN_DAYS


class TakeUpForm(forms.Form):
    """What the page said an offer costs in all; it never becomes a price."""

    quoted_total = forms.IntegerField(
        widget=forms.HiddenInput, min_value=1, max_value=2**53
    )


class OfferForm(forms.Form):
    """What a seller offers one buyer. `client_id` comes with the page: a repeat is no second offer."""

    gig = forms.ModelChoiceField(
        Gig.objects.none(),
        label=_("Which of your gigs is it like?"),
        empty_label=None,
        help_text=_("Its reviews count, and it must be on offer."),
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=80,
        help_text=_("What you will do, in a few words."),
    )
    scope = forms.CharField(
        label=_("What the buyer gets"),
        max_length=5000,
        help_text=_("It becomes the deal, word by word; nobody can change it later."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    delivery_days = forms.IntegerField(
        label=_("Delivery, in days"), min_value=1, max_value=365
    )
    revisions = forms.IntegerField(
        label=_("Revisions"), min_value=0, max_value=50, initial=1
    )
    open_days = forms.TypedChoiceField(
        label=_("Open for"),
        coerce=int,
        # Asked for each form: counted words are said in the language of that moment.
        choices=lambda: [(n, ngettext("%d day", "%d days", n) % n) for n in OPEN_DAYS],
        initial=7,
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    field_order = ["gig", "title", "scope", "price", "delivery_days"]

    def __init__(self, data: Any = None, *, seller: User) -> None:
        super().__init__(data)
        mine = Gig.objects.on_offer().filter(seller=seller).order_by("title")
        gig: Any = self.fields["gig"]
        gig.queryset = mine
        currencies: dict[Any, str] = dict(mine.values_list("pk", "currency"))
        # A price is in the currency of its gig; gigs from before may have another one.
        chosen = as_uuid(self.data.get("gig", ""))
        currency = currencies.get(chosen) or next(iter(currencies.values()), "usd")
        is_mixed = len(set(currencies.values())) > 1
        if is_mixed:
            gig.label_from_instance = lambda each: f"{each} ({unit(each.currency)})"
        self.fields["price"] = MoneyField(
            least=LOWEST_PRICE,
            most=PRICE_LIMIT,
            currency=currency,
            label=_("Price, in the currency of the gig")
            if is_mixed
            else _("Price in %(unit)s") % {"unit": unit(currency)},
            help_text=_("The buyer pays a service fee on top, as on your gigs."),
        )
        self.order_fields(self.field_order)
