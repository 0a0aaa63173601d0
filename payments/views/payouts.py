"""Taking money out, and saying where it should go."""

from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.fresh import fresh_login_required
from accounts.http import AuthedRequest
from accounts.security import Client
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.http import as_uuid, sent
from gigstream.core.models import PlatformSetting
from gigstream.core.models.settings import Policy
from gigstream.services import stripe
from payments import actions, queries
from payments.forms import BankForm, WithdrawForm
from payments.models import Payout, PayoutMethod
from payments.policy import allow_onboarding
from payments.views.wallet import key_of


@require_http_methods(["GET", "POST"])
@fresh_login_required
def withdraw(request: AuthedRequest) -> HttpResponse:
    """Ask how much, show what will happen, then do it.

    What is looked over has an address, so that Back leads there; once it is done, that
    address leads to the withdrawal.
    """
    data = sent(request)
    if data is None and as_uuid(request.GET.get("key", "")):
        data = request.GET
    asked = (data if data is not None else request.GET).get("currency", "")
    totals = queries.wallet(request.user, asked=asked)
    policy = PlatformSetting.objects.in_force().model_copy(
        update={"currency": totals.currency}
    )
    if data is not None and "all" in data:
        data = data.copy()
        data["amount"] = _typed(totals.available, policy)
    form = WithdrawForm(data, policy=policy)
    if data is None or not form.is_valid():
        return _withdraw_page(request, form, totals, status=422 if data else 200)
    key = form.cleaned_data["key"]
    wish = {
        "user_id": request.user.pk,
        "amount": form.cleaned_data["amount"],
        "currency": totals.currency,
        "now": clock.now(),
    }
    try:
        if request.method == "POST" and data.get("step") == "confirm":
            done = actions.request_payout(**wish, key=key)
            messages.success(request, _("Asked for. Here you see how far it is."))
            return redirect(done)
        if before := Payout.objects.visible_to(request.user).filter(key=key).first():
            return redirect(before)
        actions.check_payout(**wish)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _withdraw_page(request, form, totals, status=refusal.status)
    if request.method == "POST":
        look = {"amount": data["amount"], "currency": totals.currency, "key": key}
        return redirect(f"{request.path}?{urlencode(look)}")
    return _withdraw_page(request, form, totals, review=True)


def _typed(amount: int, policy: Policy) -> str:
    return str(WithdrawForm(policy=policy).fields["amount"].prepare_value(amount))


def _withdraw_page(
    request: AuthedRequest,
    form: WithdrawForm,
    totals: queries.Wallet,
    *,
    review: bool = False,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    method = PayoutMethod.objects.visible_to(request.user).in_use().first()
    context = {
        "form": form,
        "totals": totals,
        "method": method,
        "is_frozen": bool(method and method.is_frozen(at=now)),
        "policy": PlatformSetting.objects.in_force(),
        "amount": form.cleaned_data["amount"] if review else 0,
        "review": review,
    }
    return render(request, "payments/withdraw.html", context, status=status)


@require_GET
def payout_list(request: AuthedRequest) -> HttpResponse:
    """All withdrawals of a seller, the newest first, page by page."""
    before = key_of(request.GET.get("before"))
    payouts, older = queries.payouts_page(request.user, before=before)
    context = {"payouts": payouts, "older": older, "is_first": before is None}
    return render(request, "payments/payouts.html", context)


@require_GET
def payout(request: AuthedRequest, pk: UUID) -> HttpResponse:
    return render(request, "payments/payout.html", {"payout": _mine(request, pk)})


@require_POST
def cancel_payout(request: AuthedRequest, pk: UUID) -> HttpResponse:
    mine = _mine(request, pk)
    try:
        actions.cancel_payout(payout_id=mine.pk, actor=request.user, now=clock.now())
        messages.success(request, _("Cancelled. The money is in your wallet again."))
    except Refusal as refusal:
        mine.refresh_from_db()
        context = {"payout": mine, "refusal": str(refusal)}
        return render(request, "payments/payout.html", context, status=refusal.status)
    return redirect(mine)


def _mine(request: AuthedRequest, pk: UUID) -> Payout:
    mine = Payout.objects.visible_to(request.user).select_related("method")
    return get_object_or_404(mine, pk=pk)


# --- Where it goes ----------------------------------------------------------------

fresh_for_settings = partial(fresh_login_required, back="payments:settings_payouts")


@require_GET
@allow_onboarding
def settings_payouts(request: AuthedRequest) -> HttpResponse:
    return _settings_page(request, BankForm(initial=_initial(request)))


@require_POST
@fresh_for_settings
@allow_onboarding
def add_bank(request: AuthedRequest) -> HttpResponse:
    form = BankForm(request.POST)
    if not form.is_valid():
        return _settings_page(request, form, status=422)
    try:
        actions.add_bank(
            user_id=request.user.pk,
            account=form.account(),
            client=Client.of(request),
            now=clock.now(),
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _settings_page(request, form, status=refusal.status)
    messages.success(request, _("Saved. We wrote you a mail about it."))
    return redirect("payments:settings_payouts")


@require_POST
@fresh_for_settings
@allow_onboarding
def connect(request: AuthedRequest) -> HttpResponse:
    """Go to the page on which Stripe asks who somebody is and where their bank is."""
    back = f"{settings.SITE_URL}{reverse('payments:settings_payouts')}"
    try:
        url = actions.connect(
            user_id=request.user.pk,
            client=Client.of(request),
            return_url=back,
            now=clock.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("payments:settings_payouts")
    except stripe.StripeFailure:
        messages.error(request, _("Stripe does not answer now. Try again in a while."))
        return redirect("payments:settings_payouts")
    return redirect(url)


@require_POST
def check_account(request: AuthedRequest) -> HttpResponse:
    """Ask Stripe how far it is, for who does not want to wait for its news."""
    method = _in_use(request)
    if method is not None:
        try:
            actions.look_up_account(method_id=method.pk, now=clock.now())
        except stripe.StripeFailure:
            messages.error(request, _("Stripe does not answer now. Try again later."))
    return redirect("payments:settings_payouts")


@require_POST
@fresh_for_settings
def remove_method(request: AuthedRequest) -> HttpResponse:
    try:
        actions.remove_method(
            user_id=request.user.pk, client=Client.of(request), now=clock.now()
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Removed. Withdrawals under way still arrive."))
    return redirect("payments:settings_payouts")


def _in_use(request: AuthedRequest) -> PayoutMethod | None:
    return PayoutMethod.objects.visible_to(request.user).in_use().first()


def _initial(request: AuthedRequest) -> dict[str, Any]:
    return {"holder": request.user.full_name, "country": request.user.country.code}


def _settings_page(
    request: AuthedRequest, form: BankForm, *, status: int = 200
) -> HttpResponse:
    method = _in_use(request)
    context = {
        "form": form,
        "method": method,
        "is_frozen": bool(method and method.is_frozen(at=clock.now())),
        "policy": PlatformSetting.objects.in_force(),
    }
    return render(request, "payments/settings_payouts.html", context, status=status)
