"""What somebody chooses about being told: channels, times, a number for text messages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from messaging.kinds import NEWS, Channel, Group, channels_of
from messaging.models import Digest, NotificationKind, NotificationPreferences

FOR_SELLERS = {Group.GIGS}
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class Choice:
    """One box to tick: news of a kind by a channel."""

    value: str
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Row:
    kind: NotificationKind
    choices: list[Choice]


class ChannelsForm(forms.Form):
    """Which news comes by which channel; a box that is not ticked is a no."""

    def __init__(
        self, *args: Any, user: User, preferences: NotificationPreferences, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.chosen = preferences.channels
        self.kinds = [
            NotificationKind(kind)
            for kind, news in NEWS.items()
            if user.is_seller or news.group not in FOR_SELLERS
        ]
        has_phone = preferences.phone_verified_at is not None
        self.channels = [
            each for each in Channel if has_phone or each is not Channel.SMS
        ]
        boxes = [f"{kind}:{each}" for kind in self.kinds for each in self.channels]
        self.fields["on"] = forms.MultipleChoiceField(
            choices=[(box, box) for box in boxes], required=False
        )

    def groups(self) -> Iterator[tuple[Group, list[Row]]]:
        """The rows of the table, those of a group together."""
        for group in Group:
            kinds = [kind for kind in self.kinds if NEWS[kind].group == group]
            if kinds:
                yield group, [self._row(kind) for kind in kinds]

    def _row(self, kind: NotificationKind) -> Row:
        taken = channels_of(kind, self.chosen)
        choices = [
            Choice(f"{kind}:{each}", str(each.label), each in taken)
            for each in self.channels
        ]
        return Row(kind, choices)

    def choices_made(self) -> dict[NotificationKind, list[Channel]]:
        """By kind; a channel that was not on the page stays as it was."""
        on = set(self.cleaned_data["on"])
        hidden = set(Channel) - set(self.channels)
        return {
            kind: [
                each
                for each in Channel
                if f"{kind}:{each}" in on
                or (each in hidden and each in channels_of(kind, self.chosen))
            ]
            for kind in self.kinds
        }


class TimesForm(forms.Form):
    digest = forms.ChoiceField(
        label=gettext_lazy("E-mail about what can wait"),
        help_text=gettext_lazy(
            "Deliveries, deadlines, messages and money are mailed at once all the same."
        ),
        required=False,
        choices=[("", gettext_lazy("At once, one by one")), *Digest.choices],
        widget=forms.RadioSelect,
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        begins, ends = (
            self.cleaned_data.get("quiet_from"),
            self.cleaned_data.get("quiet_until"),
        )
        given = "quiet_from" not in self.errors and "quiet_until" not in self.errors
        if given and (begins is None) != (ends is None):
            empty = "quiet_until" if ends is None else "quiet_from"
            self.add_error(empty, _("Quiet hours need a beginning and an end."))
        if given and begins is not None and begins == ends:
            self.add_error("quiet_until", _("Quiet hours must end at another time."))
        return cleaned


class PhoneForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Mobile number"),
        max_length=30,
        help_text=gettext_lazy(
            "With its country, such as +49 151 2345678. We send a code to it."
        ),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def clean_number(self) -> str:
        number = re.sub(r"[\s()/.-]", "", self.cleaned_data["number"])
        if not NUMBER.fullmatch(number):
            raise forms.ValidationError(
                _("Write the number with a plus and its country, such as +49…")
            )
        return number


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^[0-9]{6}$",
        label=gettext_lazy("Code"),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
        error_messages={"invalid": gettext_lazy("The code has six digits.")},
    )
