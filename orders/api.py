"""Orders for programs: buying, the verbs, reviews and disputes."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Body, Query

import payments.actions
from accounts.api_access import (
    anybody,
    needs,
    refuse_others,
    refuse_stale_login,
    require,
)
from accounts.http import AuthedRequest
from accounts.models import Scope, Standing, User
from gigs.models import Gig, GigRequirement, RequirementKind
from gigs.pricing import deal
from gigstream.core import client, clock, limits
from gigstream.core.api import Page, Problem, Routes, derived_key
from gigstream.core.api.paging import encoded
from gigstream.core.api.routes import FILE
from gigstream.core.models import PlatformSetting
from orders import actions
from orders.actions import Answer, Ending, Opinion
from orders.disputing import REASONS, WORK, possible
from orders.downloads import hand_over
from orders.finding import Wish
from orders.models import Dispute, Order, OrderFile, Review, Statement
from orders.paying import close_payments, start_payment_again
from orders.reading import Wish as ReadingWish
from orders.schemas import (
    AnswerIn,
    AnswerOut,
    CheckoutIn,
    CheckoutOut,
    DeliverIn,
    DeliveryOut,
    DisputeAnswerIn,
    DisputeIn,
    DisputeOut,
    EventOut,
    FileOut,
    OfferIn,
    OrderOut,
    OrderRow,
    OrderSearch,
    PaymentOut,
    ReasonIn,
    Removal,
    ReviewIn,
    ReviewOut,
    ReviewSearch,
    SettleIn,
    StatusIn,
    WishesIn,
)
from orders.status import OrderStatus, Role
from orders.uploads import opened
from payments.models import Payment

routes = Routes("Orders")
READ, ORDERS, MONEY = Scope.READ, Scope.ORDERS, Scope.MONEY


# --- Looking ----------------------------------------------------------------


@routes.get("/orders", auth=needs(READ), answer=Page[OrderRow])
def list_orders(request: AuthedRequest, wanted: Query[OrderSearch]) -> Page[OrderRow]:
    """Your orders, as their buyer or as their seller."""
    wish = Wish(
        side=wanted.side,
        tab=wanted.status,
        q=wanted.q.strip(),
        sort=wanted.sort,
        before=str(wanted.after_key or ""),
    )
    page = wish.page(request.user, size=wanted.limit)
    return Page[OrderRow](
        items=[OrderRow.of(order, request.user) for order in page.rows],
        next=encoded(page.older) if page.older else None,
    )


@routes.get("/orders/{uuid:pk}", auth=needs(READ), answer=OrderOut)
def get_order(request: AuthedRequest, pk: UUID) -> OrderOut:
    """All of an order of yours."""
    return _whole(request, _find(request, pk))


@routes.get("/files/{uuid:pk}", auth=needs(READ), answer=FILE)
def get_file(request: AuthedRequest, pk: UUID) -> StreamingHttpResponse:
    """A private file of one of your orders, as a download."""
    file = get_object_or_404(OrderFile.objects.visible_to(request.user), pk=pk)
    address = client.address(request)
    return hand_over(file, to=request.user, address=address, now=clock.now())


def _find(request: AuthedRequest, pk: UUID) -> Order:
    """A party to it sees it; for anybody else it does not exist."""
    orders = Order.objects.visible_to(request.user).with_people()
    return get_object_or_404(orders, pk=pk)


def _whole(request: AuthedRequest, order: Order) -> OrderOut:
    files = Prefetch("files", OrderFile.objects.order_by("id"))
    deliveries = order.deliveries.prefetch_related(files).order_by("-number")
    answers = order.answers.select_related("file").order_by("position")
    return OrderOut(
        **dict(OrderRow.of(order, request.user)),
        delivery_days=order.delivery_days,
        revisions_agreed=order.revisions_agreed,
        revisions_used=order.revision_count,
        paid_at=order.paid_at,
        due_at=order.due_at,
        delivered_at=order.delivered_at,
        review_ends_at=order.review_ends_at,
        completed_at=order.completed_at,
        on_hold=order.on_hold,
        dispute=order.dispute_id,
        deliveries=[DeliveryOut.of(each) for each in deliveries],
        answers=[
            AnswerOut(
                question=each.question,
                text=each.text,
                file=FileOut.of(each.file) if each.file else None,
            )
            for each in answers
        ],
        history=[
            EventOut(
                status=event.to_status,
                role=event.role,
                reason=event.reason,
                at=event.at,
            )
            for event in order.events.order_by("at", "id")
        ],
    )


# --- Buying ----------------------------------------------------------------


@routes.post("/orders", auth=needs(ORDERS), answer=OrderOut, status=201)
def create_order(request: AuthedRequest, wanted: Body[CheckoutIn]) -> OrderOut:
    """Place an order that waits for its payment. It ends by itself if nobody pays."""
    return _whole(request, _place(request, wanted))


@routes.post("/checkout", auth=needs(ORDERS), answer=CheckoutOut, status=201)
def checkout(request: AuthedRequest, wanted: Body[CheckoutIn]) -> CheckoutOut:
    """Place an order, and get what Stripe's own code needs to take the card."""
    order = _place(request, wanted)
    payment = start_payment_again(order, now=clock.now())
    return CheckoutOut(order=_whole(request, order), payment=_payment(payment))


@routes.post("/orders/{uuid:pk}/pay", auth=needs(ORDERS), answer=PaymentOut)
def pay(request: AuthedRequest, pk: UUID) -> PaymentOut:
    """Go on with the payment of an order of yours; after one that failed, a new one."""
    order = _find(request, pk)
    if order.status != OrderStatus.PENDING or order.buyer_id != request.user.pk:
        raise Problem(409, _("This order does not wait for its payment."), code="stale")
    return _payment(start_payment_again(order, now=clock.now()))


def _payment(payment: Payment) -> PaymentOut:
    return PaymentOut.of(payment, publishable_key=settings.STRIPE_PUBLISHABLE_KEY)


def _place(request: AuthedRequest, wanted: CheckoutIn) -> Order:
    gigs = Gig.objects.visible_to(request.user).prefetch_related("extras")
    gig = get_object_or_404(gigs, pk=wanted.gig_id)
    placed = actions.place(
        gig_id=gig.pk,
        tier=wanted.package_type,
        extras=wanted.extras,
        buyer=request.user,
        answers=_answers(request, gig, wanted.requirements),
        quoted_total=wanted.quoted_total or _total(gig, wanted),
        checkout_key=derived_key(request),
        now=clock.now(),
    )
    return _find(request, placed.pk)


def _total(gig: Gig, wanted: CheckoutIn) -> int:
    """What it costs now, for who does not compare."""
    package = gig.packages.filter(tier=wanted.package_type).first()
    if package is None:
        raise Problem(422, _("This gig does not offer that package."))
    package.gig = gig
    chosen = [extra for extra in gig.extras.all() if extra.pk in wanted.extras]
    policy = PlatformSetting.objects.in_force()
    return actions.quote(deal(package, chosen), policy).total


def _answers(
    request: AuthedRequest, gig: Gig, given: list[AnswerIn]
) -> list[actions.Answer]:
    """One for each question of the seller's; what must be answered is."""
    said = {answer.question_id: answer for answer in given}
    asked = gig.requirements.order_by("position")
    return [_answer(request, question, said.get(question.pk)) for question in asked]


def _answer(
    request: AuthedRequest, question: GigRequirement, said: AnswerIn | None
) -> Answer:
    words, token = (said.text.strip(), said.file) if said else ("", None)
    is_file = question.kind == RequirementKind.FILE
    if question.required and not (token if is_file else words):
        text = _("Answer “%(question)s” first.")
        raise Problem(422, text % {"question": question.question}, code="unanswered")
    if is_file:
        file = opened([token], by=request.user)[0] if token else None
        return Answer(question=question, file=file)
    is_choice = question.kind == RequirementKind.CHOICE
    if words and is_choice and words not in question.options:
        text = _("“%(question)s” is answered by one of its options.")
        raise Problem(422, text % {"question": question.question})
    return Answer(question=question, text=words)


# --- The verbs ----------------------------------------------------------------


@routes.post("/orders/{uuid:pk}/deliver", auth=needs(ORDERS), answer=OrderOut)
def deliver(request: AuthedRequest, pk: UUID, wanted: Body[DeliverIn]) -> OrderOut:
    """Hand the work to the buyer, with files sent to /api/upload before."""
    return _deliver(request, _find(request, pk), wanted.message, wanted.files)


@routes.post("/orders/{uuid:pk}/request-revision", auth=needs(ORDERS), answer=OrderOut)
def request_revision(
    request: AuthedRequest, pk: UUID, wanted: Body[WishesIn]
) -> OrderOut:
    """Send delivered work back, as often as was agreed."""
    order = _find(request, pk)
    return _do(request, order, actions.request_revision, wishes=wanted.message)


@routes.post("/orders/{uuid:pk}/accept", auth=needs(MONEY), answer=OrderOut)
def accept(request: AuthedRequest, pk: UUID) -> OrderOut:
    """Accept what was delivered: the seller has earned the money."""
    order = _find(request, pk)
    refuse_stale_login(request)
    return _do(request, order, actions.accept)


@routes.post("/orders/{uuid:pk}/extend-review", auth=needs(ORDERS), answer=OrderOut)
def extend_review(request: AuthedRequest, pk: UUID) -> OrderOut:
    """Take some more days to look at what was delivered; once per order."""
    return _do(request, _find(request, pk), actions.extend_review)


@routes.post("/orders/{uuid:pk}/cancel", auth=needs(ORDERS), answer=OrderOut)
def cancel(request: AuthedRequest, pk: UUID) -> OrderOut:
    """Take an order back that is not paid."""
    return _cancel_unpaid(request, _find(request, pk))


@routes.post("/orders/{uuid:pk}/cancel-late", auth=needs(ORDERS), answer=OrderOut)
def cancel_late(request: AuthedRequest, pk: UUID, wanted: Body[ReasonIn]) -> OrderOut:
    """Stop waiting for work that is late; the buyer gets everything back."""
    order = _find(request, pk)
    return _do(request, order, actions.cancel_late, reason=wanted.reason)


@routes.post("/orders/{uuid:pk}/decline", auth=needs(ORDERS), answer=OrderOut)
def decline(request: AuthedRequest, pk: UUID, wanted: Body[ReasonIn]) -> OrderOut:
    """Give an order back that cannot be done; the buyer gets everything back."""
    order = _find(request, pk)
    return _do(request, order, actions.decline, reason=wanted.reason)


@routes.patch("/orders/{uuid:pk}/status", auth=needs(ORDERS), answer=OrderOut)
def change_status(request: AuthedRequest, pk: UUID, wanted: Body[StatusIn]) -> OrderOut:
    """Move an order on, by the verb that leads to this status for whoever asks."""
    order, words = _find(request, pk), wanted.message or ""
    aim = OrderStatus(wanted.status)
    if aim == OrderStatus.COMPLETED:
        require(request, MONEY)
        refuse_stale_login(request)
        return _do(request, order, actions.accept)
    if aim == OrderStatus.CANCELLED and order.status == OrderStatus.PENDING:
        return _cancel_unpaid(request, order)
    if not words:
        raise Problem(422, _("Say it in words, as `message`."), code="invalid")
    if aim == OrderStatus.DELIVERED:
        return _deliver(request, order, words, wanted.files)
    if aim == OrderStatus.REVISION:
        return _do(request, order, actions.request_revision, wishes=words)
    is_buyer = order.buyer_id == request.user.pk
    verb = actions.cancel_late if is_buyer else actions.decline
    return _do(request, order, verb, reason=words)


def _deliver(
    request: AuthedRequest, order: Order, message: str, files: list[str]
) -> OrderOut:
    stored = opened(files, by=request.user)
    return _do(request, order, actions.deliver, message=message, files=stored)


def _cancel_unpaid(request: AuthedRequest, order: Order) -> OrderOut:
    if order.status == OrderStatus.PENDING and order.buyer_id == request.user.pk:
        close_payments(order, now=clock.now())
    return _do(request, order, actions.cancel_unpaid)


def _do(request: AuthedRequest, order: Order, verb: Any, **said: Any) -> OrderOut:
    verb(order_id=order.pk, actor=request.user, now=clock.now(), **said)
    return _whole(request, _find(request, order.pk))


# --- Reviews ----------------------------------------------------------------


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
    wish = ReadingWish(
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
    order = _find(request, wanted.order_id)
    criteria = {}
    if order.buyer_id == request.user.pk:
        criteria = {
            name: getattr(wanted, name) or wanted.rating
            for name in ("communication", "quality", "as_described")
        }
    written = actions.review(
        order_id=order.pk,
        actor=request.user,
        opinion=Opinion(rating=wanted.rating, text=wanted.comment, **criteria),
        now=clock.now(),
    )
    return ReviewOut.of(Review.objects.with_people().get(pk=written.pk))


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


# --- Disputes ----------------------------------------------------------------


@routes.get("/disputes/{uuid:pk}", auth=needs(READ), answer=DisputeOut)
def get_dispute(request: AuthedRequest, pk: UUID) -> DisputeOut:
    """What was said and offered in a dispute of yours, and how it ended."""
    return _dispute(request, pk)


@routes.post("/disputes", auth=needs(ORDERS), answer=DisputeOut, status=201)
def open_dispute(request: AuthedRequest, wanted: Body[DisputeIn]) -> DisputeOut:
    """Stop an order until it is settled, and say what would be right."""
    order = _find(request, wanted.order_id)
    limits.spend(request, "contact", account=str(request.user.pk))
    role = order.role_of(request.user) or Role.BUYER
    if wanted.reason not in {*REASONS[role], Dispute.Reason.OTHER}:
        raise Problem(422, _("The other side says that, not you."), code="invalid")
    offer = _ending(order, wanted, before=order.status)
    if offer is None:
        raise Problem(422, _("Say what would be right for you."), code="invalid")
    dispute = actions.open_dispute(
        order_id=order.pk,
        actor=request.user,
        reason=wanted.reason,
        offer=offer,
        text=wanted.description,
        files=opened(wanted.files, by=request.user),
        now=clock.now(),
    )
    return _dispute(request, dispute.pk)


@routes.post("/disputes/{uuid:pk}/answers", auth=needs(ORDERS), answer=DisputeOut)
def answer_dispute(
    request: AuthedRequest, pk: UUID, wanted: Body[DisputeAnswerIn]
) -> DisputeOut:
    """Say something, and perhaps offer something else."""
    dispute = _my_dispute(request, pk)
    limits.spend(request, "contact", account=str(request.user.pk))
    actions.answer_dispute(
        order_id=dispute.order_id,
        actor=request.user,
        text=wanted.text,
        files=opened(wanted.files, by=request.user),
        offer=_ending(dispute.order, wanted, before=dispute.came_from),
        now=clock.now(),
    )
    return _dispute(request, pk)


@routes.post("/disputes/{uuid:pk}/settle", auth=needs(MONEY), answer=DisputeOut)
def settle_dispute(
    request: AuthedRequest, pk: UUID, wanted: Body[SettleIn]
) -> DisputeOut:
    """Agree to the offer on the table; it takes effect at once."""
    dispute = _my_dispute(request, pk)
    refuse_stale_login(request)
    return _act(
        request, dispute, actions.settle_dispute, statement_id=wanted.statement_id
    )


@routes.post("/disputes/{uuid:pk}/escalate", auth=needs(ORDERS), answer=DisputeOut)
def escalate_dispute(request: AuthedRequest, pk: UUID) -> DisputeOut:
    """Have staff decide."""
    return _act(request, _my_dispute(request, pk), actions.escalate_dispute)


@routes.post("/disputes/{uuid:pk}/withdraw", auth=needs(ORDERS), answer=DisputeOut)
def withdraw_dispute(request: AuthedRequest, pk: UUID) -> DisputeOut:
    """Take your own dispute back; the order goes on where it stood."""
    return _act(request, _my_dispute(request, pk), actions.withdraw_dispute)


def _my_dispute(request: AuthedRequest, pk: UUID) -> Dispute:
    mine = Dispute.objects.visible_to(request.user).select_related("order")
    return get_object_or_404(mine, pk=pk)


def _dispute(request: AuthedRequest, pk: UUID) -> DisputeOut:
    files = Prefetch("files", OrderFile.objects.order_by("id"))
    said = Statement.objects.filter(dispute=pk).prefetch_related(files)
    return DisputeOut.of(_my_dispute(request, pk), said.order_by("at", "id"))


def _act(
    request: AuthedRequest, dispute: Dispute, verb: Any, **said: Any
) -> DisputeOut:
    verb(order_id=dispute.order_id, actor=request.user, now=clock.now(), **said)
    return _dispute(request, dispute.pk)


def _ending(order: Order, wanted: OfferIn, *, before: str) -> Ending | None:
    """What somebody would have it end with, if it fits where the order stood."""
    if wanted.want is None:
        return None
    most = payments.actions.refundable(order.pk)
    if wanted.want not in possible(before, most):
        raise Problem(422, _("That does not fit where the order stands."))
    if wanted.want in WORK:
        return Ending(kind=Statement.Offer(wanted.want), days=wanted.days)
    refunds = {"refund": most, "release": 0}
    refund = refunds.get(wanted.want, wanted.amount)
    return Ending(kind=Statement.Offer.SPLIT, refund=refund)
