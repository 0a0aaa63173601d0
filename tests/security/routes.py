"""Every address of the site, read from the URLconf, filled with the objects of one small world."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from allauth.usersessions.models import UserSession
from django.urls import (
    NoReverseMatch,
    URLPattern,
    URLResolver,
    get_resolver,
    reverse,
)

import orders.actions
import payments.actions
from gigs.status import GigStatus
from messaging.models import Conversation, Notification
from orders.models import OrderFile
from orders.status import OrderStatus
from tests.factories import (
    NOON,
    a_card_setup,
    a_category,
    a_custom_offer,
    a_gig,
    a_kept_card,
    a_message,
    a_payout_method,
    a_picture,
    a_question,
    a_review,
    a_seller,
    a_user,
    a_work,
    an_api_token,
    an_attachment,
    an_order,
)


@dataclass(frozen=True, slots=True)
class World:
    """Two strangers' deal, a third person of each kind, and staff."""

    buyer: object
    seller: object
    stranger: object
    other_seller: object
    operator: object
    arguments: dict[str, dict[str, object]]

    def person(self, role):
        return None if role == "visitor" else getattr(self, role)

    def address(self, name):
        return reverse(name, kwargs=self.arguments.get(name, {}))


def site_routes():
    """The names of all routes but the built-in admin's, with their namespaces."""
    return sorted(
        name
        for name in _names(get_resolver())
        if not name.startswith(("admin:", "api:"))
    )


def api_routes():
    return sorted(name for name in _names(get_resolver()) if name.startswith("api:"))


def admin_routes():
    return sorted(name for name in _names(get_resolver()) if name.startswith("admin:"))


def admin_address(name):
    if "?" in name:
        return "/admin/no/such/page/"
    model = name.removeprefix("admin:").rpartition("_")[0]
    if (
        name.endswith(("_change", "_delete", "_history", "_roles"))
        and model != "password"
    ):
        return reverse(name, args=["no-such-row"])
    if name == "admin:orders_dispute_file":
        return reverse(name, args=["no-such-row", uuid4()])
    if name == "admin:app_list":
        return reverse(name, args=["orders"])
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse(name, args=["no-such-row"])


def _names(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from _names(entry, space)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}" if entry.name else f"{prefix}?{entry.pattern}"


def _withdraw(order):
    """Let the seller ask for what an order brought, a week after it was accepted."""
    later = NOON + timedelta(days=8)
    payments.actions.clear(earning_id=order.earnings.get().pk, now=later)
    a_payout_method(order.seller)
    return payments.actions.request_payout(
        user_id=order.seller_id, amount=None, key=uuid4(), now=later
    )


def build_world():
    """One gig on offer, one draft, one order delivered and one unpaid, and what hangs on them."""
    seller = a_seller(full_name="Selma Seller", username="selma")
    buyer = a_user(full_name="Bruno Buyer")
    gig = a_gig(seller=seller, category=a_category(slug="logos"))
    picture = a_picture(gig=gig)
    a_question(gig=gig)
    draft = a_gig(seller=seller, status=GigStatus.DRAFT, published_at=None)
    order = an_order(gig=gig, buyer=buyer, status=OrderStatus.DELIVERED)
    unpaid = an_order(gig=gig, buyer=buyer)
    disputed = an_order(gig=gig, buyer=buyer, status=OrderStatus.DISPUTED)
    review = a_review(
        order=an_order(gig=gig, buyer=buyer, status=OrderStatus.COMPLETED)
    )
    growing = an_order(gig=gig, buyer=buyer, status=OrderStatus.IN_PROGRESS)
    proposal = orders.actions.ask_for_time(
        order_id=growing.pk, actor=seller, days=3, reason="More to do.", now=NOON
    )
    payout = _withdraw(review.order)
    tip = orders.actions.tip(
        order_id=review.order.pk, actor=buyer, amount=5_00, tip_key=uuid4(), now=NOON
    )
    receipt = payments.actions.issue_receipt(
        payment_id=order.payments.get().pk, now=NOON
    )
    offer = a_custom_offer(gig=gig, buyer=buyer)
    conversation = Conversation.objects.get()
    shown = an_attachment(conversation, buyer, message=a_message(conversation, buyer))
    waiting = an_attachment(conversation, buyer)
    news = Notification.objects.filter(user=buyer).first()
    copy = buyer.data_exports.create()
    session = UserSession.objects.create(
        user=buyer, session_key="elsewhere", ip="127.0.0.1"
    )
    of_work = {"pk": a_work(owner=seller).pk}
    of_gig, of_draft = {"slug": gig.slug}, {"slug": draft.slug}
    of_picture = {"slug": gig.slug, "pk": picture.pk}
    return World(
        buyer=buyer,
        seller=seller,
        stranger=a_user(full_name="Stranger"),
        other_seller=a_seller(full_name="Other Seller"),
        operator=a_user(full_name="Operator", is_staff=True, is_superuser=True),
        arguments={
            "gigs:detail": of_gig,
            "api:get_gig": of_gig,
            "api:edit_gig": of_gig,
            "api:archive_gig": of_draft,
            "api:move_gig": {**of_gig, "verb": "pause"},
            **{
                f"api:{verb}": {"pk": order.pk}
                for verb in (
                    *("get_order", "deliver", "request_revision", "accept"),
                    *("extend_review", "cancel_late", "decline", "change_status"),
                )
            },
            "api:pay": {"pk": unpaid.pk},
            "api:cancel": {"pk": unpaid.pk},
            "api:get_file": {"pk": OrderFile.objects.first().pk},
            "api:remove_review": {"pk": review.pk},
            **{
                f"api:{verb}": {"pk": disputed.dispute_id}
                for verb in (
                    *("get_dispute", "answer_dispute", "settle_dispute"),
                    *("escalate_dispute", "withdraw_dispute"),
                )
            },
            **{
                f"api:{verb}": {"pk": growing.pk}
                for verb in (
                    *("list_proposals", "ask_for_time", "ask_to_cancel"),
                    *("offer_extra", "list_extras", "buy_extra", "tip"),
                )
            },
            **{
                f"api:{verb}": {"pk": growing.pk, "proposal": proposal.pk}
                for verb in ("agree", "pay_for_extra")
            },
            "api:answer_proposal": {
                "pk": growing.pk,
                "proposal": proposal.pk,
                "verb": "refuse",
            },
            "api:get_offer": {"pk": offer.pk},
            "api:take_up": {"pk": offer.pk},
            "api:end_offer": {"pk": offer.pk, "verb": "decline"},
            "api:edit_review": {"pk": review.pk},
            "api:reply": {"pk": review.pk},
            "api:get_withdrawal": {"pk": payout.pk},
            "api:cancel_withdrawal": {"pk": payout.pk},
            "api:get_person": {"username": "selma"},
            "api:list_gigs_of": {"username": "selma"},
            "api:make_offer": {"pk": conversation.pk},
            "api:read_conversation": {"pk": conversation.pk},
            "api:get_attachment": {"pk": shown.pk},
            "gigs:more": of_gig,
            "gigs:report": of_gig,
            "gigs:category": {"slug": "logos"},
            "gigs:delete": of_gig,
            "gigs:edit_step": {**of_gig, "step": "packages"},
            "gigs:edit": of_draft,
            "gigs:publish": of_draft,
            "gigs:pause": of_gig,
            "gigs:resume": of_gig,
            "gigs:archive": of_draft,
            "gigs:restore": of_gig,
            "gigs:drop_change": of_gig,
            "gigs:send_change": of_gig,
            "gigs:add_picture": of_gig,
            "gigs:save": {"pk": gig.pk},
            "gigs:unsave": {"pk": gig.pk},
            "gigs:ranking": of_gig,
            "gigs:sitemap_part": {"number": 0},
            "gigs:remove_picture": of_picture,
            "gigs:move_picture": of_picture,
            "gigs:upload_picture": of_gig,
            "orders:checkout": of_gig,
            "orders:detail": {"pk": order.pk},
            "orders:deliver": {"pk": order.pk},
            "orders:accept": {"pk": order.pk},
            "orders:request_revision": {"pk": order.pk},
            **{
                f"orders:{verb}": {"pk": order.pk}
                for verb in (
                    "agree",
                    "ask_for_time",
                    "ask_to_cancel",
                    "cancel_late",
                    "decline",
                    "buy_extra",
                    "extend_review",
                    "offer_extra",
                    "pay_for_extra",
                    "tip",
                    "refuse",
                    "withdraw",
                    "open_dispute",
                )
            },
            **{
                f"orders:{verb}": {"pk": disputed.pk}
                for verb in (
                    "dispute",
                    "answer_dispute",
                    "settle_dispute",
                    "escalate_dispute",
                    "withdraw_dispute",
                )
            },
            "orders:review": {"pk": order.pk},
            "orders:edit_review": {"pk": order.pk},
            "orders:reply": {"pk": order.pk},
            "orders:report_review": {"pk": review.pk},
            "orders:gig_reviews": of_gig,
            "orders:person_reviews": {"username": "selma"},
            "orders:pay": {"pk": unpaid.pk},
            "orders:pay_part": {"pk": review.order.pk, "payment": tip.pk},
            "orders:cancel": {"pk": unpaid.pk},
            "orders:download": {"pk": OrderFile.objects.first().pk},
            "orders:preview": {"pk": OrderFile.objects.first().pk},
            "orders:download_all": {"pk": order.pk},
            "orders:download_delivery": {"pk": order.pk, "number": 1},
            "orders:history": {"pk": order.pk},
            "payments:paper": {"pk": receipt.pk},
            **{
                f"orders:{verb}": {
                    "pk": order.pk,
                    "payment": order.payments.get().pk,
                }
                for verb in ("keep_card", "pay_with_card")
            },
            "payments:remove_card": {"pk": a_kept_card(buyer).pk},
            "payments:card_setup": {"pk": a_card_setup(buyer).pk},
            "payments:payout": {"pk": payout.pk},
            "payments:cancel_payout": {"pk": payout.pk},
            "accounts:profile": {"username": "selma"},
            "accounts:report": {"username": "selma"},
            "accounts:block": {"username": "selma"},
            "accounts:unblock": {"username": "selma"},
            "accounts:confirm_new_email": {"key": "no-such-key"},
            "accounts:export": {"pk": copy.pk},
            "accounts:edit_work": of_work,
            "accounts:move_work": of_work,
            "accounts:remove_work": of_work,
            "accounts:end_session": {"pk": session.pk},
            "accounts:revoke_token": {"pk": an_api_token(buyer)[0].pk},
            "mfa_edit_webauthn": {"pk": 1},
            "mfa_remove_webauthn": {"pk": 1},
            "messaging:confirm": {"token": "no-such-token"},
            "messaging:leave": {"token": "no-such-token"},
            "messaging:stop_mails": {"token": "no-such-token"},
            "messaging:start": {"pk": seller.pk},
            "messaging:conversation": {"pk": conversation.pk},
            "messaging:send": {"pk": conversation.pk},
            "messaging:make_offer": {"pk": conversation.pk},
            "messaging:withdraw_offer": {"pk": offer.pk},
            "messaging:decline_offer": {"pk": offer.pk},
            "orders:take_up": {"pk": offer.pk},
            "messaging:mark_read": {"pk": conversation.pk},
            **{
                f"messaging:{verb}": {"pk": conversation.pk}
                for verb in (
                    "archive",
                    "keep_draft",
                    "message_toast",
                    "receive",
                    "star",
                    "upload",
                )
            },
            "messaging:attachment": {"pk": shown.pk},
            "messaging:thumbnail": {"pk": shown.pk},
            "messaging:discard": {"pk": waiting.pk},
            "messaging:report_message": {"pk": shown.message_id},
            "messaging:notification_toast": {"pk": news.pk},
            "messaging:read_notification": {"pk": news.pk},
            "messaging:unread_notification": {"pk": news.pk},
            "account_confirm_email": {"key": "no-such-key"},
            "account_reset_password_from_key": {"uidb36": "abc", "key": "no-such-key"},
        },
    )
