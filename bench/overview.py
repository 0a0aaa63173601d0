"""What the overview costs with a million orders: queries, time of the processor, time in all.

Run it on a copy of a site's database, which it fills:
DATABASE_URL=postgres://postgres@127.0.0.1/copy python bench/overview.py [orders]
"""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gigstream.settings.local")

import django

django.setup()

from django.db import connection
from django.test import Client

from accounts.models import User
from admin_panel import figures
from admin_panel.models import DailyFigure
from gigs.models import Category
from gigstream.core import clock
from orders.models import Order

YEARS_OF_DAYS = 730
OWN = {"id", "checkout_key"}
EMPTY = {"terms": "'{}'", "dispute_id": "NULL"}
COUNTED = {
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
    "WHERE i < %s) SELECT i FROM n)",
    "postgresql": "generate_series(1, %s)",
}
NEW_KEY = {
    "sqlite": "lower(hex(randomblob(16)))",
    "postgresql": "gen_random_uuid()",
}
TIMES = 9


def load_orders(count: int) -> None:
    """Copies of one completed order, a while apart."""
    one = Order.objects.filter(status="completed").first()
    if one is None:
        sys.exit("Seed the site first: it needs a completed order.")
    columns = [field.column for field in Order._meta.concrete_fields]
    vendor = connection.vendor
    values = [
        NEW_KEY[vendor] if name in OWN else EMPTY.get(name, name) for name in columns
    ]
    key = Order._meta.pk.get_db_prep_value(one.pk, connection)
    with connection.cursor() as cursor:
        if vendor == "postgresql":
            # Pages get ten seconds; this takes longer.
            cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            f"INSERT INTO orders_order ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM orders_order, {COUNTED[vendor]} AS numbers WHERE id = %s",
            (count, key),
        )
        if vendor == "postgresql":
            cursor.execute("RESET statement_timeout")
            cursor.execute("ANALYZE")


def load_figures() -> None:
    today = figures.today(clock.now())
    metrics = [(name, "usd") for name in figures.MONEY]
    names = [figures.JOINED, figures.SELLERS, figures.VERIFIED]
    names += [figures.VIEWS, figures.CHECKOUTS, figures.PAID]
    metrics += [(name, "") for name in names]
    keys = Category.objects.values_list("pk", flat=True)
    metrics += [(f"{figures.CATEGORY}{key}", "usd") for key in keys]
    rows = [
        DailyFigure(
            day=today - timedelta(days=back), metric=name, currency=money, amount=1000
        )
        for back in range(YEARS_OF_DAYS)
        for name, money in metrics
    ]
    DailyFigure.objects.all().delete()
    DailyFigure.objects.bulk_create(rows, batch_size=2000)


def measure(browser: Client, path: str) -> tuple[int, float, float]:
    """As for somebody who was here before: what is kept between requests is kept."""
    asked: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    def get() -> None:
        answer: Any = browser.get(path, headers={"host": "127.0.0.1"})
        assert answer.status_code == 200, answer.status_code

    get()
    with connection.execute_wrapper(count):
        get()
    spent, waited = [], []
    for _ in range(TIMES):
        began, at = time.process_time(), time.perf_counter()
        get()
        spent.append(time.process_time() - began)
        waited.append(time.perf_counter() - at)
    return len(asked), median(spent), median(waited)


def main() -> None:
    load_orders(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    load_figures()
    began = time.perf_counter()
    figures._note_how_it_stands(clock.now())
    print(f"job, how it stands: {time.perf_counter() - began:.2f} s")
    staff = User.objects.get(email="admin@example.com")
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    browser = Client()
    browser.force_login(staff, backend=backend)
    print(f"{Order.objects.count()} orders, {DailyFigure.objects.count()} figures")
    for path in ("/admin/", "/admin/?period=12m", "/admin/orders/order/"):
        queries, spent, waited = measure(browser, path)
        print(
            f"{path}: {queries} queries, {spent * 1000:.0f} ms of the processor, "
            f"{waited * 1000:.0f} ms in all"
        )


main()
