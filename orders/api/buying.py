"""From a package to an order that waits for its payment."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Body

from accounts.api_access import needs
from accounts.http import AuthedRequest
from gigs.models import Gig, GigRequirement, RequirementKind
from gigs.pricing import deal
from gigstream.core import clock
from gigstream.core.api import Problem, derived_key
from gigstream.core.models import PlatformSetting
from orders import actions
from orders.actions import Answer
from orders.api.common import ORDERS, find, payment_out, routes, whole
from orders.models import Order
from orders.paying import start_payment_again
from orders.schemas import AnswerIn, CheckoutIn, CheckoutOut, OrderOut, PaymentOut
from orders.status import OrderStatus
from orders.uploads import opened


@routes.post("/orders", auth=needs(ORDERS), answer=OrderOut, status=201)
def create_order(request: AuthedRequest, wanted: Body[CheckoutIn]) -> OrderOut:
    """Place an order that waits for its payment. It ends by itself if nobody pays."""
    return whole(request, _place(request, wanted))


@routes.post("/checkout", auth=needs(ORDERS), answer=CheckoutOut, status=201)
def checkout(request: AuthedRequest, wanted: Body[CheckoutIn]) -> CheckoutOut:
    """Place an order, and get what Stripe's own code needs to take the card."""
    order = _place(request, wanted)
    payment = start_payment_again(order, now=clock.now())
    return CheckoutOut(order=whole(request, order), payment=payment_out(payment))


@routes.post("/orders/{uuid:pk}/pay", auth=needs(ORDERS), answer=PaymentOut)
def pay(request: AuthedRequest, pk: UUID) -> PaymentOut:
    """Go on with the payment of an order of yours; after one that failed, a new one."""
    order = find(request, pk)
    if order.status != OrderStatus.PENDING or order.buyer_id != request.user.pk:
        raise Problem(409, _("This order does not wait for its payment."), code="stale")
    return payment_out(start_payment_again(order, now=clock.now()))


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
    return find(request, placed.pk)


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
