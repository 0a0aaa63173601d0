"""Everything about one person on one page, as far as whoever looks may see it."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.acting import LASTS
from accounts.actions import MAY_ACT_AS, MAY_NOTE
from accounts.admin import UserAdmin
from accounts.models import Report, SecurityEvent, StaffNote, User
from gigs.models import Gig
from gigstream.core.models import AuditEntry
from messaging.models import Message
from orders.models import Dispute, Order, Review
from payments.models import Payment, Payout, Refund
from payments.queries import wallet

SHOWN = 10
"""Rows of each kind, the newest first; the lists behind them have the rest."""

Section = dict[str, Any]

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin):
    """With what the apps above know of somebody."""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        person = self.person(request, object_id)
        viewer = cast("User", request.user)
        known = everything(person, viewer) if person else {}
        context = {**(extra_context or {}), **known}
        return super().change_view(request, object_id, form_url, context)


def everything(person: User, viewer: User) -> Section:
    """Each part that the table of roles lets somebody see; what it does not is missing."""
    can = viewer.has_perm
    known: Section = {
        "can_act_as": can(MAY_ACT_AS) and not (person.is_staff or person.is_superuser),
        "minutes": int(LASTS.total_seconds() // 60),
        "disputes": [],
    }
    if can("accounts.view_staffnote"):
        notes = StaffNote.objects.filter(person=person).select_related("author")
        known["notes"] = notes.order_by("-at")[: 5 * SHOWN]
        known["can_note"] = can(MAY_NOTE)
    if can("gigs.view_gig"):
        known["gigs"] = Gig.objects.filter(seller=person).order_by("-id")[:SHOWN]
    if can("orders.view_order"):
        known |= _orders(person)
    if can("orders.view_review"):
        reviews = Review.objects.filter(subject=person).select_related("author")
        known["reviews"] = reviews.order_by("-id")[:SHOWN]
    if can("payments.view_payment"):
        known |= _money(person)
    if can("payments.view_payout"):
        payouts = Payout.objects.filter(user=person).select_related("method")
        known["payouts"] = payouts.order_by("-requested_at")[:SHOWN]
    if can("accounts.view_securityevent"):
        events = SecurityEvent.objects.filter(user=person)
        known["security_events"] = events.order_by("-at")[: 2 * SHOWN]
    if can("accounts.view_report"):
        known |= _reports(person)
    if can("messaging.view_message"):
        known["messages_reported"] = _reported(person)
    if can("core.view_auditentry"):
        log = AuditEntry.objects.filter(target=f"accounts.user:{person.pk}")
        known["log"] = log.select_related("actor").order_by("-at")[: 2 * SHOWN]
    return known


def _orders(person: User) -> Section:
    orders = Order.objects.select_related("buyer", "seller").order_by("-id")
    disputes = Dispute.objects.filter(Q(order__buyer=person) | Q(order__seller=person))
    return {
        "bought": orders.filter(buyer=person)[:SHOWN],
        "sold": orders.filter(seller=person)[:SHOWN],
        "disputes": disputes.select_related("order").order_by("-id")[:SHOWN],
    }


def _money(person: User) -> Section:
    refunds = Refund.objects.filter(payment__buyer=person).select_related("payment")
    payments = Payment.objects.filter(buyer=person).select_related("order")
    return {
        "wallet": wallet(person),
        "payments": payments.order_by("-id")[:SHOWN],
        "refunds": refunds.order_by("-id")[:SHOWN],
    }


def _reports(person: User) -> Section:
    reports = Report.objects.select_related("reporter").order_by("-at")
    about = Q(target=Report.Target.USER, target_id=person.pk) | Q(
        target=Report.Target.GIG,
        target_id__in=Gig.objects.filter(seller=person).values("pk"),
    )
    return {
        "reports_about": reports.filter(about)[:SHOWN],
        "reports_by": reports.filter(reporter=person)[:SHOWN],
    }


def _reported(person: User) -> QuerySet[Message]:
    """What they wrote and somebody reported; nothing else that they wrote is shown."""
    reported = Report.objects.filter(target=Report.Target.MESSAGE)
    written = Message.objects.filter(sender=person, pk__in=reported.values("target_id"))
    return written.select_related("offer").order_by("-sent_at")[:SHOWN]
