"""What the two sides of an order say of each other."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Body, Query

from accounts.api_access import anybody, needs, refuse_others, refuse_stale_login
from accounts.http import AuthedRequest
from accounts.models import Scope, Standing, User
from gigs.models import Gig
from gigstream.core import clock
from gigstream.core.api import Page, Problem
from gigstream.core.api.paging import encoded
from orders import actions
from orders.actions import Opinion
from orders.api.common import ORDERS, READ, find, routes
from orders.models import Review
from orders.reading import Wish
from orders.schemas import (
    Removal,
    ReplyIn,
    ReviewEdit,
    ReviewIn,
    ReviewOut,
    ReviewSearch,
)
from orders.status import Role


@routes.get("/reviews", auth=anybody(READ), answer=Page[ReviewOut])
def list_reviews(request: HttpRequest, wanted: Query[ReviewSearch]) -> Page[ReviewOut]:
    """What buyers say of a gig, or of a seller."""
    if wanted.gig:
        gigs = Gig.objects.visible_to(request.user)
        reviews = Review.objects.published().of_gig(
            get_object_or_404(gigs, slug=wanted.gig).pk
        )
    elif wanted.seller:
        people = User.objects.called(wanted.seller).filter(standing=Standing.ACTIVE)
        person = get_object_or_404(people)
        reviews = Review.objects.published().received(person.pk, side=Role.BUYER)
    else:
        raise Problem(422, _("Name a gig or a seller."), code="invalid")
    wish = Wish(
        address="",
        stars=int(wanted.stars) if wanted.stars else None,
        sort=wanted.sort,
        after=str(wanted.after_key or ""),
    )
    page = wish.page(reviews, size=wanted.limit)
    return Page[ReviewOut](
        items=[ReviewOut.of(review) for review in page.rows],
        next=encoded(page.rows[-1].pk) if page.more else None,
    )


@routes.post("/reviews", auth=needs(ORDERS), answer=ReviewOut, status=201)
def write_review(request: AuthedRequest, wanted: Body[ReviewIn]) -> ReviewOut:
    """Say how it was. Nobody reads it until the other side has written, or time is up."""
    order = find(request, wanted.order_id)
    written = actions.review(
        order_id=order.pk,
        actor=request.user,
        opinion=_opinion(wanted, is_buyer=order.buyer_id == request.user.pk),
        now=clock.now(),
    )
    return _review(written.pk)


@routes.patch("/reviews/{uuid:pk}", auth=needs(ORDERS), answer=ReviewOut)
def edit_review(
    request: AuthedRequest, pk: UUID, wanted: Body[ReviewEdit]
) -> ReviewOut:
    """Change your review, once, as long as nobody has read it."""
    mine = get_object_or_404(Review, pk=pk, author=request.user)
    actions.edit_review(
        order_id=mine.order_id,
        actor=request.user,
        opinion=_opinion(wanted, is_buyer=mine.side == Role.BUYER),
        now=clock.now(),
    )
    return _review(pk)


@routes.post("/reviews/{uuid:pk}/reply", auth=needs(ORDERS), answer=ReviewOut)
def reply(request: AuthedRequest, pk: UUID, wanted: Body[ReplyIn]) -> ReviewOut:
    """Answer in public to a review of you; once."""
    received = Review.objects.published().filter(subject=request.user)
    review = get_object_or_404(received, pk=pk)
    actions.reply(
        order_id=review.order_id,
        actor=request.user,
        text=wanted.text,
        now=clock.now(),
    )
    return _review(pk)


def _opinion(wanted: ReviewEdit, *, is_buyer: bool) -> Opinion:
    """Only buyers rate what was delivered by itself; what they leave out is as the whole."""
    criteria = ("communication", "quality", "as_described") if is_buyer else ()
    stars = {name: getattr(wanted, name) or wanted.rating for name in criteria}
    return Opinion(rating=wanted.rating, text=wanted.comment, **stars)


def _review(pk: UUID) -> ReviewOut:
    return ReviewOut.of(Review.objects.with_people().get(pk=pk))


@routes.delete("/reviews/{uuid:pk}", auth=needs(Scope.ADMIN))
def remove_review(request: AuthedRequest, pk: UUID, wanted: Query[Removal]) -> None:
    """For staff: take a review off the site; its author is told why."""
    refuse_others(request, "orders.change_review")
    refuse_stale_login(request)
    review = get_object_or_404(Review, pk=pk)
    actions.remove_review(
        review_id=review.pk,
        actor=request.user,
        reason=wanted.reason,
        now=clock.now(),
    )
