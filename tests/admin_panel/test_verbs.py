"""What the audit log keeps by a key, staff read in words of their language."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils import translation
from django.utils.html import strip_tags

from gigstream.core.admin import Audited
from gigstream.core.models import AuditEntry
from gigstream.core.verbs import VERBS
from tests.factories import NOON, a_user

APPS = ("accounts", "admin_panel", "gigs", "gigstream/core", "messaging")
APPS += ("orders", "payments")
BY_FORMS = Path("gigstream/core/admin.py")
"""Its verbs are made of the names of models: see `verbs_of_forms`."""


def modules():
    root = Path(settings.BASE_DIR)
    for app in APPS:
        for path in root.glob(f"{app}/**/*.py"):
            if "migrations" not in path.parts and path.relative_to(root) != BY_FORMS:
                yield path


def writers(module):
    """Where each function that writes an entry takes its verb among its arguments."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            for place, each in enumerate([*node.args.args, *node.args.kwonlyargs]):
                if each.arg == "verb" and ast.unparse(each.annotation or each) == "str":
                    yield node.name, place


def tables(module):
    """The tables of a module from which a verb may be taken."""
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            yield ast.unparse(node.targets[0]), node.value.values


def given(module, places):
    """What is given as a verb to those functions, and to an entry itself."""
    for call in ast.walk(module):
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func)
        named = [each.value for each in call.keywords if each.arg == "verb"]
        if name in places or name == "AuditEntry.objects.create":
            yield from named or call.args[places[name] :][:1]


def verbs_in(module, places):
    known = dict(tables(module))
    for value in given(module, places):
        if isinstance(value, ast.Subscript):
            yield from known[ast.unparse(value.value)]
        elif not isinstance(value, ast.Name):  # handed on by one of the functions
            yield value


def verbs_of_code():
    found = {path: ast.parse(path.read_text()) for path in modules()}
    places = {
        path: dict(writers(module)) if "AuditEntry" in path.read_text() else {}
        for path, module in found.items()
    }
    shared = {
        name: place
        for own in places.values()
        for name, place in own.items()
        if not name.startswith("_")
    }
    for path, module in found.items():
        for value in verbs_in(module, shared | places[path]):
            assert isinstance(value, ast.Constant), f"{path}: {ast.unparse(value)}"
            yield value.value


def verbs_of_forms():
    for model, page in admin.site._registry.items():
        if isinstance(page, Audited):
            for verb in ("add", "change", "delete"):
                yield f"{model._meta.app_label}.{verb}_{model._meta.model_name}"


def test_whatever_is_logged_is_said_in_words():
    assert {*verbs_of_code(), *verbs_of_forms()} == set(VERBS)


@pytest.fixture
def staff():
    person = a_user(is_staff=True, full_name="Ada Admin", language="de")
    person.groups.set(Group.objects.filter(name="admin"))
    return person


@pytest.mark.django_db
def test_staff_read_what_was_done_in_words_and_take_it_away_as_it_is_kept(
    staff, as_user
):
    AuditEntry.objects.create(
        at=NOON,
        actor=staff,
        verb="accounts.give_roles",
        target=f"accounts.user:{staff.pk}",
    )
    browser, page = as_user(staff), "/admin/core/auditentry/"
    with translation.override("de"):
        words = str(VERBS["accounts.give_roles"])

    pages = [
        "/admin/",
        page,
        f"{page}{AuditEntry.objects.get().pk}/change/",
        f"/admin/accounts/user/{staff.pk}/change/",
    ]
    for address in pages:
        text = browser.get(address).text
        assert words in text, address
        assert "accounts.give_roles" not in strip_tags(text), address

    answer = browser.get(f"{page}export.csv", {"what": "accounts.give_roles"})
    assert b",accounts.give_roles," in b"".join(answer.streaming_content)


def test_a_verb_of_former_days_is_said_as_it_is_kept():
    assert AuditEntry(verb="gigs.frown_upon").what == "gigs.frown_upon"
