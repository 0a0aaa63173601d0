"""How every form on the site is drawn: one field template, and daisyUI's classes on the controls."""

from typing import Any

from django.forms import widgets
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

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
