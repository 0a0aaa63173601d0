"""From the gig to an order that waits for its payment."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gigs.status import GigStatus
from gigstream.core import clock
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import PlatformSetting, Policy
from orders import actions
from orders.actions import Answer
from orders.models import Order
from orders.status import OrderStatus
from tests.factories import (
    NOON,
    a_gig,
    a_paid_intent,
    a_question,
    a_user,
    an_extra,
    an_order,
)

pytestmark = pytest.mark.django_db


def place(gig, buyer, **fields):
    fields = {
        "tier": "basic",
        "answers": [],
        "quoted_total": 110_00,
        "checkout_key": uuid4(),
        "now": NOON,
        **fields,
    }
    return actions.place(gig_id=gig.pk, buyer=buyer, **fields)


def path(gig, tier="basic"):
    return f"{reverse('orders:checkout', args=[gig.slug])}?package={tier}"


def test_an_order_is_placed_with_its_terms_frozen():
    gig = a_gig()

    order = place(gig, a_user())

    assert (order.price, order.fee, order.total) == (100_00, 10_00, 110_00)
    assert order.terms["package"]["name"] == "Mark only"
    assert order.terms_hash == actions.fingerprint(order.terms)
    assert (order.status, order.delivery_days, order.max_revisions) == ("pending", 4, 2)
    assert order.payments.get().amount == 110_00


def test_changes_to_the_gig_and_the_rules_leave_a_placed_order_alone():
    gig = a_gig()
    order = place(gig, a_user())
    gig.packages.update(price=999_00, delivery_days=90)
    PlatformSetting.objects.create(
        version=1, values=Policy(service_fee_bps=2000, clearance_days=90).model_dump()
    )

    order.refresh_from_db()

    assert (order.total, order.delivery_days) == (110_00, 4)
    assert order.terms["policy"]["clearance_days"] == 7


def test_new_orders_follow_the_new_rules():
    PlatformSetting.objects.create(
        version=1, values=Policy(service_fee_bps=550, commission_bps=2000).model_dump()
    )

    order = place(a_gig(), a_user(), quoted_total=105_50)

    assert (order.fee, order.commission, order.seller_share) == (5_50, 20_00, 80_00)


@pytest.mark.parametrize(
    ("price", "fee"), [(5_00, 50), (5_05, 51), (5_04, 50), (999_99, 100_00)]
)
def test_the_fee_is_rounded_half_up(price, fee):
    assert Policy().service_fee(price) == fee


def test_nobody_orders_their_own_gig():
    gig = a_gig()

    with pytest.raises(NotAllowed):
        place(gig, gig.seller)

    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "status", [GigStatus.PAUSED, GigStatus.ARCHIVED, GigStatus.DRAFT]
)
def test_a_gig_that_is_not_on_offer_cannot_be_ordered(status):
    with pytest.raises(NotAllowed):
        place(a_gig(status=status), a_user())


def test_a_package_that_is_not_there_cannot_be_ordered():
    with pytest.raises(NotAllowed):
        place(a_gig(packages=["basic"]), a_user(), tier="premium")


def test_a_suspended_person_neither_buys_nor_sells():
    with pytest.raises(NotAllowed):
        place(a_gig(), a_user(standing="suspended"))
    with pytest.raises(NotAllowed):
        place(a_gig(seller=a_user(selling_since=NOON, standing="suspended")), a_user())


def test_a_price_that_has_changed_is_shown_and_not_charged():
    gig = a_gig()
    gig.packages.filter(tier="basic").update(price=120_00)

    with pytest.raises(Stale, match=r"\$132\.00"):
        place(gig, a_user())


def test_the_same_checkout_twice_is_one_order():
    gig, buyer, key = a_gig(), a_user(), uuid4()

    first = place(gig, buyer, checkout_key=key)
    second = place(gig, buyer, checkout_key=key)

    assert first == second
    assert first.payments.count() == 1


def test_a_checkout_key_of_another_order_is_refused():
    buyer, key = a_user(), uuid4()
    place(a_gig(), buyer, checkout_key=key)

    with pytest.raises(Stale):
        place(a_gig(), buyer, checkout_key=key)


def test_somebody_elses_checkout_key_is_no_way_to_their_order():
    gig, key = a_gig(), uuid4()

    first = place(gig, a_user(), checkout_key=key)
    second = place(gig, a_user(), checkout_key=key)

    assert first != second


# --- Extras ---------------------------------------------------------------------


def test_extras_are_part_of_the_price_the_days_and_the_frozen_deal():
    gig = a_gig()
    faster = an_extra(gig=gig, kind="faster", days=-2, price=30_00)
    more = an_extra(gig=gig, kind="revision", revisions=1, price=10_00)

    order = place(gig, a_user(), extras=[faster.pk, more.pk], quoted_total=154_00)
    faster.delete()
    order.refresh_from_db()

    assert (order.price, order.fee, order.total) == (140_00, 14_00, 154_00)
    assert (order.delivery_days, order.max_revisions) == (2, 3)
    assert [extra["name"] for extra in order.terms["extras"]] == [
        "Delivery 2 days sooner",
        "1 more revision",
    ]
    assert order.terms_hash == actions.fingerprint(order.terms)


def test_the_clock_of_an_order_runs_as_fast_as_its_extras_say():
    gig = a_gig()
    faster = an_extra(gig=gig, kind="faster", days=-3, price=30_00)
    order = place(gig, a_user(), extras=[faster.pk], quoted_total=143_00)

    actions.settle(order_id=order.pk, intent=a_paid_intent(order), now=NOON)

    order.refresh_from_db()
    assert order.due_at == NOON + timedelta(days=1)


def test_an_extra_that_is_gone_or_of_another_gig_is_refused():
    with pytest.raises(Stale, match="no longer offered"):
        place(a_gig(), a_user(), extras=[an_extra(gig=a_gig()).pk])


def test_no_work_is_done_in_less_than_a_day():
    gig = a_gig()
    faster = an_extra(gig=gig, kind="faster", days=-4)

    with pytest.raises(NotAllowed, match="does not go with"):
        place(gig, a_user(), extras=[faster.pk])


# --- A full queue ---------------------------------------------------------------


def a_limited_gig(most):
    return a_gig(seller=a_user(selling_since=NOON, most_open_orders=most))


def test_a_full_queue_closes_all_gigs_of_its_seller_until_one_is_done():
    gig = a_limited_gig(1)
    other = a_gig(seller=gig.seller)
    order = an_order(gig=gig, status=OrderStatus.DELIVERED)

    with pytest.raises(NotAllowed, match="has enough to do"):
        place(other, a_user())

    actions.accept(order_id=order.pk, actor=order.buyer, now=NOON)
    assert place(other, a_user())


def test_an_unpaid_order_takes_its_place_until_it_expires():
    gig = a_limited_gig(1)
    order = place(gig, a_user())

    with pytest.raises(NotAllowed):
        place(gig, a_user())

    actions.expire(order_id=order.pk, now=order.expires_at)
    assert place(gig, a_user())


def test_a_full_queue_is_said_before_anything_is_typed(as_user):
    gig = a_limited_gig(1)
    an_order(gig=gig)
    browser = as_user(a_user())

    answer = browser.get(path(gig))

    assert answer.status_code == 422
    assert "has enough to do" in answer.text
    assert (
        "takes orders again when one is done"
        in browser.get(gig.get_absolute_url()).text
    )


# --- The page -------------------------------------------------------------------


def send(browser, gig, tier="basic", **data):
    page = browser.get(path(gig, tier))
    form = page.context["form"]
    data = {
        "checkout_key": form["checkout_key"].value(),
        "quoted_total": form["quoted_total"].value(),
        **data,
    }
    return browser.post(path(gig, tier), data)


def test_a_visitor_logs_in_first_and_comes_back(client):
    gig = a_gig()

    answer = client.get(path(gig, "standard"))

    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=/checkout/")
    assert "package%3Dstandard" in answer.url


def test_the_page_shows_what_it_costs(as_user):
    answer = as_user(a_user()).get(path(a_gig(), "standard"))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert all(amount in text for amount in ("$200.00", "$20.00", "$220.00"))


def test_the_page_comes_with_the_extras_that_were_chosen(as_user):
    gig = a_gig()
    extra = an_extra(gig=gig, title="Source files", price=30_00)

    page = as_user(a_user()).get(f"{path(gig)}&extra={extra.pk}&extra=nonsense").text

    assert "Source files" in page
    assert "$143.00" in page


def test_choosing_an_extra_counts_anew_and_keeps_the_answers(as_user):
    gig = a_gig()
    extra, question = an_extra(gig=gig, price=30_00), a_question(gig=gig)

    answer = send(
        as_user(a_user()),
        gig,
        extra=str(extra.pk),
        recount="1",
        **{f"answer_{question.pk.hex}": "Bakery Sol"},
    )

    assert answer.status_code == 200
    assert "$143.00" in answer.text
    assert "Bakery Sol" in answer.text
    assert 'role="alert"' not in answer.text
    assert answer.context["form"]["quoted_total"].value() == "14300"
    assert not Order.objects.exists()


def test_an_order_with_an_extra_is_placed_from_the_page(as_user, sandbox):
    gig = a_gig()
    extra = an_extra(gig=gig, title="Source files", price=30_00)
    browser = as_user(a_user())

    send(browser, gig, extra=str(extra.pk), quoted_total="14300")

    order = Order.objects.get()
    assert order.total == 143_00
    assert "Source files" in browser.get(order.get_absolute_url()).text


def test_an_extra_that_vanished_meanwhile_is_said_and_not_charged(as_user):
    answer = send(as_user(a_user()), a_gig(), extra=str(uuid4()))

    assert answer.status_code == 422
    assert "no longer offered" in answer.text
    assert not Order.objects.exists()


def test_the_checkout_opens_a_payment_and_leads_to_it(as_user, sandbox):
    buyer, gig = a_user(), a_gig()

    answer = send(as_user(buyer), gig)

    order = Order.objects.get()
    assert answer.url == f"/orders/{order.pk}/pay/"
    payment = order.payments.get()
    intent = sandbox.stripe("GET", f"/payment_intents/{payment.intent_id}")
    assert (intent["amount"], intent["currency"]) == (110_00, "usd")
    assert intent["metadata"] == {"order": str(order.pk), "payment": str(payment.pk)}


def test_a_double_click_is_one_order(as_user, sandbox):
    gig, browser = a_gig(), as_user(a_user())
    form = browser.get(path(gig)).context["form"]
    data = {name: form[name].value() for name in ("checkout_key", "quoted_total")}

    answers = [browser.post(path(gig), data).url for _ in range(2)]

    order = Order.objects.get()
    assert answers == [f"/orders/{order.pk}/pay/"] * 2
    assert len(sandbox.stripe("GET", "/payment_intents")["data"]) == 1


def test_money_fields_that_a_client_sends_change_nothing(as_user, sandbox):
    gig = a_gig()

    send(
        as_user(a_user()),
        gig,
        price="1",
        total="1",
        fee="0",
        seller=str(uuid4()),
        status="completed",
    )

    order = Order.objects.get()
    assert (order.total, order.seller, order.status) == (
        110_00,
        gig.seller,
        OrderStatus.PENDING,
    )


def test_a_changed_price_comes_back_with_the_new_one(as_user, sandbox):
    gig, browser = a_gig(), as_user(a_user())

    answer = send(browser, gig, quoted_total="100")

    assert answer.status_code == 422
    assert "The price has changed to $110.00" in answer.content.decode()
    assert answer.context["form"]["quoted_total"].value() == "11000"
    assert not Order.objects.exists()


@pytest.mark.parametrize("total", ["", "x", "-5", "9" * 40, "１１０００"])
def test_nonsense_in_hidden_fields_is_refused(as_user, total):
    answer = send(as_user(a_user()), a_gig(), quoted_total=total)

    assert answer.status_code in {302, 422}


def test_the_sellers_questions_are_asked_and_the_answers_frozen(as_user, sandbox):
    gig = a_gig()
    text = a_question(gig=gig)
    choice = a_question(
        gig=gig, question="Which colour?", kind="choice", options=["Red", "Blue"]
    )
    file = a_question(gig=gig, question="Your old logo", kind="file", required=False)
    browser = as_user(a_user())

    answer = send(
        browser,
        gig,
        **{
            f"answer_{text.pk.hex}": "Bakery <b>Sol</b>",
            f"answer_{choice.pk.hex}": "Blue",
            f"answer_{file.pk.hex}": SimpleUploadedFile("old.pdf", b"%PDF-1.4 old"),
        },
    )

    order = Order.objects.get()
    assert answer.status_code == 302
    said = list(order.answers.order_by("position").values_list("question", "text"))
    assert said == [
        ("What is the business called?", "Bakery <b>Sol</b>"),
        ("Which colour?", "Blue"),
        ("Your old logo", ""),
    ]
    assert order.files.get().name == "old.pdf"
    page = browser.get(order.get_absolute_url()).content.decode()
    assert "Bakery &lt;b&gt;Sol&lt;/b&gt;" in page


def test_a_question_left_out_keeps_the_rest(as_user, sandbox):
    gig = a_gig()
    first, second = a_question(gig=gig), a_question(gig=gig, question="Which style?")

    answer = send(as_user(a_user()), gig, **{f"answer_{first.pk.hex}": "Sol"})

    assert answer.status_code == 422
    assert answer.context["form"].errors[f"answer_{second.pk.hex}"]
    assert ">\nSol</textarea>" in answer.content.decode()
    assert not Order.objects.exists()


def test_a_choice_that_was_not_offered_is_refused(as_user):
    gig = a_gig()
    choice = a_question(gig=gig, kind="choice", options=["Red", "Blue"])

    answer = send(as_user(a_user()), gig, **{f"answer_{choice.pk.hex}": "Green"})

    assert answer.status_code == 422


def test_a_file_too_large_for_an_answer_keeps_the_form(as_user, sandbox):
    gig = a_gig()
    text, file = a_question(gig=gig), a_question(gig=gig, kind="file")
    large = SimpleUploadedFile("big.pdf", b"%PDF-1.4" + b"0" * (15 * 1024 * 1024))

    answer = send(
        as_user(a_user()),
        gig,
        **{f"answer_{text.pk.hex}": "Sol", f"answer_{file.pk.hex}": large},
    )

    assert answer.status_code == 422
    assert "larger than 10 MB" in answer.content.decode()
    assert ">\nSol</textarea>" in answer.content.decode()


@pytest.mark.parametrize("tier", ["gold", "premium"])
def test_a_missing_package_is_refused_clearly(as_user, tier):
    gig = a_gig(packages=["basic"])

    answer = as_user(a_user()).get(path(gig, tier))

    assert answer.status_code == 422
    assert "does not offer that package" in answer.content.decode()


def test_your_own_gig_is_refused_clearly(as_user):
    gig = a_gig()

    answer = as_user(gig.seller).post(path(gig), {})

    assert answer.status_code == 422
    assert "your own gig" in answer.content.decode()


def test_a_paused_gig_is_refused_clearly(as_user, sandbox):
    gig = a_gig()
    browser = as_user(a_user())
    form = browser.get(path(gig)).context["form"]
    gig.status = GigStatus.PAUSED
    gig.save()

    answer = browser.post(
        path(gig),
        {name: form[name].value() for name in ("checkout_key", "quoted_total")},
    )

    assert answer.status_code == 422
    assert "cannot be ordered at the moment" in answer.content.decode()


def test_a_draft_has_no_checkout(as_user):
    assert as_user(a_user()).get(path(a_gig(status=GigStatus.DRAFT))).status_code == 404


@pytest.mark.parametrize("questions", [1, 3])
def test_the_checkout_asks_the_database_as_often_whatever_is_asked(
    as_user, django_assert_num_queries, questions
):
    gig, browser = a_gig(), as_user(a_user())
    for _ in range(questions):
        a_question(gig=gig)
        an_extra(gig=gig)

    with django_assert_num_queries(8):
        browser.get(path(gig))


# --- Stripe slow or down ---------------------------------------------------------


def test_when_stripe_is_down_the_page_waits_and_goes_on_by_itself(
    as_user, sandbox, settings, run_tasks
):
    works, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, "http://127.0.0.1:9"
    browser = as_user(a_user())

    answer = send(browser, a_gig())
    page = browser.get(answer.url)

    assert "Your payment is being prepared" in page.content.decode()
    asks = re.search(r'hx-get="([^"]+)" hx-trigger="every 2s"', page.text).group(1)
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}
    assert browser.get(asks, **htmx).status_code == 204
    settings.STRIPE_API_BASE = works
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        run_tasks()
    assert browser.get(asks, **htmx).headers["HX-Refresh"] == "true"
    assert "payment-form" in browser.get(answer.url).content.decode()


def test_an_attempt_that_is_over_can_be_started_again(as_user, sandbox):
    order = an_order(buyer=a_user())
    order.payments.update(status="canceled")
    browser = as_user(order.buyer)

    page = browser.get(f"/orders/{order.pk}/pay/")
    browser.post(f"/orders/{order.pk}/pay/")

    assert "Start the payment again" in page.content.decode()
    assert list(
        order.payments.order_by("attempt").values_list("attempt", "status")
    ) == [
        (1, "canceled"),
        (2, "requires_payment"),
    ]


def test_only_the_buyer_pays(as_user):
    order = an_order()

    assert as_user(order.seller).get(f"/orders/{order.pk}/pay/").status_code == 404
    assert as_user(a_user()).get(f"/orders/{order.pk}/pay/").status_code == 404


def test_a_checkout_that_says_something_else_now_is_not_the_order_that_was_placed():
    gig, buyer, key = a_gig(), a_user(), uuid4()
    question = a_question(gig=gig)
    foxes, owls = (
        {"answers": [Answer(question=question, text=text)], "checkout_key": key}
        for text in ("Foxes", "Owls")
    )
    more = {"extras": [an_extra(gig=gig, price=20_00).pk], "quoted_total": 132_00}
    order = place(gig, buyer, **foxes)

    for changed in (owls, foxes | more):
        with pytest.raises(Stale, match="used for another order"):
            place(gig, buyer, **changed)

    assert place(gig, buyer, **foxes) == order
