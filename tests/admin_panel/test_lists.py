"""Every list of the admin stays cheap: few queries, and nothing is counted to the end."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.filters import AllValuesFieldListFilter, FieldListFilter
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from gigs.models import Category
from messaging.models import Inquiry, Newsletter
from tests.factories import a_user
from tests.security.routes import build_world

pytestmark = pytest.mark.django_db

MOST = 12
COUNT = re.compile(r"^SELECT COUNT\(", re.IGNORECASE)


@pytest.fixture
def operator(as_user):
    return as_user(a_user(is_staff=True, is_superuser=True))


def lists():
    for model in admin.site._registry:
        meta = model._meta
        yield reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")


def asked(browser, address):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert browser.get(address).status_code == 200, address
    return [query["sql"] for query in found]


def test_no_list_asks_often_or_counts_without_end(operator):
    build_world()
    operator.get("/admin/")
    wrong = {}
    for address in lists():
        queries = asked(operator, address)
        endless = [
            sql for sql in queries if COUNT.match(sql) and "LIMIT" not in sql.upper()
        ]
        if len(queries) > MOST or endless:
            wrong[address] = (len(queries), endless)

    assert wrong == {}


def test_no_filter_reads_a_whole_table_to_find_its_choices():
    whole = [
        f"{model._meta.label}: {each}"
        for model, found in admin.site._registry.items()
        for each in found.list_filter
        if isinstance(each, str) and _reads_all(model, each)
    ]

    assert whole == []


# Never more than some hundred rows, or (tasks) rows that are pruned and filtered first.
SHORT = {Category, Newsletter, Inquiry, DBTaskResult}


def test_no_list_sorts_a_whole_table_to_show_a_page():
    unsorted = [
        model._meta.label
        for model, found in admin.site._registry.items()
        if model not in SHORT and found.ordering and not _is_indexed(model, found)
    ]

    assert unsorted == []


def _is_indexed(model, model_admin):
    first = model_admin.ordering[0].lstrip("-")
    indexes = model._meta.indexes + model._meta.constraints
    return (
        first in {"pk", model._meta.pk.name}
        or model._meta.get_field(first).db_index
        or model._meta.get_field(first).unique
        or any(_begins_with(index, first) for index in indexes)
    )


def _begins_with(index, name):
    fields = [field.lstrip("-") for field in getattr(index, "fields", ())]
    # As in F("created_at").desc().
    fields += [
        getattr(getattr(each, "expression", each), "name", "")
        for each in getattr(index, "expressions", ())
    ]
    return fields[:1] == [name]


def _reads_all(model, name):
    if "__" in name:
        return False
    field = model._meta.get_field(name)
    for test, kind in FieldListFilter._field_list_filters:
        if test(field):
            return kind is AllValuesFieldListFilter
    return False


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL")
def test_people_are_found_by_a_part_of_their_name_by_index(operator):
    a_user(full_name="Johanna Brandt")
    operator.get("/admin/accounts/user/")
    with connection.cursor() as cursor:
        # So small a table is always read as a whole, unless that is forbidden.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")

    queries = [
        sql for sql in asked(operator, "/admin/accounts/user/?q=hann") if "LIKE" in sql
    ]

    assert queries
    for sql in queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "user_by_part_of_name" in plan, plan
