"""Coming in, and beginning to sell."""

from allauth.account import views as allauth
from allauth.core import ratelimit
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login as log_in
from django.contrib.auth import logout as log_out
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts import actions
from accounts.forms import (
    JOINED_AS,
    JOINED_FOR,
    ResendForm,
    SignupForm,
    StartSellingForm,
)
from accounts.http import AuthedRequest
from accounts.models import User
from accounts.social import leads_to_companies
from gigstream.core import clock, jobs
from gigstream.core.csrf import strangers_need_no_token
from gigstream.core.http import sent
from gigstream.core.ids import uuid7
from gigstream.core.limits import limited
from gigstream.core.live import asks_for_field, judged_field

DEMO_PEOPLE = {
    "buyer": "buyer@example.com",
    "seller": "seller@example.com",
    "admin": "admin@example.com",
}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@leads_to_companies
@login_not_required
@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponseBase:
    """Allauth's login, which also takes `callbackUrl`, another name for `next`."""
    callback = request.GET.get("callbackUrl")
    if callback and "next" not in request.GET:
        query = request.GET.copy()
        query["next"] = callback
        request.GET = query  # type: ignore[assignment]
    response: HttpResponseBase = allauth.login(request)
    return response


class SignupView(allauth.SignupView):
    """Allauth's sign-up, with the account and its first mail in one transaction."""

    def form_valid(self, form: SignupForm) -> HttpResponse:
        self.request.session[JOINED_FOR] = self.get_next_url() or ""
        try:
            return self._join(form)
        except IntegrityError:
            # Somebody joined with this address a moment ago: answer as if it were old.
            form.account_already_exists = True
            return self._join(form)

    @transaction.atomic
    def _join(self, form: SignupForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        return response


signup = leads_to_companies(SignupView.as_view())


@login_not_required
@sensitive_post_parameters("password1")
def password_reset_from_key(
    request: HttpRequest, uidb36: str, key: str
) -> HttpResponseBase:
    """Allauth's page behind the reset link; a link that names nobody is a 404."""
    response: HttpResponseBase
    try:
        response = allauth.password_reset_from_key(request, uidb36=uidb36, key=key)
    except ValidationError as error:
        raise Http404 from error
    return response


@login_not_required
@require_safe
def check_mail(request: HttpRequest) -> HttpResponse:
    """What comes after joining: where the mail went, and how to get another."""
    return _check_mail(request, ResendForm(initial={"email": _joined_as(request)}))


@login_not_required
@require_POST
@limited("resend", account="email")
def resend_confirmation(request: HttpRequest) -> HttpResponse:
    """Send the confirmation link again, and tell nobody whether there was one to send."""
    form = ResendForm(request.POST)
    if not form.is_valid():
        return _check_mail(request, form, status=422)

    email = form.cleaned_data["email"]
    if ratelimit.consume(request, action="confirm_email", key=email):
        jobs.enqueue(
            "accounts.tasks.answer_confirmation_request",
            email=email,
            language=get_language(),
            key=uuid7(),
        )
    request.session[JOINED_AS] = email
    return redirect("account_email_verification_sent")


@require_http_methods(["GET", "HEAD", "POST"])
def start_selling(request: AuthedRequest) -> HttpResponse:
    onwards = _same_site(request, request.POST.get("next") or request.GET.get("next"))
    if request.method != "POST" and request.user.is_seller:
        return redirect(onwards or "gigs:create")

    # A copy, because a form writes what was typed into its instance, wrong or not.
    myself = User.objects.get(pk=request.user.pk)
    form = StartSellingForm(sent(request), instance=myself)
    if asks_for_field(request):
        return judged_field(request, form)
    if request.method == "POST" and form.is_valid():
        actions.start_selling(
            user_id=request.user.pk, now=clock.now(), **form.cleaned_data
        )
        return redirect(onwards or "gigs:create")

    context = {"form": form, "next": onwards}
    status = 422 if form.errors else 200
    return render(request, "accounts/start_selling.html", context, status=status)


@strangers_need_no_token
@login_not_required
@require_POST
def switch_user(request: HttpRequest) -> HttpResponse:
    """Become one of the three demo people; only where the sandbox is, and only them."""
    email = DEMO_PEOPLE.get(request.POST.get("person", ""))
    if not settings.SANDBOX or email is None:
        raise Http404
    person = get_object_or_404(User, email=email)
    log_out(request)
    log_in(request, person, backend=BACKEND)
    UserSession.objects.create_from_request(request)
    return redirect(_same_site(request, request.POST.get("next")) or "orders:dashboard")


def _check_mail(
    request: HttpRequest, form: ResendForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "email": _joined_as(request)}
    return render(request, "account/verification_sent.html", context, status=status)


def _joined_as(request: HttpRequest) -> str:
    return str(request.session.get(JOINED_AS, ""))


def _same_site(request: HttpRequest, address: str | None) -> str:
    """The address, if it is a path on this site; otherwise nothing.

    A bare word is none: `redirect` would take it for the name of a page.
    """
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if address and safe and address.startswith("/") else ""
