"""What people type on their way through an order."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.forms.models import model_to_dict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django_stubs_ext import StrOrPromise

from accounts.models import User
from gigs.models import (
    EXTRA_PRICE_LIMIT,
    LOWEST_EXTRA,
    LOWEST_PRICE,
    PRICE_LIMIT,
    Gig,
    GigExtra,
    GigRequirement,
    RequirementKind,
)
from gigstream.core.forms import MoneyField
from gigstream.core.ids import uuid7
from gigstream.core.money import unit, written
from gigstream.core.uploads import CheckedFile, PrivateFilesField
from orders.actions import Opinion
from orders.actions.amend import MOST_DAYS
from orders.actions.extras import MOST_DAYS as MOST_EXTRA_DAYS
from orders.actions.extras import MOST_REVISIONS
from orders.actions.offers import OPEN_DAYS
from orders.actions.tips import LEAST_TIP, MOST_TIP
from orders.models import STARS, Review
from orders.status import Role

ANSWER_LIMIT = 5000


class CheckoutForm(forms.Form):
    """The extras, the answers to the seller's questions, and what the page said it costs.

    `quoted_total` is only compared with the price of the moment; it never becomes one.
    """

    checkout_key = forms.UUIDField(widget=forms.HiddenInput)
    # Shown beside the form, in the part that is counted anew when an extra is chosen.
    quoted_total = forms.IntegerField(
        widget=forms.HiddenInput(attrs={"form": "checkout-form"}),
        min_value=1,
        max_value=2**53,
    )
    extra = forms.MultipleChoiceField(
        label=_("Extras"),
        required=False,
        error_messages={
            "invalid_choice": _(
                "An extra that you chose is no longer offered. Please look again."
            )
        },
    )

    def __init__(
        self,
        *args: Any,
        questions: Iterable[GigRequirement],
        extras: Iterable[GigExtra],
        wanted: Iterable[str] = (),
        **options: Any,
    ) -> None:
        options["initial"] = {"checkout_key": uuid4(), "extra": list(wanted)}
        super().__init__(*args, **options)
        self.extras = {str(extra.pk): extra for extra in extras}
        self.fields["extra"].choices = [  # type: ignore[attr-defined]
            (pk, extra.name) for pk, extra in self.extras.items()
        ]
        self.questions = {
            f"answer_{question.pk.hex}": question for question in questions
        }
        self.fields.update(
            {name: _answer_field(question) for name, question in self.questions.items()}
        )

    @property
    def answer_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.questions]

    def chosen(self) -> list[GigExtra]:
        """The extras that are ticked and still there, in the order of the page."""
        wanted = {str(value) for value in self["extra"].value() or []}
        return [extra for pk, extra in self.extras.items() if pk in wanted]

    def offered(self) -> list[tuple[GigExtra, bool]]:
        """Each extra that goes with the package, and whether it is ticked."""
        chosen = self.chosen()
        return [(extra, extra in chosen) for extra in self.extras.values()]

    def renew(self, *, total: int) -> None:
        """Show the price of this moment, and keep everything that was typed."""
        self.initial["quoted_total"] = total
        if self.is_bound:
            data = MultiValueDict(self.data)
            data["quoted_total"] = str(total)
            self.data = data

    def hush(self) -> None:
        """Keep what was typed and say nothing of it yet: somebody is only choosing."""
        self._errors = forms.utils.ErrorDict()

    def answers(self) -> list[tuple[GigRequirement, str | list[CheckedFile]]]:
        """Each question with its clean answer: a text, or a list of at most one file."""
        return [
            (question, self.cleaned_data.get(name) or "")
            for name, question in self.questions.items()
        ]


def _answer_field(question: GigRequirement) -> forms.Field:
    label, required = question.question, question.required
    if question.kind == RequirementKind.CHOICE:
        choices = [(option, option) for option in question.options]
        if not required:
            choices.insert(0, ("", str(_("No answer"))))
        return forms.ChoiceField(
            label=label, required=required, choices=choices, widget=forms.RadioSelect
        )
    if question.kind == RequirementKind.FILE:
        return PrivateFilesField(label=label, required=required, multiple=False)
    return forms.CharField(
        label=label,
        required=required,
        max_length=ANSWER_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


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
        choices=[(n, ngettext_lazy("%d day", "%d days") % n) for n in OPEN_DAYS],
        initial=7,
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    field_order = ["gig", "title", "scope", "price", "delivery_days"]

    def __init__(self, data: Any = None, *, seller: User) -> None:
        super().__init__(data)
        mine = Gig.objects.on_offer().filter(seller=seller).order_by("title")
        self.fields["gig"].queryset = mine  # type: ignore[attr-defined]
        currency = mine.values_list("currency", flat=True).first() or "usd"
        self.fields["price"] = MoneyField(
            least=LOWEST_PRICE,
            most=PRICE_LIMIT,
            currency=currency,
            label=_("Price in %(unit)s") % {"unit": unit(currency)},
            help_text=_("The buyer pays a service fee on top, as on your gigs."),
        )
        self.order_fields(self.field_order)


class DeliverForm(forms.Form):
    message = forms.CharField(
        label=_("Message to the buyer"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    attachments = PrivateFilesField(
        label=_("Files"), help_text=_("Up to 10 files of 10 MB each.")
    )


class RevisionForm(forms.Form):
    wishes = forms.CharField(
        label=_("What should change?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class StarsSelect(forms.RadioSelect):
    template_name = "django/forms/widgets/stars.html"


class StarsField(forms.TypedChoiceField):
    """One to five stars, as radios."""

    def __init__(self, label: StrOrPromise) -> None:
        words = ngettext_lazy("%d star", "%d stars")
        super().__init__(
            label=label,
            choices=[(number, words % number) for number in STARS],
            coerce=int,
            widget=StarsSelect,
            error_messages={"required": _("Choose one to five stars.")},
        )


class ReviewForm(forms.Form):
    """What one side says of the other; only buyers rate what was delivered by itself."""

    rating = StarsField(_("Overall"))
    communication = StarsField(_("Communication"))
    quality = StarsField(_("Quality of the work"))
    as_described = StarsField(_("As described"))
    text = forms.CharField(
        label=_("Your review"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(
        self, data: Any = None, *, side: Role, written: Review | None = None
    ) -> None:
        super().__init__(data, initial=model_to_dict(written) if written else None)
        self.fields["text"].help_text = PROMPTS[side]
        if side == Role.SELLER:
            for name in CRITERIA:
                del self.fields[name]

    @property
    def opinion(self) -> Opinion:
        return Opinion(**self.cleaned_data)


CRITERIA = ["communication", "quality", "as_described"]
PROMPTS = {
    Role.BUYER: _("What was it like to work together? What would others want to know?"),
    Role.SELLER: _("Were the wishes clear, the answers prompt, the tone kind?"),
}


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Your reply"),
        max_length=2000,
        help_text=_("Everybody reads it below the review. You can reply once."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


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


class TipForm(forms.Form):
    """A round part of the price, or an amount of one's own. The key makes a repeat the same tip."""

    OWN = "own"
    PERCENT = (5, 10, 20)

    preset = forms.ChoiceField(label=_("How much?"), widget=forms.RadioSelect)
    tip_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)

    def __init__(self, data: Any = None, *, price: int, currency: str) -> None:
        super().__init__(data)
        presets = {
            min(max(round(price * percent, -4) // 100, LEAST_TIP), MOST_TIP)
            for percent in self.PERCENT
        }
        choices = [
            *((each, written(each, currency, short=True)) for each in sorted(presets)),
            (self.OWN, _("Another amount")),
        ]
        self.fields["preset"].choices = choices  # type: ignore[attr-defined]
        self.fields["preset"].initial = sorted(presets)[len(presets) // 2]
        self.fields["amount"] = MoneyField(
            least=LEAST_TIP,
            most=MOST_TIP,
            currency=currency,
            required=False,
            label=_("Another amount"),
        )

    def clean(self) -> dict[str, Any]:
        """What was typed counts where another amount was chosen."""
        said = super().clean() or self.cleaned_data
        chosen = said.get("preset")
        if chosen and chosen != self.OWN:
            said["amount"] = int(chosen)
            self.errors.pop("amount", None)
        elif chosen and said.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("How much would you like to give?"))
        return said


class AnswerForm(forms.Form):
    """Which proposal somebody has read and answers."""

    proposal = forms.UUIDField(widget=forms.HiddenInput)
