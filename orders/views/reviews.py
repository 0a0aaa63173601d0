"""Writing a review, and reading what others wrote."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

import accounts.actions
from accounts.forms.profile import ReportForm
from accounts.http import AuthedRequest
from accounts.models import Report
from accounts.views.profile import find_person
from gigs.models import Gig
from gigstream.core import clock
from gigstream.core.errors import Refusal
from gigstream.core.http import render_page_or_fragment, sent, wants_fragment
from gigstream.core.limits import limited_person
from orders import actions
from orders.forms import ReplyForm, ReviewForm
from orders.models import Order, Review
from orders.models.reviews import ReviewQuerySet
from orders.reading import SORTS, Wish, bars
from orders.status import OrderStatus, Role
from orders.views.access import get_order


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """My word on an order, the other side's once it is published, and the reply to it."""
    order = get_order(request, pk)
    if request.method != "POST":
        return _page(request, order)
    thanks = _("Thank you. Your review is kept.")
    return _say(request, order, actions.review, thanks)


@require_POST
def edit_review(request: AuthedRequest, pk: UUID) -> HttpResponse:
    thanks = _("Changed. Your review is kept as it is now.")
    return _say(request, get_order(request, pk), actions.edit_review, thanks)


def _say(
    request: AuthedRequest, order: Order, verb: Callable[..., object], thanks: str
) -> HttpResponse:
    form = ReviewForm(request.POST, side=_side(request, order))
    if not form.is_valid():
        return _page(request, order, status=422, form=form)
    try:
        verb(
            order_id=order.pk,
            actor=request.user,
            opinion=form.opinion,
            now=clock.now(),
        )
    except Refusal as refusal:
        return _refused(request, order, refusal, form=form)
    messages.success(request, thanks)
    return redirect("orders:review", order.pk)


@require_POST
def reply(request: AuthedRequest, pk: UUID) -> HttpResponse:
    order = get_order(request, pk)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, order, status=422, reply_form=form)
    try:
        actions.reply(
            order_id=order.pk,
            actor=request.user,
            text=form.cleaned_data["text"],
            now=clock.now(),
        )
    except Refusal as refusal:
        return _refused(request, order, refusal, reply_form=form)
    messages.success(request, _("Your reply stands below the review."))
    return redirect("orders:review", order.pk)


def _refused(
    request: AuthedRequest, order: Order, refusal: Refusal, **typed: Any
) -> HttpResponse:
    """The page as things stand now, with the reason on top and what was typed."""
    fresh = get_order(request, order.pk)
    return _page(request, fresh, status=refusal.status, refusal=str(refusal), **typed)


def _page(
    request: AuthedRequest, order: Order, *, status: int = 200, **extra: Any
) -> HttpResponse:
    side = _side(request, order)
    both = {each.side: each for each in order.reviews.with_people()}
    own, other = both.pop(side, None), next(iter(both.values()), None)
    theirs = other if other and other.is_public else None
    closes_at = order.review_closes_at
    is_open = (
        order.status == OrderStatus.COMPLETED
        and closes_at is not None
        and closes_at > clock.now()
    )
    may_edit = is_open and own and not own.published_at and not own.edited_at
    context = {
        "order": order,
        "is_buyer": side == Role.BUYER,
        "other": order.other_side(request.user),
        "own": own,
        "theirs": theirs,
        "is_waiting": other is not None and other.published_at is None,
        "is_open": is_open,
        "may_edit": may_edit,
        "closes_at": closes_at,
        **extra,
    }
    if is_open and (may_edit or not own):
        context.setdefault("form", ReviewForm(side=side, written=own))
    if theirs and not theirs.replied_at:
        context.setdefault("reply_form", ReplyForm())
    return render(request, "orders/review.html", context, status=status)


def _side(request: AuthedRequest, order: Order) -> Role:
    return order.role_of(request.user) or Role.BUYER


@require_http_methods(["GET", "HEAD", "POST"])
@limited_person("report")
def report_review(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """Tell the moderators of a review; they decide whether it stays."""
    reviews = Review.objects.visible_to(request.user).published().with_people()
    review = get_object_or_404(reviews, pk=pk)
    back = review.place or reverse("gigs:home")
    form = ReportForm(sent(request))
    if form.is_valid():
        try:
            accounts.actions.report(
                reporter=request.user,
                target=Report.Target.REVIEW,
                target_id=review.pk,
                now=clock.now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, _("Thank you. Our moderators will look at it."))
            return redirect(back)
    context = {"form": form, "review": review, "back": back}
    status = 422 if form.errors else 200
    return render(request, "orders/report_review.html", context, status=status)


@login_not_required
@require_safe
def gig_reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """What buyers say of a gig: a panel of its page, and a page of its own."""
    gig = get_object_or_404(Gig.objects.visible_to(request.user), slug=slug)
    reviews = Review.objects.published().of_gig(gig.pk)
    context = {"gig": gig, "about": gig.title, "back": gig.get_absolute_url()}
    return _read(request, reviews, Wish.read(request.GET, request.path), context)


@login_not_required
@require_safe
def person_reviews(request: HttpRequest, username: str) -> HttpResponse:
    """What buyers say of a seller; or sellers of a buyer, which only sellers read."""
    person = find_person(username)
    if request.GET.get("as") != "buyer":
        reviews = Review.objects.published().received(person.pk, side=Role.BUYER)
        wish = Wish.read(request.GET, request.path)
    else:
        if request.user != person and not getattr(request.user, "is_seller", False):
            raise Http404
        reviews = Review.objects.published().received(person.pk, side=Role.SELLER)
        wish = Wish.read(request.GET, request.path, **{"as": "buyer"})
    context = {
        "person": person,
        "about": person.full_name,
        "back": person.get_absolute_url(),
        "as_buyer": bool(wish.fixed),
    }
    return _read(request, reviews, wish, context)


def _read(
    request: HttpRequest, reviews: ReviewQuerySet, wish: Wish, context: dict[str, Any]
) -> HttpResponse:
    page = wish.page(reviews)
    context |= {"page": page, "wish": wish, "is_panel": wants_fragment(request)}
    if wish.after and wants_fragment(request):
        return render(request, "orders/_review_rows.html", context)
    tally = reviews.tally()
    total = sum(tally.values())
    given = sum(stars * count for stars, count in tally.items())
    context |= {
        "bars": bars(tally, wish),
        "total": total,
        "shown": tally[wish.stars] if wish.stars else total,
        "average": given / total if total else 0,
        "rounded": round(given / total) if total else 0,
        "criteria": reviews.criteria() if not context.get("as_buyer") else {},
        "sorts": [
            (text, wish.url(sort=key), key == wish.sort)
            for key, (text, _by) in SORTS.items()
        ],
    }
    return render_page_or_fragment(
        request, "orders/reviews.html", "orders/_reviews.html", context
    )
