"""Buying: the checkout, the payment page, and taking an unpaid order back."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthedRequest
from accounts.models import User
from gigs.models import Gig, GigExtra, GigPackage, GigRequirement
from gigs.pricing import deal
from gigs.status import GigStatus
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.http import render_page_or_fragment, sent, wait_on, wants_fragment
from gigstream.core.models import PlatformSetting
from gigstream.services import stripe
from gigstream.services.cloudinary import StorageUnavailable
from orders import actions
from orders.forms import CheckoutForm
from orders.models import Order
from orders.paying import close_payments, prepare_payment, start_payment_again
from orders.queue import refuse_full_queue
from orders.status import OrderStatus
from orders.uploads import store
from orders.views.access import get_order
from payments.card_form import card_form
from payments.models import Payment
from payments.policy import allow_card_form

PAGE, FRAGMENT = "orders/checkout.html", "orders/_checkout_summary.html"


@require_http_methods(["GET", "POST"])
def checkout(request: AuthedRequest, slug: str) -> HttpResponse:
    """Show what a package costs and asks for; on POST place the order and go to pay.

    `recount` only asks what it costs with other extras.
    """
    gig = _get_gig(slug)
    package = _chosen_package(gig, request.GET.get("package", ""))
    if reason := _why_not(gig, package, request.user):
        return refuse_checkout(request, gig, reason)
    assert package is not None  # noqa: S101 - asked on the line above
    form = CheckoutForm(
        sent(request),
        request.FILES or None,
        questions=gig.requirements.all(),
        extras=[extra for extra in gig.extras.all() if extra.fits(package)],
        wanted=request.GET.getlist("extra"),
    )
    try:
        chosen = deal(package, form.chosen())
    except Refusal as refusal:
        return refuse_checkout(request, gig, str(refusal))
    is_order = request.method == "POST" and "recount" not in request.POST
    if is_order and form.is_valid():
        order = _place(request, gig, package, form)
        if order:
            prepare_payment(order)
            return redirect("orders:pay", pk=order.pk)

    cost = actions.quote(chosen, PlatformSetting.objects.in_force())
    form.renew(total=cost.total)
    context = {"gig": gig, "deal": chosen, "quote": cost, "form": form}
    context["due_at"] = chosen.due_at(paid_at=clock.now())
    if not is_order:
        form.hush()
    return render_page_or_fragment(
        request, PAGE, FRAGMENT, context, status=422 if is_order else 200
    )


def _get_gig(slug: str) -> Gig:
    """Any gig that was ever on offer: a paused one is refused with a reason, not hidden."""
    hidden = [GigStatus.DRAFT, GigStatus.IN_REVIEW, GigStatus.REJECTED]
    gigs = Gig.objects.exclude(status__in=hidden).for_cards()
    return get_object_or_404(
        gigs.prefetch_related(
            Prefetch("packages", GigPackage.objects.order_by("price")),
            Prefetch("extras", GigExtra.objects.order_by("position")),
            Prefetch("requirements", GigRequirement.objects.order_by("position")),
        ),
        slug=slug,
    )


def _chosen_package(gig: Gig, tier: str) -> GigPackage | None:
    packages = list(gig.packages.all())
    if not tier:
        return packages[0] if packages else None
    return next((package for package in packages if package.tier == tier), None)


def _why_not(gig: Gig, package: GigPackage | None, buyer: User) -> str:
    """What makes the whole page pointless; the action has the last word on all else."""
    if gig.seller_id == buyer.pk:
        return _("This is your own gig; you cannot order it.")
    if package is None:
        return _("This gig does not offer that package. Please choose another.")
    try:
        actions.refuse_absence(gig.seller, now=clock.now())
        refuse_full_queue(gig.seller)
    except Refusal as refusal:
        return str(refusal)
    return ""


def refuse_checkout(request: AuthedRequest, gig: Gig, reason: str) -> HttpResponse:
    context = {"gig": gig, "reason": reason}
    return render(request, "orders/checkout_refused.html", context, status=422)


def _place(
    request: AuthedRequest, gig: Gig, package: GigPackage, form: CheckoutForm
) -> Order | None:
    """Place the order, or put the refusal on the form."""
    try:
        return actions.place(
            gig_id=gig.pk,
            tier=package.tier,
            extras=[extra.pk for extra in form.chosen()],
            buyer=request.user,
            answers=_stored_answers(request, form),
            quoted_total=form.cleaned_data["quoted_total"],
            checkout_key=form.cleaned_data["checkout_key"],
            now=clock.now(),
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    except StorageUnavailable:
        form.add_error(
            None, _("Your file could not be kept just now. Please try again.")
        )
    return None


def _stored_answers(request: AuthedRequest, form: CheckoutForm) -> list[actions.Answer]:
    answers = []
    for question, given in form.answers():
        if isinstance(given, list):
            files = store(given, owner=request.user, now=clock.now())
            file = files[0] if files else None
            answers.append(actions.Answer(question=question, file=file))
        else:
            answers.append(actions.Answer(question=question, text=given))
    return answers


@allow_card_form
@require_http_methods(["GET", "POST"])
def pay(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Show the card form of an unpaid order; POST asks Stripe for a new one.

    While Stripe is slow, htmx comes back here until there is a form to show.
    """
    order = get_order(request, pk)
    if order.buyer_id != request.user.pk:
        raise Http404
    if order.status != OrderStatus.PENDING:
        return wait_on() if wants_fragment(request) else redirect(order)
    if request.method == "POST":
        start_payment_again(order, now=clock.now())
        return redirect("orders:pay", pk=order.pk)

    payment = Payment.objects.open().filter(order=order).first()
    if wants_fragment(request):
        return wait_on(is_waiting=bool(payment and not payment.intent_id))
    context = {
        "order": order,
        "wait_url": reverse("orders:pay", args=[order.pk]),
        **card_form(
            request,
            payment,
            back=f"{order.get_absolute_url()}?returned=1",
        ),
    }
    return render(request, "orders/pay.html", context)


@require_POST
def cancel(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Take an unpaid order back, after making sure that nobody can pay it any more."""
    order, now = get_order(request, pk), clock.now()
    try:
        if order.status == OrderStatus.PENDING and order.buyer_id == request.user.pk:
            close_payments(order, now=now)
        actions.cancel_unpaid(order_id=order.pk, actor=request.user, now=now)
        messages.success(
            request, _("The order was cancelled. You have not been charged.")
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    except stripe.StripeFailure:
        messages.error(
            request, _("We could not reach the payment company. Please try again.")
        )
    return redirect(order)
