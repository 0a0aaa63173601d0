"""Logging in with Google or GitHub, where they are set up."""

from functools import wraps
from typing import Any

from allauth.socialaccount import views as allauth
from allauth.socialaccount.providers.github import views as github
from allauth.socialaccount.providers.google import views as google
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponseBase

from accounts.social import View, is_configured, leads_to_companies


def _where_configured(company: str, view: View) -> View:
    """The view, or a 404 where this company is not set up."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_configured(company):
            raise Http404
        return view(*args, **kwargs)

    return guarded


google_login = leads_to_companies(_where_configured("google", google.oauth2_login))
google_callback = _where_configured("google", google.oauth2_callback)
github_login = leads_to_companies(_where_configured("github", github.oauth2_login))
github_callback = _where_configured("github", github.oauth2_callback)
login_error = login_not_required(allauth.login_error)
login_cancelled = leads_to_companies(allauth.login_cancelled)
connections = leads_to_companies(allauth.connections)
