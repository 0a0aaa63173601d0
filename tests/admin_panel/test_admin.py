"""The operator's view: everything can be read, money and history cannot be changed."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType

import payments.actions
from gigs.status import GigStatus
from orders.status import OrderStatus
from payments.models import Chargeback, StripeLine
from payments.status import ChargebackStatus
from tests.factories import NOON, a_gig, a_user, an_order

pytestmark = pytest.mark.django_db

READ_ONLY = [
    "order",
    "ledgertransaction",
    "ledgeraccount",
    "payment",
    "refund",
    "earning",
]


@pytest.fixture
def operator(as_user):
    return as_user(a_user(is_staff=True, is_superuser=True))


def changelists():
    return [
        (f"/admin/{model._meta.app_label}/{model._meta.model_name}/", model)
        for model in admin.site._registry
    ]


def address_of(row):
    meta = row._meta
    return f"/admin/{meta.app_label}/{meta.model_name}/{row.pk}/change/"


def test_every_list_opens_and_can_be_searched(operator):
    an_order(status=OrderStatus.COMPLETED)

    codes = {
        path: operator.get(
            path, {"q": "0190"} if admin.site._registry[model].search_fields else {}
        ).status_code
        for path, model in changelists()
    }

    assert {path: code for path, code in codes.items() if code != 200} == {}
    assert operator.get("/admin/").status_code == 200


def test_every_row_of_the_money_opens(operator):
    order = an_order(status=OrderStatus.COMPLETED)
    rows = [
        order,
        *order.postings.all(),
        *order.payments.all(),
        order.earnings.get(),
        order.buyer,
        order.gig,
    ]

    for row in rows:
        assert operator.get(address_of(row)).status_code == 200, row


@pytest.mark.parametrize("name", READ_ONLY)
def test_nobody_adds_or_removes_money_or_history(operator, name):
    an_order(status=OrderStatus.COMPLETED)
    path, model = next(
        each for each in changelists() if each[1]._meta.model_name == name
    )
    row = model.objects.first()

    assert operator.get(f"{path}add/").status_code == 403
    if row:
        assert (
            operator.post(f"{path}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        )
        assert (
            operator.post(f"{path}{row.pk}/change/", {"status": "x"}).status_code == 403
        )


@pytest.mark.parametrize("who", ["visitor", "buyer"])
def test_the_admin_is_for_staff(client, as_user, who):
    browser = client if who == "visitor" else as_user(a_user())

    for path in ("/admin/", "/admin/orders/order/"):
        assert browser.get(path).status_code in {302, 403, 404}


def test_secrets_of_payments_are_not_shown(operator):
    order = an_order()
    order.payments.update(client_secret="pi_secret_canary")

    page = operator.get(f"/admin/payments/payment/{order.payments.get().pk}/change/")

    assert "pi_secret_canary" not in page.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    "name", ["orders/order", "payments/payment", "payments/ledgertransaction"]
)
def test_lists_ask_the_database_as_often_whatever_they_hold(
    operator, django_assert_max_num_queries, name, rows
):
    for _ in range(rows):
        an_order(status=OrderStatus.COMPLETED)

    with django_assert_max_num_queries(8):
        operator.get(f"/admin/{name}/")


def test_lists_of_money_say_in_words_what_a_row_is(operator):
    order = an_order(status=OrderStatus.IN_PROGRESS)
    payments.actions.refund(
        order_id=order.pk, price=10_00, reason="Half of it.", by=None, now=NOON
    )
    StripeLine.objects.create(
        line_id="txn_1", amount=110_00, fee=6_04, currency="usd", created_at=NOON
    )
    Chargeback.objects.create(
        stripe_id="du_1",
        amount=1_00,
        currency="usd",
        status=ChargebackStatus.NEEDS_RESPONSE,
        reason="product_not_received",
        opened_at=NOON,
    )

    def listed(model):
        return operator.get(f"/admin/payments/{model}/").text

    assert ">E1 · A payment was captured</td>" in listed("ledgertransaction")
    assert ">E1b · Stripe&#x27;s fee for it is known</a>" in listed("ledgertransaction")
    assert f"{order}</" in listed("refund")
    assert ">Half of it.</td>" in listed("refund")
    assert ">$6.04</td>" in listed("stripeline")
    assert "Yes</a>" in listed("stripeline")
    assert ">What was bought did not come</td>" in listed("chargeback")


def test_a_reason_that_is_new_at_stripe_is_said_as_it_is_called_there():
    assert Chargeback(reason="of_another_kind").claim == "of another kind"


def test_amounts_are_written_as_people_do(operator):
    order = an_order(status=OrderStatus.COMPLETED)

    for path in ("orders/order", "payments/payment", "payments/earning"):
        assert "$1" in operator.get(f"/admin/{path}/").content.decode()
    legs = operator.get(address_of(order.postings.get(kind="E1"))).text
    assert [f">{amount}<" in legs for amount in ("$110.00", "-$100.00")] == [True] * 2


@pytest.mark.parametrize(
    ("role", "what", "parts"),
    [
        ("moderator", "gig", "gigpackage gigextra gigimage gigfaq gigrequirement"),
        ("support", "order", "orderevent delivery orderanswer"),
        ("finance", "order", "orderevent"),
        ("finance", "posting", "ledgerentry"),
    ],
)
def test_who_sees_a_row_sees_its_parts(as_user, role, what, parts):
    order = an_order(status=OrderStatus.COMPLETED)
    rows = {"gig": order.gig, "order": order, "posting": order.postings.first()}
    person = a_user(is_staff=True)
    person.groups.add(Group.objects.get(name=role))

    page = as_user(person).get(address_of(rows[what]))

    shown = page.context["inline_admin_formsets"]
    assert [each.opts.model._meta.model_name for each in shown] == parts.split()


@pytest.mark.breaks_the_books
@pytest.mark.parametrize("people", [1, 3])
def test_an_order_costs_the_same_however_many_had_to_do_with_it(
    operator, django_assert_num_queries, people
):
    order = an_order(status=OrderStatus.COMPLETED)
    for _ in range(people):
        order.events.create(
            at=NOON,
            from_status="completed",
            to_status="completed",
            role="staff",
            actor=a_user(),
        )
    ContentType.objects.get_for_model(order)  # asked for once per process

    with django_assert_num_queries(11):
        operator.get(address_of(order))


def test_what_buyers_see_is_led_to_where_they_see_it(operator):
    shown, draft = a_gig(), a_gig(status=GigStatus.PAUSED)
    for row in (shown, shown.category):
        way = f'href="{row.get_absolute_url()}" class="viewsitelink"'
        assert way in operator.get(address_of(row)).content.decode()

    assert "viewsitelink" not in operator.get(address_of(draft)).content.decode()
    assert operator.get(f"/admin/r/1/{shown.pk}/").status_code == 404
