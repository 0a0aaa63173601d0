"""The section of the settings with the keys for programs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts import tokens
from accounts.actions import tokens as actions
from accounts.forms.tokens import TokenForm
from accounts.fresh import fresh_login_required
from accounts.http import AuthedRequest
from accounts.models import ApiToken, Scope
from accounts.security import Client
from gigstream.core import clock
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.http import sent


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_login_required
@sensitive_variables("secret")
def settings_tokens(request: AuthedRequest) -> HttpResponse:
    """All tokens, and the form for another; its secret is on the page that answers it."""
    form = TokenForm(sent(request), user=request.user)
    if not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    wanted = {**form.cleaned_data}
    wanted["scopes"] = [Scope(scope) for scope in wanted["scopes"]]
    try:
        token, secret = actions.create_token(
            actor=request.user, client=Client.of(request), now=clock.now(), **wanted
        )
    except Stale as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:settings_tokens")
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, status=refusal.status)
    return _page(request, TokenForm(user=request.user), made=token, secret=secret)


@require_POST
def revoke_token(request: AuthedRequest, pk: UUID) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    actions.revoke_token(
        token_id=token.pk,
        actor=request.user,
        client=Client.of(request),
        now=clock.now(),
    )
    messages.success(request, _("Revoked. Whoever has it is refused from now on."))
    return redirect("accounts:settings_tokens")


@sensitive_variables("secret")
def _page(
    request: AuthedRequest,
    form: TokenForm,
    *,
    made: ApiToken | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    mine = ApiToken.objects.visible_to(request.user).order_by("-pk")
    context = {
        "form": form,
        "tokens": [(each, tokens.works(each, at=clock.now())) for each in mine],
        "made": made,
        "secret": secret,
    }
    return render(request, "accounts/settings_tokens.html", context, status=status)
