"""The audit log: written for every change by staff, never rewritten, quick to look through."""

import ast
import csv
import io
from datetime import timedelta
from itertools import chain
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction

import accounts.actions
from admin_panel.changes import NAMES
from gigstream.core.models import AuditEntry
from tests.accounts.codes import prove
from tests.factories import NOON, a_category, a_user

pytestmark = pytest.mark.django_db

PAGE = "/admin/core/auditentry/"
APPS = ("accounts", "gigs", "payments", "orders", "messaging", "gigstream/core")
CREATE = "AuditEntry.objects.create"
SHOWN = 'class="field-what"'


@pytest.fixture
def admin():
    person = a_user(is_staff=True, full_name="Ada Admin")
    person.groups.set(Group.objects.filter(name="admin"))
    return person


def an_entry(**fields):
    said = {"at": NOON, "verb": "accounts.suspend", "target": "accounts.user:1"}
    return AuditEntry.objects.create(**{**said, **fields})


def listed(browser, **asked):
    return browser.get(PAGE, asked).text.count(SHOWN)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE core_auditentry SET reason = 'never mind'",
        "DELETE FROM core_auditentry",
    ],
)
def test_the_database_keeps_what_was_written(change):
    an_entry(reason="Spam.")

    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(change)

    assert AuditEntry.objects.get().reason == "Spam."


def test_an_entry_says_where_its_request_came_from(admin, as_user, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    person = a_user()

    browser = as_user(admin)
    prove(browser)
    browser.post(
        f"/admin/accounts/user/{person.pk}/suspend/",
        {"reason": "Spam."},
        headers={"x-forwarded-for": "6.6.6.6, 203.0.113.9"},
    )
    accounts.actions.reinstate(user_id=person.pk, actor=admin, reason="", now=NOON)

    seen = AuditEntry.objects.order_by("id").values_list("verb", "address")
    assert list(seen) == [
        ("accounts.suspend", "203.0.113.9"),
        ("accounts.reinstate", None),
    ]


def test_what_staff_write_in_a_form_of_the_admin_is_logged(admin, as_user):
    category = a_category(name="Logos", slug="logos")
    form = {"name": "Marks", "slug": "logos", "icon": "palette", "position": 3}

    as_user(admin).post(f"/admin/gigs/category/{category.pk}/change/", form)

    entry = AuditEntry.objects.get(verb="gigs.change_category")
    assert (entry.actor, entry.target) == (admin, f"gigs.category:{category.pk}")
    assert (entry.before["name"], entry.after["name"]) == ("Logos", "Marks")


def test_the_log_is_filtered_by_who_what_about_what_and_when(admin, as_user):
    an_entry(actor=admin)
    an_entry(verb="gigs.feature", target="gigs.gig:1", at=NOON + timedelta(days=3))
    browser, day = as_user(admin), f"{NOON:%Y-%m-%d}"

    assert listed(browser) == 2
    assert listed(browser, who=admin.pk) == 1
    assert listed(browser, who="system") == 1
    assert listed(browser, what="gigs.feature") == 1
    assert listed(browser, about="gigs.gig") == 1
    assert listed(browser, **{"from": day, "until": day}) == 1
    assert listed(browser, q="suspend") == 1
    assert listed(browser, who="nobody") == 0
    assert listed(browser, **{"from": "2026-02-31"}) == 2


def test_a_day_that_no_clock_can_tell_is_the_nearest_one(as_user):
    far_east = as_user(a_user(is_superuser=True, is_staff=True, time_zone="Asia/Tokyo"))
    an_entry()

    assert listed(far_east, **{"from": "0001-01-01", "until": "9999-12-31"}) == 1
    assert listed(far_east, **{"from": "9999-12-31"}) == 0


def test_the_log_is_taken_away_as_a_table_in_which_nothing_is_a_formula(admin, as_user):
    an_entry(reason="=HYPERLINK(1)", after={"standing": "suspended"})
    an_entry(verb="gigs.feature")

    answer = as_user(admin).get(f"{PAGE}export.csv", {"what": "accounts.suspend"})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    _head, row = csv.reader(io.StringIO(text))
    assert row[2:] == [
        "accounts.suspend",
        "accounts.user:1",
        "",
        '{"standing": "suspended"}',
        "'=HYPERLINK(1)",
        "",
    ]
    taken = AuditEntry.objects.get(verb="core.export_audit")
    assert taken.after == {"filters": {"what": "accounts.suspend"}}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_log_asks_the_database_as_often_whatever_it_holds(
    admin, as_user, django_assert_num_queries, rows
):
    for number in range(rows):
        an_entry(actor=a_user(), verb=f"verb.{number}")
    browser = as_user(admin)

    with django_assert_num_queries(9):
        browser.get(PAGE)


def test_a_row_shows_before_and_after(admin, as_user):
    entry = an_entry(before={"standing": "active"}, after={"standing": "suspended"})

    page = as_user(admin).get(f"{PAGE}{entry.pk}/change/").text

    assert "<td>Active</td><td>Suspended</td>" in page


@pytest.mark.parametrize(
    ("target", "after", "words"),
    [
        ("payments.payout:1", {"status": "submitted"}, "Status: - → On its way"),
        ("accounts.user:1", {"roles": ["finance"]}, "Roles: - → Finance"),
        ("accounts.user:1", {"roles": []}, "Roles: - → -"),
        ("accounts.user:1", {"keep_texts": True}, "Keeps the texts: - → yes"),
        ("orders.order:1", {"returned": "$9.00"}, "Goes back: - → $9.00"),
        (
            "core.platformsetting:2",
            {"service_fee_bps": 900},
            "Service fee, in basis points: - → 900",
        ),
        (
            "core.auditentry:",
            {"filters": {"who": "system"}},
            "Filters: - → who: system",
        ),
        ("payments.books", {"of_former_days": 3}, "Of former days: - → 3"),
    ],
)
def test_a_row_says_in_words_what_changed(admin, as_user, target, after, words):
    an_entry(target=target, after=after)

    page = as_user(admin).get(PAGE).text

    assert f'<td class="field-what_changed">{words}</td>' in page


# --- Nothing by staff without a line ------------------------------------------

# They only say who somebody is; both sides of an order ask them, too.
QUESTIONS = {"is_above", "check", "move", "admit"}


def functions_of_actions():
    root = Path(settings.BASE_DIR)
    for app in APPS:
        files = [*root.glob(f"{app}/actions/**/*.py"), *root.glob(f"{app}/policy.py")]
        for path in files:
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef):
                    yield app, path, node


def is_a_verb(node):
    return "actor" in {each.arg for each in node.args.kwonlyargs}


def reached(node, functions):
    """The names that a function calls, and those that they call in turn."""
    waiting, seen = [node], set()
    while waiting:
        for call in ast.walk(waiting.pop()):
            if isinstance(call, ast.Call):
                name = ast.unparse(call.func)
                if name not in seen:
                    seen.add(name)
                    inside = functions.get(name) if name not in QUESTIONS else None
                    waiting += [inside] if inside else []
    return seen


def test_every_action_that_asks_for_a_permission_writes_a_line():
    found = list(functions_of_actions())
    by_app = {
        app: {node.name: node for other, _path, node in found if other == app}
        for app in APPS
    }
    by_file = {}
    for _app, path, node in found:
        by_file.setdefault(path, {})[node.name] = node
    asking, silent = 0, []
    for app, path, node in found:
        calls = reached(node, {**by_app[app], **by_file[path]})
        asks = any(name.endswith(".has_perm") for name in calls)
        if not is_a_verb(node) or not asks or node.name in QUESTIONS:
            continue
        asking += 1
        if "AuditEntry.objects.create" not in calls:
            silent.append(f"{app}: {node.name}")

    assert asking > 15, "the search itself is broken"
    assert silent == []


def test_whatever_is_noted_has_a_name_in_words():
    fields = {
        field.name for model in apps.get_models() for field in model._meta.get_fields()
    }
    noted = set()
    ours = [Path(settings.BASE_DIR) / name for name in [*APPS, "admin_panel"]]
    for path in chain.from_iterable(each.rglob("*.py") for each in ours):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == CREATE:
                noted |= {
                    key.value
                    for given in call.keywords
                    if given.arg in {"before", "after"}
                    and isinstance(given.value, ast.Dict)
                    for key in given.value.keys
                    if isinstance(key, ast.Constant)
                }

    assert len(noted) > 20, "the search itself is broken"
    assert noted - fields - NAMES.keys() == set()
