"""The demo data: made through the actions, once, and never without a picture store."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User, Work
from admin_panel.demo import FEWEST_GIGS
from admin_panel.demo.people import PASSWORD
from admin_panel.demo.works import PIECES
from admin_panel.figures import differences, first_day, keep_up, today
from admin_panel.management.commands.seed_demo import COUNTING
from gigs.models import Category, Gig, Listing
from gigs.status import GigStatus
from gigs.window import window
from gigstream.core import clock
from gigstream.core.jobs import schedule
from gigstream.core.models import PeriodicJob
from orders.models import CustomOffer, Order
from orders.status import OrderStatus
from payments.actions import reconcile
from payments.models import Payment, Refund
from payments.status import RefundStatus
from tests.factories import an_order


@pytest.mark.django_db
def test_without_a_picture_store_nothing_is_made_and_one_line_says_why(settings):
    settings.CLOUDINARY_UPLOAD_PREFIX = "http://127.0.0.1:9"

    with pytest.raises(CommandError, match="start the site first"):
        call_command("seed_demo", gigs=FEWEST_GIGS)

    assert not User.objects.exists()


def _press_ctrl_c(**_options):
    raise KeyboardInterrupt


@pytest.mark.django_db
def test_orders_of_others_are_not_mixed_with_the_demo():
    an_order()

    call_command("seed_demo", if_empty=True)

    assert Order.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("gigs", [-1, 0, FEWEST_GIGS - 1])
def test_too_few_gigs_are_refused_in_one_line(gigs):
    with pytest.raises(CommandError, match="need 9 gigs or more"):
        call_command("seed_demo", gigs=gigs)

    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_demo_is_made_once_and_goes_on_after_an_interruption(
    sandbox, settings, client, monkeypatch, capsys
):
    settings.SANDBOX_URL = f"{sandbox.url}/sandbox"
    schedule.rows()
    PeriodicJob.objects.update(next_run_at=clock.now() + timedelta(hours=1))
    with monkeypatch.context() as patched:
        patched.setattr("orders.actions.review", _press_ctrl_c)
        with pytest.raises(KeyboardInterrupt):
            call_command("seed_demo", gigs=FEWEST_GIGS)
    begun = set(Order.objects.values_list("pk", flat=True))
    window()  # somebody looks meanwhile
    keep_up(clock.now())
    assert len(begun) == 1

    call_command("seed_demo", gigs=FEWEST_GIGS, if_empty=True)

    bought = Order.objects.filter(offer=None).count()
    assert f"and {bought - 1} orders" in capsys.readouterr().out
    for options in [{}, {"if_empty": True}]:
        call_command("seed_demo", gigs=FEWEST_GIGS, **options)
        said = capsys.readouterr().out
        assert not said if options else "0 people, 0 gigs and 0 orders" in said
    assert Order.objects.filter(offer=None).count() == bought
    due = PeriodicJob.objects.filter(next_run_at__lte=clock.now())
    assert {job.name for job in due} == set(COUNTING)
    # The books are looked at before the worker has asked for the demo's refunds.
    assert Refund.objects.filter(status=RefundStatus.REQUESTED).count() == 3
    assert reconcile(now=clock.now()).stuck == []
    assert (User.objects.count(), Category.objects.count()) == (42, 32)
    gigs = Gig.objects.for_cards()
    assert [gig.status for gig in gigs] == [GigStatus.ACTIVE] * FEWEST_GIGS
    assert all(gig.cover for gig in gigs)
    best = Listing.objects.order_by("-quality")[0]
    assert best.review_count == max(gig.review_count for gig in gigs)
    assert window()["featured"][0] == best.gig_id.hex
    assert Payment.objects.filter(status="succeeded", purpose="tip").count() == 1
    assert Payment.objects.filter(status="succeeded", purpose="amendment").count() == 1
    assert CustomOffer.objects.values_list("status").distinct().count() == 2
    assert set(Order.objects.values_list("status", flat=True)) == set(OrderStatus)
    assert Work.objects.count() == len(PIECES)
    buyer = User.objects.get(email="buyer@example.com")
    assert buyer.favorites.count() == 6
    now = clock.now()
    assert list(differences(first_day(now), today(now))) == []
    for name in ("buyer", "seller", "admin"):
        credentials = {"login": f"{name}@example.com", "password": PASSWORD}
        assert client.post("/accounts/login/", credentials).status_code == 302
        client.logout()
