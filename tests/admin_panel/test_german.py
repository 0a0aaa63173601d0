"""The admin speaks the language of whoever works in it, down to the heads of its columns.

A word counts as translated if it is another one in German. The few that are the same in both
languages are listed, so that a name which nobody put through gettext cannot hide among them.
"""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import (
    flatten_fieldsets,
    get_fields_from_path,
    help_text_for_field,
    label_for_field,
)
from django.utils import translation

from accounts.models import User
from admin_panel.settings_page import SettingsForm

SAME = {
    *("bank", "e-mail", "extras", "gig", "gigs", "id", "name", "newsletter", "person"),
    *("position", "status", "text", "web vital", "web vitals"),
    *("e1, e2, …", "escrow:0190…"),  # examples
}


@pytest.fixture
def request_of_staff(rf):
    request = rf.get("/admin/")
    request.user = User(is_staff=True, is_superuser=True)
    return request


def labels(request):
    for model, page in admin.site._registry.items():
        name = model._meta.label
        yield name, apps.get_app_config(model._meta.app_label).verbose_name
        yield from of_the_list(name, model, page, request)
        yield from of_the_row(name, model, page, request)
        for inline in page.get_inline_instances(request):
            name = f"{model._meta.label}/{inline.model._meta.label}"
            yield from of_the_row(name, inline.model, inline, request)


def of_the_list(name, model, page, request):
    yield name, model._meta.verbose_name
    for column in page.get_list_display(request):
        if column != "__str__":
            yield f"{name}.{column}", label_for_field(column, model, page)
    for entry in page.get_list_filter(request):
        yield f"{name}?{entry}", title_of(entry, model)
    for action, text in page.get_action_choices(request, []):
        yield f"{name}:{action}", text
    for verb in getattr(page, "verbs", []):
        yield f"{name}:{verb.name}", verb.label
        yield f"{name}:{verb.name}", verb.help
    yield f"{name}?", page.search_help_text


def of_the_row(name, model, page, request):
    yield name, getattr(page, "verbose_name_plural", model._meta.verbose_name_plural)
    fieldsets = page.get_fieldsets(request)
    for title, _options in fieldsets:
        yield name, title
    for field in [*flatten_fieldsets(fieldsets), *page.get_readonly_fields(request)]:
        yield f"{name}.{field}", label_for_field(field, model, page)
        yield f"{name}.{field}", help_text_for_field(field, model)


def title_of(entry, model):
    entry = entry[0] if isinstance(entry, tuple) else entry
    if not isinstance(entry, str):
        return entry.title
    return get_fields_from_path(model, entry)[-1].verbose_name


def in_language(language, request):
    with translation.override(language):
        return [(where, str(text or "").lower()) for where, text in labels(request)]


def test_no_name_of_the_admin_is_left_in_english(request_of_staff):
    english, german = (in_language(code, request_of_staff) for code in ("en", "de"))

    left = {
        said
        for said, other in zip(english, german, strict=True)
        if said == other and said[1] and said[1] not in SAME
    }

    assert left == set()


def test_only_words_that_are_the_same_are_excused(request_of_staff):
    english, german = (in_language(code, request_of_staff) for code in ("en", "de"))

    same = {
        said[1] for said, other in zip(english, german, strict=True) if said == other
    }

    assert SAME - same == set()


@pytest.mark.django_db
def test_the_settings_are_explained_in_german():
    said = {}
    for language in ("en", "de"):
        with translation.override(language):
            fields = SettingsForm().fields.values()
            said[language] = {
                str(text or "") for f in fields for text in (f.label, f.help_text)
            }

    assert said["en"] & said["de"] == {"", "Name", "Text"}
