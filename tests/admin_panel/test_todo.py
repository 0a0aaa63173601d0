"""What waits for the staff: everybody sees what is theirs, and says when it is done."""

import pytest
from django.contrib.auth.models import Group

import accounts.actions
import payments.actions
from admin_panel.todo import settle_task
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry, StaffTask
from orders import actions
from orders.models import Dispute
from orders.status import OrderStatus
from payments.models import Adjustment, Refund, UnappliedPayment
from tests.accounts.codes import prove
from tests.factories import NOON, a_moderator, a_user, an_order

pytestmark = pytest.mark.django_db

TASKS = "/admin/core/stafftask/"
UNAPPLIED = "/admin/payments/unappliedpayment/"
DISPUTES = "/admin/orders/dispute/"


@pytest.fixture
def staff(as_user):
    def log_in(role):
        person = a_user(is_staff=True)
        person.groups.add(Group.objects.get(name=role))
        browser = as_user(person)
        prove(browser)
        return browser

    return log_in


def a_task(target="orders.order", text="Decide about it.", **fields):
    order = an_order()
    return StaffTask.objects.create(
        **{
            "kind": "test",
            "target": f"{target}:{order.pk}",
            "text": text,
            "opened_at": NOON,
            **fields,
        }
    )


def an_unapplied(*, refund=None, **fields):
    order = an_order(status=OrderStatus.CANCELLED)
    row = UnappliedPayment.objects.create(
        **{
            "intent_id": f"pi_{order.pk.hex}",
            "order": order,
            "amount": 110_00,
            "currency": "usd",
            "reason": "amount",
            "received_at": NOON,
            **fields,
        }
    )
    if refund:
        Refund.objects.create(
            unapplied=row,
            intent_id=row.intent_id,
            amount=row.amount,
            currency="usd",
            status=refund,
            requested_at=NOON,
            settled_at=NOON,
            failure="Account closed.",
        )
    StaffTask.objects.create(
        kind="payments.strange_payment",
        target=f"payments.unappliedpayment:{row.pk}",
        text="Find out why.",
    )
    return row


def test_each_sees_what_is_about_something_they_see_and_says_when_it_is_done(staff):
    money = a_task("payments.payout", "Look at this withdrawal.")
    moderator, finance = staff("moderator"), staff("finance")

    hidden = moderator.get(TASKS).text
    refused = moderator.post(f"{TASKS}{money.pk}/settle/", {"reason": "x"})
    shown = finance.get(TASKS).text
    finance.post(f"{TASKS}{money.pk}/settle/", {"reason": "Called the bank."})
    again = finance.post(f"{TASKS}{money.pk}/settle/", {"reason": "x"})

    assert "Look at this withdrawal." not in hidden
    assert refused.status_code == 302
    assert "Look at this withdrawal." in shown
    assert f"/admin/payments/payout/{money.target.partition(':')[2]}/" in shown
    assert again.status_code == 409
    assert not StaffTask.objects.open().exists()
    entry = AuditEntry.objects.get(verb="core.settle_task")
    assert (entry.target, entry.reason) == (money.target, "Called the bank.")


def test_what_was_escalated_is_not_taken_back_from_the_admins_here(staff, as_user):
    report = accounts.actions.report(
        reporter=a_user(),
        target="user",
        target_id=a_user().pk,
        reason="abuse",
        text="Look at this.",
        now=NOON,
    )
    task = StaffTask.objects.create(
        kind="moderation", target=f"accounts.report:{report.pk}", text="Too hard."
    )
    moderator, admin = a_moderator(), staff("admin")

    listed = as_user(moderator).get(TASKS).text
    with pytest.raises(NotAllowed, match="An admin decides"):
        settle_task(task_id=task.pk, actor=moderator, reason="x", now=NOON)
    still_open = StaffTask.objects.open().count()
    admin.post(f"{TASKS}{task.pk}/settle/", {"reason": "It is not so hard."})

    assert ("Too hard." in listed, still_open) == (False, 1)
    assert not StaffTask.objects.open().exists()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("page", "queries"), [(TASKS, 6), (f"{UNAPPLIED}?waits=yes", 8)]
)
def test_the_lists_ask_as_often(staff, django_assert_num_queries, page, queries, rows):
    finance = staff("finance")
    for _ in range(rows):
        a_task()
        an_unapplied(refund="failed")

    with django_assert_num_queries(queries):
        finance.get(page)


@pytest.mark.breaks_the_books
def test_unapplied_money_is_explained_or_paid_another_way(staff):
    finance = staff("finance")
    stray, owed = an_unapplied(reason="mode"), an_unapplied(refund="failed")
    way = f"{UNAPPLIED}{owed.pk}/pay_another_way/"

    listed = finance.get(f"{UNAPPLIED}?waits=yes").text
    finance.post(f"{UNAPPLIED}{stray.pk}/settle/", {"reason": "A test payment."})
    settled = finance.post(f"{UNAPPLIED}{stray.pk}/settle/", {"reason": "x"})
    none = finance.post(f"{UNAPPLIED}{stray.pk}/pay_another_way/", {"reason": "x"})
    finance.post(way, {"reason": "By bank."})
    twice = finance.post(way, {"reason": "By bank."})

    assert ("Not by us" in listed, "Failed" in listed) == (True, True)
    assert (settled.status_code, none.status_code, twice.status_code) == (409, 422, 409)
    proposed = Adjustment.objects.get()
    assert (proposed.kind, proposed.status, proposed.amount, proposed.person) == (
        "buyer_paid",
        "proposed",
        110_00,
        owed.order.buyer,
    )
    assert list(UnappliedPayment.objects.waiting()) == [owed]
    assert AuditEntry.objects.get(verb="payments.settle_unapplied").reason


@pytest.mark.breaks_the_books
def test_why_unapplied_money_did_not_arrive_is_read_by_all_and_explained_by_finance(
    staff,
):
    stray, owed = an_unapplied(reason="mode"), an_unapplied(refund="failed")
    StaffTask.objects.create(
        kind="payments.refund_failed",
        target=f"payments.refund:{owed.sent_back.pk}",
        text="It did not arrive.",
    )
    finance, admin = staff("finance"), a_user(is_staff=True)

    pages = [
        finance.get(f"{UNAPPLIED}{each.pk}/change/").text for each in (stray, owed)
    ]
    with pytest.raises(NotAllowed):
        payments.actions.settle_unapplied(
            unapplied_id=owed.pk, actor=admin, reason="x", now=NOON
        )
    finance.post(f"{UNAPPLIED}{owed.pk}/settle/", {"reason": "Paid in cash."})

    assert ["Account closed." in page for page in pages] == [False, True]
    assert list(UnappliedPayment.objects.waiting()) == [stray]


@pytest.mark.breaks_the_books
def test_several_are_explained_at_once_after_they_were_shown_once_more(staff):
    finance, rows = staff("finance"), [an_unapplied(reason="mode") for _ in range(2)]
    form = {"_selected_action": [str(row.pk) for row in rows]}

    asked = finance.post(f"{UNAPPLIED}many/settle/", form).text
    finance.post(f"{UNAPPLIED}many/settle/", form | {"sure": "1", "reason": "A test."})

    assert asked.count("$110.00") == 2
    assert not UnappliedPayment.objects.waiting().exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_of_disputes_counts_down(staff, django_assert_num_queries, rows):
    finance = staff("finance")
    for _ in range(rows):
        an_order(status=OrderStatus.DISPUTED)
    order = an_order(status=OrderStatus.DISPUTED)
    actions.escalate_dispute(order_id=order.pk, actor=order.seller, now=NOON)

    with django_assert_num_queries(6):
        page = finance.get(f"{DISPUTES}?queue=ongoing").text
    ours = finance.get(f"{DISPUTES}?queue=ours").text

    assert ("Over" in page, "Waits for us:" in page) == (True, True)
    assert str(order.dispute_id or Dispute.objects.get(order=order).pk) in ours
    assert ours.count("Waits for us:") == 1
