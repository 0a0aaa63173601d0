"""The site is killed with -9 in the middle of a checkout, a refund, a withdrawal.

Whatever it was killed at, what people sent is there once afterwards: the same postings, the
same tasks, the same mails as if nothing had happened. A few moments in each run; with
`make test-money` every single one.
"""

import os
import random
from datetime import timedelta
from uuid import uuid4

import pytest
from django_tasks_db.models import DBTaskResult

import payments.actions
from gigstream.core import clock, invariants, jobs
from gigstream.core.ids import uuid7
from gigstream.core.jobs import Worker
from gigstream.core.models import PlatformSetting
from orders.models import Order
from payments.models import LedgerTransaction, Payment, Payout, PayoutMethod, Refund
from tests.crashes.conftest import logged_in, masked
from tests.factories import a_gig, a_seller_with, a_user
from tests.payments.test_connect import fund, onboard
from tests.payments.webhooks import a_paid_order, post_event

pytestmark = pytest.mark.django_db(transaction=True)

LONG = bool(os.environ.get("MONEY_MINUTES"))
MOMENTS = 1
"""How many of them each story is killed at in a short run."""

SOON = [timedelta(seconds=each) for each in (0, 10, 30, 60, 119)]
"""When the next worker looks for work: within two minutes all must be done."""


class Checkout:
    """A buyer orders and pays, and Stripe tells of it."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.gig, self.buyer = a_gig(), a_user()
        self.by = logged_in(self.buyer)

    def happen(self, site):
        key = str(uuid4())
        form = {"checkout_key": key, "quoted_total": "11000"}
        answer = site.send(f"/checkout/{self.gig.slug}/", form, by=self.by)
        assert answer.status == 302, answer.data
        order = Order.objects.get(checkout_key=key)
        intent_id = order.payments.get().intent_id
        self.sandbox.confirm(intent_id)
        tell_all(site, self.sandbox)
        order.refresh_from_db()
        assert order.status == "in_progress"


class RefundOfAPart:
    """Staff send a part of a price back, and Stripe tells that it went."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.order, _payment, event = a_paid_order(sandbox)
        assert post_event(sandbox, event).status_code == 204
        self.by = logged_in(a_user(is_staff=True, is_superuser=True))

    def happen(self, site):
        most = payments.actions.refundable(self.order.pk)
        form = {"price": "0.10", "most": str(most), "reason": "So."}
        path = f"/admin/orders/order/{self.order.pk}/refund/"
        site.send(path, form, by=self.by)
        tell_all(site, self.sandbox)
        assert payments.actions.refundable(self.order.pk) == most - 10


class Withdrawal:
    """A seller takes money out through Stripe, which tells that it arrived."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.seller = a_seller_with(100_00)
        PayoutMethod.objects.all().delete()
        onboard(sandbox, self.seller, clock.now())
        fund(sandbox, 200_00)
        self.by = logged_in(self.seller)

    def happen(self, site):
        form = {"key": str(uuid4()), "amount": "0.10", "step": "confirm"}
        answer = site.send("/wallet/withdraw/", form, by=self.by)
        assert answer.status == 302, answer.data
        tell_all(site, self.sandbox)


def tell_all(site, sandbox):
    """Stripe tells what it has not told yet, in order."""
    for event in sandbox.events():
        if event["id"] not in site.told:
            site.tell(*sandbox.signed(event))
            site.told.add(event["id"])


class Since:
    """What has come of one run: to be compared with one in which nobody died."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.first, self.mails = uuid7(), len(sandbox.outbox())
        self.tasks = set(DBTaskResult.objects.values_list("pk", flat=True))

    def outcome(self):
        posted = LedgerTransaction.objects.filter(pk__gt=self.first)
        tasks = DBTaskResult.objects.exclude(pk__in=self.tasks)
        states = [
            (model.__name__, status)
            for model in (Payment, Refund, Payout)
            for status in model.objects.filter(pk__gt=self.first).values_list(
                "status", flat=True
            )
        ]
        return {
            "postings": sorted(posted.values_list("kind", flat=True)),
            "states": states,
            "tasks": sorted(tasks.values_list("task_path", "status")),
            "mails": sorted(
                (mail["to"], masked(mail["subject"]))
                for mail in self.sandbox.outbox()[self.mails :]
            ),
        }


def recover():
    """The next worker takes over from the dead one, and goes on for two minutes."""
    began = clock.now()
    Worker(lease=timedelta(0)).take_over()
    for later in SOON:
        with clock.frozen(began + later):
            jobs.drain()


def run(story, site, *, die_at=0):
    """One run of a story, killed at a step; its outcome, and how many steps it took."""
    since = Since(story.sandbox)
    site.die_at(die_at)
    story.happen(site)
    steps = site.steps()
    recover()
    tell_all(site, story.sandbox)
    site.steps()
    return since.outcome(), steps


def killed_at(moments, story, site, right):
    """Which of these moments leave something else than `right`, or wrong books."""
    wrong = {}
    for moment in moments:
        outcome, _steps = run(story, site, die_at=moment)
        broken = {code: each for code, each in invariants.check().items() if each}
        if outcome != right or broken:
            wrong[moment] = outcome, broken
    return wrong


@pytest.fixture
def tell(sandbox):
    """Prepare stories, under rules that allow very many very small withdrawals."""
    rules = {"payout_minimum": 1, "payouts_per_day": 1000}
    _version, settings = PlatformSetting.objects.newest()
    policy = settings.model_copy(update=rules)
    PlatformSetting.following(0, policy).save()
    return lambda *stories: [each(sandbox) for each in stories]


def warmed(site, stories):
    """Let the site do all once, so that later lives need not begin with compiling pages."""
    recover()
    for story in stories:
        run(story, site)
    site.keep_warm()


def test_killed_at_any_moment_all_ends_as_if_nobody_had_died(tell, start_site):
    site, stories = start_site(), tell(Checkout, RefundOfAPart, Withdrawal)
    warmed(site, stories)

    for story in stories:
        right, steps = run(story, site)
        some = random.sample(range(1, steps), MOMENTS)
        moments = range(1, steps + 1) if LONG else some
        wrong = killed_at(moments, story, site, right)

        print(f"{type(story).__name__}: killed at {len(moments)} of {steps} steps")
        assert not wrong, right


@pytest.mark.skipif(not LONG, reason="make test-money")
@pytest.mark.breaks_the_books
def test_a_task_that_is_written_after_the_commit_is_lost_at_some_moment(
    tell, start_site
):
    site, [story] = start_site(PLANTED="task_written_after_commit"), tell(RefundOfAPart)
    warmed(site, [story])
    right, steps = run(story, site)

    assert killed_at(range(1, steps + 1), story, site, right)
