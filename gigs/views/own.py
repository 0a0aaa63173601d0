"""What the pages of sellers share: who may come in, and which gigs are theirs."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.http import AuthedRequest
from gigs.models import Gig
from gigs.status import GigStatus

P = ParamSpec("P")
View = Callable[Concatenate[AuthedRequest, P], HttpResponse]


def sellers_only(view: View[P]) -> View[P]:
    """Send everybody else to the page where selling starts, and back here from there."""

    @wraps(view)
    def guarded(
        request: AuthedRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if request.user.is_seller:
            return view(request, *args, **kwargs)
        back = request.path if request.method == "GET" else reverse("gigs:mine")
        start = reverse("accounts:start_selling")
        return redirect(f"{start}?{urlencode({'next': back})}")

    return guarded


def own_gig(request: AuthedRequest, slug: str) -> Gig:
    """Find a gig of this seller's; anybody else's is a 404, and so is an archived one.

    An address from before the gig was retitled leads to it as well: a page that was open
    then can still be sent.
    """
    gigs = Gig.objects.of(request.user).exclude(status=GigStatus.ARCHIVED)
    own = gigs.with_everything().select_related("change")
    gig = own.filter(slug=slug).first() or own.filter(old_addresses__slug=slug).first()
    if gig is None:
        raise Http404
    return gig


def reread(request: AuthedRequest, pk: UUID) -> Gig:
    """The gig as it is after something was done to it."""
    gigs = Gig.objects.of(request.user).with_everything()
    return gigs.select_related("change").get(pk=pk)
