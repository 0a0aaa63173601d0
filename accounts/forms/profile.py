"""What people fill in about themselves, about their days off, and about each other."""

import re
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from accounts import languages
from accounts.models import Amounts, Report, Theme, User
from gigstream.core import pictures

FACE_SMALLEST = (200, 200)
FACE_SIDE = 800


# Our mails greet people by name, so a name must not be what a mail program makes a link of,
# nor turn the direction of the words around it.
NO_NAME = re.compile(r"://|www\.|\w\.\w+/|[\u202a-\u202e\u2066-\u2069]", re.IGNORECASE)


def full_name_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Full name"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        validators=[
            RegexValidator(
                NO_NAME,
                gettext_lazy("A name has no web address in it."),
                inverse_match=True,
            )
        ],
    )


class SkillsField(forms.CharField):
    """Up to fifteen skills, parted by commas, each once."""

    MOST = 15
    LONGEST = 40

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != (data or "")

    def clean(self, value: Any) -> Any:
        words = [" ".join(word.split()) for word in super().clean(value).split(",")]
        skills = list({word.casefold(): word for word in words if word}.values())
        if len(skills) > self.MOST:
            text = _("At most %(count)s skills, please.")
            raise ValidationError(text % {"count": self.MOST})
        if any(len(skill) > self.LONGEST for skill in skills):
            text = _("A skill has at most %(count)s characters.")
            raise ValidationError(text % {"count": self.LONGEST})
        return skills


def skills_field() -> SkillsField:
    return SkillsField(
        label=gettext_lazy("Skills"),
        required=False,
        max_length=800,
        help_text=gettext_lazy(
            "Parted by commas: “Logo design, Lettering, Illustrator”."
        ),
    )


def languages_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=gettext_lazy("Languages you speak"),
        required=False,
        choices=languages.choices,
        widget=forms.CheckboxSelectMultiple,
    )


def country_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Country"),
        required=False,
        choices=lambda: [("", _("Not said")), *countries],
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )


def time_zone_choices() -> list[tuple[str, str]]:
    """Every zone that is a place, by name; UTC first."""
    places = sorted(zone for zone in available_timezones() if "/" in zone)
    ours = [zone for zone in places if not zone.startswith(("Etc/", "SystemV/"))]
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in ours)]


class ProfileForm(forms.ModelForm[User]):
    full_name = full_name_field()
    country = country_field()
    spoken_languages = languages_field()
    skills = skills_field()

    class Meta:
        model = User
        fields = [
            "full_name",
            "headline",
            "bio",
            "location",
            "country",
            "spoken_languages",
            "skills",
        ]
        widgets = {
            "bio": forms.Textarea(attrs={"rows": 6}),
        }
        labels = {
            "headline": gettext_lazy("Headline"),
            "bio": gettext_lazy("About you"),
            "location": gettext_lazy("City"),
        }
        help_texts = {
            "headline": gettext_lazy(
                "What you do, in one line: “Logo designer for small brands”."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["headline"].required = self.instance.is_seller
        self.fields["headline"].error_messages["required"] = _(
            "Buyers look for this line: say what you do."
        )

    def clean_full_name(self) -> str:
        return " ".join(self.cleaned_data["full_name"].split())


class FaceForm(forms.Form):
    """A picture of a person, and which square of it to keep."""

    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or GIF, up to 10 MB, at least 200 by 200 pixels."
        ),
        widget=forms.FileInput(
            attrs={
                "accept": "image/jpeg,image/png,image/webp,image/gif",
                "data-max-bytes": pictures.MOST_BYTES,
            }
        ),
    )
    across = forms.IntegerField(
        label=gettext_lazy("Middle of the face, from the left, in percent"),
        min_value=0,
        max_value=100,
        initial=50,
    )
    down = forms.IntegerField(
        label=gettext_lazy("Middle of the face, from the top, in percent"),
        min_value=0,
        max_value=100,
        initial=50,
    )

    def clean(self) -> dict[str, Any]:
        """Judge the file last: only then is it known which part to keep."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        square = pictures.Square(
            across=data["across"], down=data["down"], side=FACE_SIDE
        )
        file = data["picture"]
        try:
            data["face"] = pictures.clean(
                file, file.size or 0, smallest=FACE_SMALLEST, square=square
            )
        except pictures.Refused as refusal:
            self.add_error("picture", str(refusal))
        return data


class AppearanceForm(forms.Form):
    """How the site looks and speaks; leaving the choice to the device is an answer too."""

    hides_optional = True

    theme = forms.ChoiceField(
        label=gettext_lazy("Theme"),
        required=False,
        choices=[("", gettext_lazy("As your device is set")), *Theme.choices],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=lambda: [("", _("As your browser says")), *_own_names()],
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=time_zone_choices
    )
    amounts = forms.ChoiceField(
        label=gettext_lazy("Amounts of money"),
        help_text=gettext_lazy("All prices here are in one currency."),
        choices=Amounts.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(settings.LANGUAGES) < 2:
            del self.fields["language"]


def _own_names() -> list[tuple[str, str]]:
    """Each language of the site in its own words, for whoever reads no other."""
    return [(code, LANG_INFO[code]["name_local"]) for code, _name in settings.LANGUAGES]


class VacationForm(forms.Form):
    begins = forms.DateField(
        label=gettext_lazy("First day away"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    returns = forms.DateField(
        label=gettext_lazy("Back on"),
        help_text=gettext_lazy("From this day on, your gigs can be ordered again."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    message = forms.CharField(
        label=gettext_lazy("Message to visitors"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_returns(self) -> date:
        returns: date = self.cleaned_data["returns"]
        begins = self.cleaned_data.get("begins") or self.today
        if returns <= self.today:
            raise ValidationError(_("This day is over. Choose a later one."))
        if returns <= begins:
            raise ValidationError(_("This must come after the first day away."))
        return returns


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong?"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("What happened"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
