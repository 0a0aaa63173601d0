"""Trade by chance: whatever went wrong on the way, the books are right in the end."""

import pytest
from django.core.management import CommandError, call_command

import payments.actions
from admin_panel.simulation import Simulation, drift
from gigstream.core import clock
from orders.models import Order
from tests.factories import a_finance, a_gig, a_payout_method, a_seller, a_user
from tests.payments.test_connect import withdraw
from tests.payments.test_reconcile import earned
from tests.payments.webhooks import post_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(sandbox, settings, monkeypatch):
    """A place to trade, whose bank's news arrives behind each press of its buttons."""
    settings.SANDBOX, settings.SANDBOX_URL = True, f"{sandbox.url}/sandbox"
    for _ in range(2):
        a_gig(seller=a_seller())
    a_user()
    a_user(is_staff=True, is_superuser=True)
    press, told = Simulation._sandbox, set()

    def press_and_hear(run, path, **form):
        press(run, path, **form)
        for event in sandbox.events():
            if event["id"] not in told:
                told.add(event["id"])
                post_event(sandbox, event)

    monkeypatch.setattr(Simulation, "_sandbox", press_and_hear)


def test_after_any_trade_the_books_are_right(market, capsys):
    call_command("simulate", orders=5, seed=7, faults=True)

    said = capsys.readouterr().out
    assert "drift 0.00" in said
    assert "The books are right." in said
    assert f"{Order.objects.count()} placed" in said


def test_what_was_sent_from_another_bank_is_no_drift(sandbox, run_tasks):
    now = clock.now()
    seller = earned(sandbox, now).seller
    a_payout_method(seller)
    said = {"actor": a_finance(), "now": now, "payout_id": withdraw(seller, now).pk}
    payments.actions.approve_payout(**said)
    payments.actions.confirm_payout(**said)
    run_tasks()

    assert drift() == 0


def test_a_site_of_its_own_is_not_traded_on(settings):
    settings.SANDBOX = False

    with pytest.raises(CommandError, match="sandbox only"):
        call_command("simulate")


def test_without_anybody_there_is_no_trade(settings):
    settings.SANDBOX = True

    with pytest.raises(CommandError, match="nobody to trade"):
        call_command("simulate")
