"""Leaving the agreed path: more time, more work, an end; and the answers to that."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from gigs.models import (
    EXTRA_PRICE_LIMIT,
    LOWEST_EXTRA,
    GigExtra,
)
from gigstream.core.forms import MoneyField
from gigstream.core.money import unit, written
from orders.actions.amend import MOST_DAYS
from orders.actions.extras import MOST_DAYS as MOST_EXTRA_DAYS
from orders.actions.extras import MOST_REVISIONS


class ReasonForm(forms.Form):
    """Why an order ends; the other side reads it."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=2000,
        help_text=_("The other side reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TimeForm(ReasonForm):
    days = forms.IntegerField(
        label=_("How many more days?"), min_value=1, max_value=MOST_DAYS, initial=3
    )
    field_order = ["days", "reason"]


class CancellingForm(ReasonForm):
    """How much of the price goes back; the fee goes along in proportion."""

    field_order = ["refund", "reason"]

    def __init__(self, data: Any = None, *, most: int, currency: str) -> None:
        super().__init__(data, initial={"refund": most})
        self.fields["refund"] = MoneyField(
            least=1,
            most=max(most, 1),
            currency=currency,
            label=_("How much of the price goes back to the buyer?"),
            help_text=_("At most %(amount)s; that is all of it.")
            % {"amount": written(most, currency)},
        )
        self.order_fields(self.field_order)


class OfferExtraForm(forms.Form):
    """More work that the seller offers, and what it adds to the deal."""

    title = forms.CharField(
        label=_("What is it?"), max_length=80, help_text=_("In a few words.")
    )
    days = forms.IntegerField(
        label=_("Days it adds to the deadline"),
        min_value=0,
        max_value=MOST_EXTRA_DAYS,
        initial=0,
    )
    revisions = forms.IntegerField(
        label=_("Revisions it adds"), min_value=0, max_value=MOST_REVISIONS, initial=0
    )
    reason = forms.CharField(
        label=_("What the buyer gets"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ["title", "reason", "price", "days"]

    def __init__(self, data: Any = None, *, currency: str) -> None:
        super().__init__(data)
        self.fields["price"] = MoneyField(
            least=LOWEST_EXTRA,
            most=EXTRA_PRICE_LIMIT,
            currency=currency,
            label=_("Price in %(unit)s") % {"unit": unit(currency)},
        )
        self.order_fields(self.field_order)


class BuyExtraForm(forms.Form):
    """One of what the gig offers to everybody."""

    extra = forms.TypedChoiceField(
        label=_("Extra"),
        coerce=UUID,
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": _(
                "An extra that you chose is no longer offered. Please look again."
            )
        },
    )

    def __init__(
        self, data: Any = None, *, extras: Iterable[GigExtra], currency: str
    ) -> None:
        super().__init__(data)
        self.fields["extra"].choices = [  # type: ignore[attr-defined]
            (each.pk, f"{each.name}: {written(each.price, currency)}")
            for each in extras
        ]


class AnswerForm(forms.Form):
    """Which proposal somebody has read and answers."""

    proposal = forms.UUIDField(widget=forms.HiddenInput)
