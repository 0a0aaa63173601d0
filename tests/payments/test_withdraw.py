"""Taking money out: what is asked for, what is refused, and where the money is meanwhile."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

import payments.actions
from accounts.models import SecurityEvent
from accounts.security import Client as Browser
from gigstream.core import clock
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry, PlatformSetting
from messaging.models import Notification
from orders.models import Order
from payments.models import AccountKind, LedgerTransaction, Payout, PayoutMethod
from payments.status import PAYOUT_MOVES, PayoutStatus
from tests.factories import (
    NOON,
    a_payout_method,
    a_seller,
    a_seller_with,
    a_user,
)

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=8)
NOWHERE = Browser(address=None, browser="")


def withdraw(seller, amount=None, *, key=None, now=LATER):
    return payments.actions.request_payout(
        user_id=seller.pk, amount=amount, key=key or uuid4(), now=now
    )


def balance(kind, subject):
    return payments.actions.balance(kind, subject.pk, "usd")


def available(seller):
    return balance(AccountKind.SELLER_AVAILABLE, seller)


def postings(payout):
    keys = LedgerTransaction.objects.filter(key__endswith=str(payout.pk))
    return list(keys.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def finance():
    return a_user(is_staff=True, is_superuser=True)


def test_a_withdrawal_sets_the_money_aside_and_waits_for_somebody(finance):
    seller = a_seller_with(100_00)

    payout = withdraw(seller, 40_00)

    assert payout.status == PayoutStatus.REVIEW
    assert available(seller) == 60_00
    assert balance(AccountKind.PAYOUT_CLEARING, payout) == 40_00
    assert Notification.objects.get(user=seller, kind="payout").title == (
        "You asked to withdraw $40.00 to Sparkasse •••• 3000"
    )


def test_no_amount_is_all_of_it():
    seller = a_seller_with(100_00)

    assert withdraw(seller).amount == 100_00
    assert available(seller) == 0


def test_the_same_form_again_is_the_same_withdrawal():
    seller, key = a_seller_with(100_00), uuid4()

    assert withdraw(seller, 40_00, key=key) == withdraw(seller, 40_00, key=key)
    assert available(seller) == 60_00
    with pytest.raises(NotAllowed, match="another amount"):
        withdraw(seller, 30_00, key=key)


@pytest.mark.parametrize(
    ("amount", "why"),
    [(19_99, r"least .* \$20"), (100_01, r"have \$100.00 available")],
)
def test_too_little_and_too_much_are_refused(amount, why):
    seller = a_seller_with(100_00)

    with pytest.raises(NotAllowed, match=why):
        withdraw(seller, amount)


def test_a_day_has_its_limits():
    _version, settings = PlatformSetting.objects.newest()
    policy = settings.model_copy(
        update={"payouts_per_day": 2, "payout_daily_maximum": 70_00}
    )
    PlatformSetting.following(0, policy).save()
    seller = a_seller_with(200_00)
    withdraw(seller, 40_00)

    with pytest.raises(NotAllowed, match=r"up to \$70.00"):
        withdraw(seller, 40_00)
    withdraw(seller, 20_00)
    with pytest.raises(NotAllowed, match="2 times"):
        withdraw(seller, 20_00)
    withdraw(seller, 40_00, now=LATER + timedelta(hours=24))


def test_who_owes_money_withdraws_nothing():
    seller = a_seller_with(100_00)
    withdraw(seller)
    payments.actions.refund(order_id=Order.objects.get().pk, price=5_00, now=LATER)

    with pytest.raises(NotAllowed, match="You owe"):
        withdraw(seller, 20_00)


def test_without_a_destination_there_is_no_withdrawal():
    seller = a_seller_with(100_00)
    PayoutMethod.objects.update(removed_at=LATER)

    with pytest.raises(NotAllowed, match="where your money"):
        withdraw(seller)


def test_another_destination_freezes_withdrawals_and_is_mailed(
    sandbox, mailoutbox, run_tasks
):
    seller = a_seller_with(100_00)
    account = payments.actions.BankAccount(
        holder="Eve",
        country="GB",
        bank_name="Bank",
        bank_code="",
        account_number="GB82WEST12345698765432",
    )

    method = payments.actions.add_bank(
        user_id=seller.pk, account=account, client=NOWHERE, now=LATER
    )

    assert method.masked == "Bank •••• 5432"
    with pytest.raises(NotAllowed, match="changed where your money goes"):
        withdraw(seller, now=LATER + timedelta(hours=72, seconds=-1))
    assert withdraw(seller, now=LATER + timedelta(hours=72)).method == method
    run_tasks()
    mails = {mail.subject for mail in mailoutbox if mail.to == [seller.email]}
    assert "A change to the security of your account" in mails
    assert SecurityEvent.objects.get(user=seller).kind == "payout_changed"


def test_removing_the_destination_first_does_not_get_around_the_freeze():
    seller = a_seller_with(100_00)
    payments.actions.remove_method(user_id=seller.pk, client=NOWHERE, now=LATER)
    account = payments.actions.BankAccount(
        holder="Eve", country="GB", bank_name="B", bank_code="", account_number="12345"
    )

    method = payments.actions.add_bank(
        user_id=seller.pk, account=account, client=NOWHERE, now=LATER
    )

    assert method.usable_at == LATER + timedelta(hours=72)


def test_finance_approves_and_the_bank_pays(finance):
    seller = a_seller_with(100_00)
    payout = withdraw(seller)

    payments.actions.approve_payout(payout_id=payout.pk, actor=finance, now=LATER)
    payments.actions.confirm_payout(payout_id=payout.pk, actor=finance, now=LATER)

    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    assert postings(payout) == ["E4", "E5"]
    assert payments.actions.balance(AccountKind.STRIPE, None, "usd") == 10_00
    verbs = AuditEntry.objects.filter(target=f"payments.payout:{payout.pk}")
    assert set(verbs.values_list("verb", flat=True)) == {
        "payments.approve_payout",
        "payments.confirm_payout",
    }
    assert {entry.after["amount"] for entry in verbs} == {"$100.00"}


def test_what_is_rejected_is_in_the_wallet_again_with_the_reason(finance):
    seller = a_seller_with(100_00)
    payout = withdraw(seller)

    with pytest.raises(NotAllowed, match="reason"):
        payments.actions.reject_payout(
            payout_id=payout.pk, actor=finance, reason=" ", now=LATER
        )
    payments.actions.reject_payout(
        payout_id=payout.pk, actor=finance, reason="Wrong name.", now=LATER
    )

    assert available(seller) == 100_00
    assert postings(payout) == ["E4", "E6"]
    news = Notification.objects.filter(user=seller, kind="payout").order_by("pk")
    assert news.last().text.endswith("Wrong name.")


@pytest.mark.parametrize(
    ("paid", "status", "rules"),
    [
        (False, PayoutStatus.FAILED, ["E4", "E6"]),
        (True, PayoutStatus.RETURNED, ["E4", "E5", "E6b"]),
    ],
)
def test_what_the_bank_sends_back_pays_debts_first(finance, paid, status, rules):
    seller = a_seller_with(100_00)
    payout = withdraw(seller)
    payments.actions.approve_payout(payout_id=payout.pk, actor=finance, now=LATER)
    if paid:
        payments.actions.confirm_payout(payout_id=payout.pk, actor=finance, now=LATER)
    payments.actions.refund(order_id=Order.objects.get().pk, price=30_00, now=LATER)

    payments.actions.return_payout(
        payout_id=payout.pk, actor=finance, reason="Account closed.", now=LATER
    )

    payout.refresh_from_db()
    assert payout.status == status
    assert available(seller) == 70_00
    assert balance(AccountKind.SELLER_RECEIVABLE, seller) == 0
    assert postings(payout) == rules


VERBS = {
    "approve": (PayoutStatus.REVIEW, PayoutStatus.SUBMITTED),
    "reject": (PayoutStatus.REVIEW, PayoutStatus.CANCELED),
    "confirm": (PayoutStatus.SUBMITTED, PayoutStatus.PAID),
    "return": (PayoutStatus.SUBMITTED, PayoutStatus.FAILED),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", [PayoutStatus.CANCELED, PayoutStatus.FAILED])
def test_what_is_over_is_decided_on_no_more(finance, verb, status):
    seller = a_seller_with(100_00)
    payout = withdraw(seller)
    payments.actions.cancel_payout(payout_id=payout.pk, actor=seller, now=LATER)
    Payout.objects.filter(pk=payout.pk).update(status=status)
    decide = getattr(payments.actions, f"{verb}_payout")
    reason = {"reason": "No."} if verb in {"reject", "return"} else {}

    with pytest.raises(Stale):
        decide(payout_id=payout.pk, actor=finance, now=LATER, **reason)

    assert available(seller) == 100_00


def test_only_finance_decides_and_never_on_their_own():
    seller = a_seller_with(100_00)
    payout = withdraw(seller)

    with pytest.raises(NotAllowed, match="Only finance"):
        payments.actions.approve_payout(payout_id=payout.pk, actor=a_user(), now=LATER)
    seller.is_superuser = True
    with pytest.raises(NotAllowed, match="of their own"):
        payments.actions.approve_payout(payout_id=payout.pk, actor=seller, now=LATER)


def test_a_withdrawal_can_be_cancelled_until_it_is_sent(finance):
    seller = a_seller_with(100_00)
    first, second = withdraw(seller, 40_00), withdraw(seller, 40_00)
    payments.actions.approve_payout(payout_id=second.pk, actor=finance, now=LATER)

    payments.actions.cancel_payout(payout_id=first.pk, actor=seller, now=LATER)
    with pytest.raises(Stale):
        payments.actions.cancel_payout(payout_id=second.pk, actor=seller, now=LATER)

    assert available(seller) == 60_00


def test_every_end_is_an_end():
    ends = {state for state, moves in PAYOUT_MOVES.items() if not moves}

    assert ends == {PayoutStatus.FAILED, PayoutStatus.CANCELED, PayoutStatus.RETURNED}


# --- Pages ------------------------------------------------------------------------


def log_in(client, user):
    """Log in with the password: a moment ago, by the clock that counts for it."""
    from tests.factories import PASSWORD

    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def test_withdrawing_takes_a_look_and_a_yes(client):
    seller = a_seller_with(100_00)
    browser = log_in(client, seller)
    key = str(uuid4())

    with clock.frozen(LATER):
        look = browser.post(
            "/wallet/withdraw/", {"key": key, "amount": "40"}, follow=True
        )
        assert look.context["review"]
        assert not Payout.objects.exists()
        for _twice in range(2):
            answer = browser.post(
                "/wallet/withdraw/", {"key": key, "amount": "40", "step": "confirm"}
            )

    payout = Payout.objects.get()
    assert answer.url == f"/wallet/withdrawals/{payout.pk}/"
    assert "Withdrawal of $40.00" in browser.get(answer.url).content.decode()


def test_back_from_a_withdrawal_leads_to_it_again(client):
    seller = a_seller_with(100_00)
    browser, page = log_in(client, seller), "/wallet/withdraw/"
    form = {"key": str(uuid4()), "amount": "40"}

    with clock.frozen(LATER):
        look = browser.post(page, form).url
        shown = browser.get(look).context["amount"]
        done = browser.post(page, {**form, "step": "confirm"}).url
        back = browser.get(look)

    assert shown == 40_00
    assert (back.status_code, back.url) == (302, done)
    assert Payout.objects.count() == 1


def test_nothing_is_withdrawn_by_an_address(client):
    browser = log_in(client, a_seller_with(100_00))

    with clock.frozen(LATER):
        fields = {"key": str(uuid4()), "amount": "40", "step": "confirm"}
        page = browser.get("/wallet/withdraw/", fields)

    assert page.context["review"]
    assert not Payout.objects.exists()


@pytest.mark.parametrize("key", ["", "x"])
def test_an_address_that_names_no_withdrawal_asks_how_much(client, key):
    browser = log_in(client, a_seller_with(100_00))

    page = browser.get(f"/wallet/withdraw/?amount=40&key={key}")

    assert page.status_code == 200
    assert "There is a problem" not in page.text


def test_all_of_it_by_one_button(client):
    seller = a_seller_with(123_40)
    browser = log_in(client, seller)

    with clock.frozen(LATER):
        form = {"key": uuid4(), "all": "yes"}
        page = browser.post("/wallet/withdraw/", form, follow=True)

    assert page.context["amount"] == 123_40


@pytest.mark.parametrize("amount", ["", "-5", "1e9", "NaN", "١٢"])
def test_what_is_no_amount_is_said_kindly(client, amount):
    browser = log_in(client, a_seller_with(100_00))

    with clock.frozen(LATER):
        fields = {"key": str(uuid4()), "amount": amount, "step": "confirm"}
        page = browser.post("/wallet/withdraw/", fields)

    assert page.status_code == 422
    assert not Payout.objects.exists()


def test_a_login_of_an_hour_ago_is_asked_for_again(as_user):
    seller = a_seller_with(100_00)

    answer = as_user(seller).get("/wallet/withdraw/")
    change = as_user(seller).post("/settings/payouts/bank/", {})

    assert answer.url == "/accounts/reauthenticate/?next=/wallet/withdraw/"
    assert change.url == "/accounts/reauthenticate/?next=/settings/payouts/"


def test_a_bank_account_is_checked_and_never_shown_whole(client):
    seller = a_seller()
    browser = log_in(client, seller)
    fields = {
        "holder": "Maya",
        "country": "DE",
        "bank_name": "Sparkasse",
        "account_number": "DE89 3704 0044 0532 0130 00",
    }
    slip = fields | {"account_number": "DE98 3704 0044 0532 0130 00"}

    refused = browser.post("/settings/payouts/bank/", slip)
    saved = browser.post("/settings/payouts/bank/", fields, follow=True)

    assert refused.status_code == 422
    assert "This IBAN is not right" in refused.content.decode()
    assert "Sparkasse •••• 3000" in saved.content.decode()
    assert "DE89370400440532013000" not in saved.content.decode()


def test_somebody_elses_withdrawal_does_not_exist(as_user):
    payout = withdraw(a_seller_with(100_00))
    stranger = as_user(a_user())

    assert stranger.get(payout.get_absolute_url()).status_code == 404
    assert stranger.post(f"{payout.get_absolute_url()}cancel/").status_code == 404


def test_finance_decides_on_many_at_once_in_the_admin(client, finance):
    seller = a_seller_with(100_00)
    payouts = [withdraw(seller, 40_00), withdraw(seller, 40_00)]
    browser = log_in(client, finance)

    browser.post(
        "/admin/payments/payout/many/reject/",
        {
            "sure": "1",
            "reason": "Wrong name.",
            "_selected_action": [str(payout.pk) for payout in payouts],
        },
    )

    assert set(Payout.objects.values_list("status", "failure")) == {
        ("canceled", "Wrong name.")
    }


def test_all_withdrawals_are_listed_page_by_page(as_user, django_assert_num_queries):
    seller = a_seller()
    method = a_payout_method(seller)
    rows = [
        Payout(user=seller, method=method, key=uuid4(), amount=100, currency="usd")
        for _ in range(21)
    ]
    Payout.objects.bulk_create(rows[:1])
    browser, page = as_user(seller), reverse("payments:payout_list")
    with django_assert_num_queries(4):
        browser.get(page)
    Payout.objects.bulk_create(rows[1:])

    with django_assert_num_queries(4):
        newest = browser.get(page)
    older = browser.get(page, {"before": str(newest.context["older"])})

    assert [len(each.context["payouts"]) for each in (newest, older)] == [20, 1]
    assert older.context["older"] is None
    assert browser.get(page, {"before": "x"}).context["is_first"]
    assert as_user(a_seller()).get(page).context["payouts"] == []
