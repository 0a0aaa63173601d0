"""Who is there: keeps out whose account is not active, notes who was here, speaks their language."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth import logout
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import translation

from accounts import acting
from accounts.fresh import slept_too_long
from accounts.models import SEEN_EVERY, Standing, User
from accounts.reader import read_by
from gigstream.core import clock


class ActingMiddleware:
    """Show one of the staff the site as somebody else sees it, and let them only look."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if said := request.session.get(acting.KEY):
            acting.resume(request, said)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        found = acting.of(request)
        return acting.refusal(request, found) if found else None


class StandingMiddleware:
    """Log a suspended or closed account out, wherever it is, and idle staff after a day.

    After any logout the browser forgets what it has kept of this site, so that Back
    shows nothing private.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and (
            user.standing != Standing.ACTIVE
            or (user.is_staff and slept_too_long(request))
        ):
            logout(request)
        response = self.get_response(request)
        if getattr(request, "has_logged_out", False):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class RefusalMiddleware:
    """Answer 422 where a library shows a refused form again; allauth and the admin say 200."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        shown = (response.context_data or {}).values()
        if (
            request.method == "POST"
            and response.status_code == HTTPStatus.OK
            and any(_is_refused(each) for each in shown)
        ):
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


def _is_refused(shown: object) -> bool:
    return isinstance(shown, BaseForm) and shown.is_bound and bool(shown.errors)


class PresenceMiddleware:
    """Note that somebody is here: one small UPDATE every five minutes, not one per request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user, now = request.user, clock.now()
        if (
            user.is_authenticated
            and not acting.of(request)
            and user.last_seen_at < now - SEEN_EVERY
        ):
            seen_before = User.objects.filter(last_seen_at=user.last_seen_at)
            seen_before.filter(pk=user.pk).update(last_seen_at=now)
        return self.get_response(request)


class PreferencesMiddleware:
    """Speak a person's language, by their clock, with amounts as they like them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        with read_by(user, asked_in=translation.get_language()):
            return self.get_response(request)
