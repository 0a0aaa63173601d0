"""Google and GitHub: which of them can be used here, and where their logins are."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponseBase
from django.urls import reverse

View = Callable[..., HttpResponseBase]

NAMES = {"google": "Google", "github": "GitHub"}
ADAPTERS = {"google": GoogleOAuth2Adapter, "github": GitHubOAuth2Adapter}


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company whose login can be used here."""

    key: str

    @property
    def name(self) -> str:
        return NAMES[self.key]

    @property
    def login_path(self) -> str:
        return reverse(f"{self.key}_login")

    @property
    def origin(self) -> str:
        address = urlsplit(ADAPTERS[self.key].authorize_url)
        return f"{address.scheme}://{address.netloc}"


def companies() -> list[Company]:
    """Those for which the settings have an id and a secret."""
    return [Company(key=key) for key in NAMES if is_configured(key)]


def is_configured(key: str) -> bool:
    return key in settings.SOCIALACCOUNT_PROVIDERS


def leads_to_companies(view: View) -> View:
    """Let the forms of a page lead on to the login of another company.

    Browsers apply `form-action` to the redirect that follows a form as well.
    """

    @wraps(view)
    def allowed(*args: Any, **kwargs: Any) -> HttpResponseBase:
        origins = [company.origin for company in companies()]
        if not origins:
            return view(*args, **kwargs)
        response: HttpResponseBase = csp_update({"form-action": origins})(view)(
            *args, **kwargs
        )
        return response

    return allowed
