"""How every form on the site is drawn, and the field in which people type money."""

import re
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import widgets
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gigstream.core import money

# The first match wins, so the narrower widgets come first.
CONTROL_CLASSES: list[tuple[type[widgets.Widget], str]] = [
    (widgets.HiddenInput, ""),
    (widgets.CheckboxSelectMultiple, "checkbox"),
    (widgets.RadioSelect, "radio"),
    (widgets.CheckboxInput, "checkbox"),
    (widgets.FileInput, "file-input"),
    (widgets.Select, "select"),
    (widgets.Textarea, "textarea"),
    (widgets.Input, "input"),
]


class StyledBoundField(BoundField):
    """A field on a page; its control looks like the rest of the site unless it says otherwise."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: widgets.Widget | None = None
    ) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if "class" not in widget.attrs and (css := control_class(widget)):
            built.setdefault("class", css)
        return built


class FormRenderer(TemplatesSetting):
    field_template_name = "components/_field.html"
    bound_field_class = StyledBoundField


def control_class(widget: widgets.Widget) -> str:
    return next((css for kind, css in CONTROL_CLASSES if isinstance(widget, kind)), "")


class MoneyField(forms.DecimalField):
    """An amount typed as people write it, `1,250`, `$12.50` or `USD 12`, kept in minor units."""

    widget = forms.TextInput

    def __init__(
        self, *, least: int, most: int, currency: str = "usd", **options: Any
    ) -> None:
        self.scale = 10 ** money.decimals(currency)
        symbol = re.escape(money.SYMBOLS.get(currency, currency))
        self.named = re.compile(rf"^({currency}|{symbol})|({currency}|{symbol})$", re.I)
        super().__init__(
            min_value=Decimal(least) / self.scale,
            max_value=Decimal(most) / self.scale,
            decimal_places=money.decimals(currency),
            **options,
        )
        self.error_messages |= {
            "min_value": _("The least is %(amount)s.")
            % {"amount": money.written(least, currency, short=True)},
            "max_value": _("The most is %(amount)s.")
            % {"amount": money.written(most, currency, short=True)},
        }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal"}

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        whole, rest = divmod(value, self.scale)
        point = formats.get_format("DECIMAL_SEPARATOR")
        return f"{whole}{point}{rest:02}" if rest else str(whole)

    def to_python(self, value: Any) -> Any:
        text = self.named.sub("", re.sub(r"\s", "", value or ""))
        # Python reads the digits of every script, and 1e3; people mean neither.
        amount = money.plain(text) if text else ""
        if amount is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(amount)

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        return None if amount is None else int(amount * self.scale)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != (data or "")


FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
    )


class PeriodForm(forms.Form):
    """From one day to another, both of them included; without a day it is open there."""

    since = _day(gettext_lazy("From"))
    until = _day(gettext_lazy("To"))

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))
        return self.cleaned_data

    def moments(self, zone: tzinfo) -> dict[str, datetime]:
        """The bounds as lookups of a moment, by the midnights of a time zone."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        bounds = {"gte": since, "lt": until and until + timedelta(days=1)}
        return {
            name: datetime.combine(day, time(), zone)
            for name, day in bounds.items()
            if day
        }
