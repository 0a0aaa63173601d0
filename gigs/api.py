"""Gigs for programs: the market, a seller's own, and what somebody saved."""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Body, Path, Query

from accounts.api_access import anybody, needs
from accounts.http import AuthedRequest
from accounts.models import Scope, Standing, User
from gigs import actions
from gigs.actions import ExtraTerms, Faq, GigContent, PackageTerms, Question
from gigs.cards import faces
from gigs.checklist import gaps
from gigs.favorites import saved_by
from gigs.market import Wish
from gigs.models import Category, Favorite, Gig, Tier
from gigs.offers import offers_of
from gigs.paging import COUNT_LIMIT
from gigs.queries import Shelf, tree
from gigs.schemas import (
    CategoryList,
    CustomIn,
    ExtraIn,
    ExtraOut,
    FaqOut,
    FasterIn,
    GigCard,
    GigEdit,
    GigIn,
    GigOut,
    GigPage,
    GigSearch,
    OwnGig,
    OwnGigs,
    PackageIn,
    PackageOut,
    PictureOut,
    QuestionIn,
    QuestionOut,
    Saved,
    SaveIn,
    SuggestionOut,
    Suggestions,
    SuggestionWish,
    category_tree,
)
from gigs.search import Found, spelling, suggestions
from gigs.status import GigStatus
from gigstream.core import clock
from gigstream.core.api import (
    Page,
    Paging,
    Problem,
    Routes,
    derived_key,
    newest_first,
)
from gigstream.core.api.paging import encoded
from gigstream.core.models.settings import PlatformSetting, Policy

routes = Routes("Gigs")
READ, WRITE = Scope.READ, Scope.WRITE
Sent = TypeVar("Sent")
Made = TypeVar("Made")


# --- The market ----------------------------------------------------------------


@routes.get("/gigs", auth=anybody(READ), answer=GigPage)
def list_gigs(request: HttpRequest, wanted: Query[GigSearch]) -> GigPage:
    """Find gigs on offer: filtered, searched, sorted, a page at a time.

    Pages end after the thousand that fit best. Misspelt words are mended.
    """
    start = min(wanted.after_number, COUNT_LIMIT)
    stop = min(start + wanted.limit, COUNT_LIMIT)
    wish, rows, total = _find(wanted, start, stop)
    saved = saved_by(request)
    known = {gig.pk: gig for gig in faces(row.gig_id for row in rows)}
    return GigPage(
        items=[
            GigCard.of(known[row.gig_id], is_saved=row.gig_id in saved)
            for row in rows
            if row.gig_id in known
        ],
        next=encoded(stop) if stop < min(total, COUNT_LIMIT) else None,
        total=total,
        searched_for=wish.q,
    )


def _find(wanted: GigSearch, start: int, stop: int) -> tuple[Wish, list[Found], int]:
    wish = Wish(
        q=" ".join(wanted.q.split()),
        shelves=_shelves(wanted.category),
        least=wanted.min_price,
        most=wanted.max_price,
        delivery=int(wanted.delivery) if wanted.delivery else None,
        rating=wanted.rating or "",
        languages=tuple(sorted(set(wanted.language))),
        online=wanted.online,
        verified=wanted.verified,
        sort=wanted.sort,
    )
    if (wanted.category and not wish.shelves) or start >= stop:
        return wish, [], 0
    rows, total = wish.cut(start, stop)
    if not total and wish.words and (better := spelling.mend(wish.q, wish.words)):
        mended = wish.but(q=better)
        rows, total = mended.cut(start, stop)
        wish = mended if total else wish
    return wish, rows, total


def _shelves(wanted: list[str]) -> tuple[Shelf, ...]:
    """Those that are called so, or have this address."""
    names = {name.casefold() for name in wanted}
    if not names:
        return ()
    return tuple(
        shelf
        for top in tree()
        for shelf in (top, *top.children)
        if names & {shelf.category.slug, shelf.category.name.casefold()}
    )


@routes.get("/categories", auth=anybody(READ), answer=CategoryList)
def list_categories(request: HttpRequest) -> CategoryList:
    """The shelves of the market, in their order."""
    rows = Category.objects.shown().order_by("position", "name")
    return CategoryList(items=category_tree(rows))


@routes.get("/search/suggestions", auth=anybody(READ), answer=Suggestions)
def suggest(request: HttpRequest, wanted: Query[SuggestionWish]) -> Suggestions:
    """What the search field proposes while somebody types."""
    return Suggestions(
        items=[
            SuggestionOut(kind=group.key, text=row.text, note=row.note, path=row.url)
            for group in suggestions.suggest(wanted.q)
            for row in group.rows
        ]
    )


Slug = Path[str]


@routes.get("/gigs/{slug}", auth=anybody(READ), answer=GigOut)
def get_gig(request: HttpRequest, slug: Slug) -> GigOut:
    """All of a gig that is on offer, or of one of your own."""
    return _whole(request, slug=slug)


def _whole(request: HttpRequest, **wanted: Any) -> GigOut:
    gigs = Gig.objects.visible_to(request.user).with_everything().with_policy()
    gig = get_object_or_404(gigs.select_related("change"), **wanted)
    policy = Policy(**(gig.policy_values or {}))  # type: ignore[attr-defined]
    is_own, back_on = gig.seller == request.user, gig.seller.away_until(at=clock.now())
    card = GigCard.of(gig, is_saved=gig.pk in saved_by(request))
    return GigOut(
        **dict(card),
        status=gig.status,
        description=gig.description,
        category=gig.category.slug,
        tags=sorted(tag.name for tag in gig.tags.all()),
        packages=[
            PackageOut.of(offer)
            for offer in offers_of(gig, policy=policy, now=clock.now())
        ],
        extras=[
            ExtraOut.model_validate(extra, from_attributes=True)
            for extra in gig.extras.all()
        ],
        faqs=[
            FaqOut.model_validate(faq, from_attributes=True) for faq in gig.faqs.all()
        ],
        questions=[
            QuestionOut.model_validate(asked, from_attributes=True)
            for asked in gig.requirements.all()
        ],
        images=[PictureOut.of(image) for image in gig.images.all()],
        completed_orders=gig.completed_orders,
        published_at=gig.published_at,
        away_until=back_on,
        is_own=is_own,
        missing=[str(gap.text) for gap in gaps(gig)] if is_own else None,
        change_waits=bool(gig.pending and gig.pending.waits) if is_own else None,
    )


@routes.get("/users/{username}/gigs", auth=anybody(READ), answer=Page[GigCard])
def list_gigs_of(
    request: HttpRequest, username: Path[str], paging: Query[Paging]
) -> Page[GigCard]:
    """What somebody has on offer, the newest first."""
    people = User.objects.called(username).filter(standing=Standing.ACTIVE)
    offered = Gig.objects.of(get_object_or_404(people)).on_offer().for_cards()
    shown, onwards = newest_first(offered, paging)
    saved = saved_by(request)
    return Page[GigCard](
        items=[GigCard.of(gig, is_saved=gig.pk in saved) for gig in shown],
        next=onwards,
    )


# --- A seller's own ----------------------------------------------------------------


@routes.get("/sell/gigs", auth=needs(READ), answer=Page[OwnGig])
def list_own_gigs(request: AuthedRequest, wanted: Query[OwnGigs]) -> Page[OwnGig]:
    """Your gigs, the newest first, in whatever state they are."""
    mine = Gig.objects.of(request.user)
    if wanted.status:
        mine = mine.filter(status=wanted.status)
    else:
        mine = mine.exclude(status=GigStatus.ARCHIVED)
    shown, onwards = newest_first(mine, wanted)
    return Page[OwnGig](
        items=[OwnGig.model_validate(gig, from_attributes=True) for gig in shown],
        next=onwards,
    )


@routes.post("/gigs", auth=needs(WRITE), answer=GigOut, status=201)
def create_gig(request: AuthedRequest, wanted: Body[GigIn]) -> GigOut:
    """Start a draft. Pictures come by /api/upload; then it can be published."""
    gig = actions.create(
        gig_id=derived_key(request),
        actor=request.user,
        content=_content(wanted),
        currency=PlatformSetting.objects.in_force().currency,
        now=clock.now(),
    )
    return _whole(request, pk=gig.pk)


@routes.patch("/gigs/{slug}", auth=needs(WRITE), answer=GigOut)
def edit_gig(request: AuthedRequest, slug: Slug, wanted: Body[GigEdit]) -> GigOut:
    """Change what a gig says. Where staff look at gigs, what buyers know waits for them."""
    gig = own_gig(request, slug)
    actions.update(
        gig_id=gig.pk, actor=request.user, content=_content(wanted), now=clock.now()
    )
    return _whole(request, pk=gig.pk)


@routes.delete("/gigs/{slug}", auth=needs(WRITE))
def archive_gig(request: AuthedRequest, slug: Slug) -> None:
    """Put a gig away. Its orders go on, and it can be restored."""
    gig = own_gig(request, slug)
    actions.archive(gig_id=gig.pk, actor=request.user, now=clock.now())


Verb = Literal["publish", "pause", "resume", "restore"]
VERBS = {
    "publish": actions.publish,
    "pause": actions.pause,
    "resume": actions.resume,
    "restore": actions.restore,
}


@routes.post("/gigs/{slug}/{verb}", auth=needs(WRITE), answer=GigOut)
def move_gig(request: AuthedRequest, slug: Slug, verb: Path[Verb]) -> GigOut:
    """Publish, pause, resume or restore a gig; doing it twice is doing it once."""
    gig = own_gig(request, slug, is_archived=verb == "restore")
    VERBS[verb](gig_id=gig.pk, actor=request.user, now=clock.now())
    return _whole(request, pk=gig.pk)


def own_gig(request: AuthedRequest, slug: str, *, is_archived: bool = False) -> Gig:
    """A gig of this seller's, by its address or an old one; anybody else's is a 404."""
    mine = Gig.objects.of(request.user)
    if not is_archived:
        mine = mine.exclude(status=GigStatus.ARCHIVED)
    gig = mine.filter(Q(slug=slug) | Q(old_addresses__slug=slug)).first()
    if gig is None:
        raise Http404
    return gig


def _content(wanted: GigEdit) -> GigContent:
    """What was sent, as the actions take it; what was not sent stays as it is."""
    if wanted.packages is not None and wanted.extras:
        _refuse_useless_haste(wanted)
    return GigContent(
        title=wanted.title,
        category=_category(wanted.category),
        description=wanted.description,
        tags=wanted.tags,
        packages=_each(_package, wanted.packages),
        extras=_each(_extra, wanted.extras),
        faqs=_each(lambda faq: Faq(**dict(faq)), wanted.faqs),
        questions=_each(_question, wanted.questions),
    )


def _each(make: Callable[[Sent], Made], rows: list[Sent] | None) -> list[Made] | None:
    return None if rows is None else [make(row) for row in rows]


def _question(asked: QuestionIn) -> Question:
    options = list(dict.fromkeys(asked.options)) if asked.kind == "choice" else []
    return Question(**{**dict(asked), "options": options})


def _package(package: PackageIn) -> PackageTerms:
    return PackageTerms(**{**dict(package), "tier": Tier(package.tier)})


def _extra(extra: ExtraIn) -> ExtraTerms:
    if isinstance(extra, FasterIn):
        return ExtraTerms(kind=extra.kind, price=extra.price, days=-extra.days)
    if isinstance(extra, CustomIn):
        return ExtraTerms(**dict(extra))
    return ExtraTerms(kind=extra.kind, price=extra.price, revisions=extra.revisions)


def _refuse_useless_haste(wanted: GigEdit) -> None:
    longest = max((each.delivery_days for each in wanted.packages or ()), default=0)
    for extra in wanted.extras or ():
        if isinstance(extra, FasterIn) and extra.days >= longest:
            raise Problem(422, _("No package takes longer than that: name fewer days."))


def _category(slug: str | None) -> Category | None:
    if slug is None:
        return None
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        raise Problem(422, _("There is no such category."))
    return category


# --- What somebody saved ----------------------------------------------------------------


@routes.get("/favorites", auth=needs(READ), answer=Page[Saved])
def list_favorites(request: AuthedRequest, paging: Query[Paging]) -> Page[Saved]:
    """The gigs that you saved, the newest first; also those that are no longer on offer."""
    gigs = Prefetch("gig", Gig.objects.for_cards())
    mine = Favorite.objects.visible_to(request.user).prefetch_related(gigs)
    shown, onwards = newest_first(mine, paging)
    return Page[Saved](
        items=[
            Saved(
                gig=GigCard.of(row.gig, is_saved=True),
                is_on_offer=row.gig.can_be_seen,
                saved_at=row.created_at,
            )
            for row in shown
        ],
        next=onwards,
    )


@routes.post("/favorites", auth=needs(WRITE))
def save_gig(request: AuthedRequest, wanted: Body[SaveIn]) -> None:
    """Save a gig; twice is once."""
    gig = get_object_or_404(Gig.objects.visible_to(request.user), pk=wanted.gig_id)
    actions.save(gig_id=gig.pk, actor=request.user, now=clock.now())


@routes.delete("/favorites", auth=needs(WRITE))
def unsave_gig(request: AuthedRequest, wanted: Query[SaveIn]) -> None:
    """Take a gig off your list."""
    actions.unsave(gig_id=wanted.gig_id, actor=request.user)
