"""How every form on the site is drawn: one field template, and daisyUI's classes on the controls."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

# The first match wins, so the narrower widgets come first.
CONTROL_CLASSES: list[tuple[type[forms.Widget], str]] = [
    (forms.HiddenInput, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxInput, "checkbox"),
    (forms.FileInput, "file-input"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.Input, "input"),
]


class StyledBoundField(BoundField):
    """A field on a page; its control looks like the rest of the site unless it says otherwise."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if "class" not in widget.attrs and (css := control_class(widget)):
            built.setdefault("class", css)
        return built


class FormRenderer(TemplatesSetting):
    field_template_name = "components/_field.html"
    bound_field_class = StyledBoundField


def control_class(widget: forms.Widget) -> str:
    return next((css for kind, css in CONTROL_CLASSES if isinstance(widget, kind)), "")
