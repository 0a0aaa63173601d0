"""The request of a view that only people with an account can reach."""

from accounts.models import User
from gigstream.core.http import HtmxRequest


class AuthedRequest(HtmxRequest):
    user: User
