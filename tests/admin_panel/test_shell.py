"""The frame of the admin: what stands at the side, the search over everything, pages of lists."""

import pytest

import payments.actions
from accounts import roles
from admin_panel import sidebar
from orders.status import OrderStatus
from payments.models import Paper
from tests.factories import NOON, a_finance, a_gig, a_moderator, a_user, an_order
from tests.security.routes import admin_routes

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(as_user):
    return as_user(a_user(is_staff=True, is_superuser=True))


def test_everything_at_the_side_is_there_and_has_its_line_in_the_table():
    pages = [page for page, _label, _icon in sidebar.DESKS + sidebar.TOOLS]

    assert {f"admin:{page}" for page in pages} - set(admin_routes()) == set()
    assert [page for page in pages if roles.permission_for(page) is None] == []


def test_the_side_shows_only_what_one_may_open(as_user):
    page = as_user(a_moderator()).get("/admin/").content.decode()

    assert 'href="/admin/moderation/"' in page
    assert 'href="/admin/payments/payout/"' not in page
    assert 'href="/admin/payments/reconciliation/"' not in page


def found(browser, asked):
    page = browser.get("/admin/search/", {"q": asked})
    return {hits.title: hits.rows for hits in page.context["found"] if hits.rows}


def test_the_search_finds_by_what_one_has_at_hand(operator):
    order = an_order(status=OrderStatus.COMPLETED)
    payment = order.payments.get()
    payments.actions.issue_receipt(payment_id=payment.pk, now=NOON)
    address = f"/admin/orders/order/{order.pk}/change/"

    by_mail = found(operator, order.buyer.email.upper())
    assert set(by_mail) == {"Users", "Orders", "Payments"}
    assert [link for _name, link in by_mail["Orders"]] == [address]
    assert set(found(operator, str(order.pk))) >= {"Orders", "Payments"}
    for said in (order.reference, f"#{order.reference.lower()}"):
        assert [link for _name, link in found(operator, said)["Orders"]] == [address]
        listed = operator.get("/admin/orders/order/", {"q": said}).context["cl"]
        assert [each.pk for each in listed.result_list] == [order.pk]
    assert "Payments" in found(operator, payment.intent_id)
    assert "Papers" in found(operator, Paper.objects.get().name)
    assert set(found(operator, a_gig(title="I will carve a owl").title)) == {"Gigs"}
    assert found(operator, "nobody@nowhere.example") == {}


def test_the_search_tells_nobody_of_what_they_may_not_see(as_user):
    order = an_order(status=OrderStatus.COMPLETED)

    hits = found(as_user(a_moderator()), str(order.pk))

    assert hits == {}
    assert "Payments" in found(as_user(a_finance()), str(order.pk))


def test_the_search_is_a_few_questions(operator, django_assert_num_queries):
    order = an_order(status=OrderStatus.COMPLETED)

    with django_assert_num_queries(11):
        operator.get("/admin/search/", {"q": order.buyer.email})


def test_how_many_rows_a_page_has_is_remembered_for_all_lists(operator):
    for _ in range(2):
        an_order()

    def rows(**asked):
        return operator.get("/admin/orders/order/", asked).context["cl"].list_per_page

    assert rows() == 50
    assert rows(rows=25) == 25
    assert rows() == 25
    assert rows(rows="all") == 25
    page = operator.get("/admin/payments/payment/", {"status__exact": "open"})
    assert page.context["cl"].list_per_page == 25
    first = page.context["cl"].row_choices[0]
    assert first.address == "?rows=25&status__exact=open"
