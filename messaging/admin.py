"""What people write and are told, as operators see it: what was said between two stays private."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.deciding import DecidingAdmin, Verb
from accounts.models import User
from gigstream.core import clock
from gigstream.core.admin import COUNT_LIMIT, Audited, ReadOnlyAdmin, SetFilter
from gigstream.core.numbers import grouped
from messaging.actions import publish_newsletter, send_proof, settle_inquiry
from messaging.models import (
    Conversation,
    Inquiry,
    Message,
    Newsletter,
    Notification,
    Subscriber,
)


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "user", "kind", "created_at", "read_at", "mailed_at"]
    list_filter = ["kind", "created_at", ("mailed_at", SetFilter)]
    list_select_related = ["user", "actor"]
    search_fields = ["user__email", "user__full_name", "key"]
    ordering = ["-id"]


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    """Who writes to whom and how much, never what."""

    list_display = ["id", "first", "second", "message_count", "last_message_at"]
    list_select_related = ["first", "second"]
    search_fields = ["first__email", "second__email"]
    ordering = ["-id"]
    fields = ["id", "first", "second", "message_count", "created_at", "last_message_at"]
    readonly_fields = ["message_count"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Model]:
        conversations = super().get_queryset(request)
        said = Message.objects.filter(conversation=OuterRef("pk")).order_by()
        n = Func(F("pk"), function="COUNT", output_field=IntegerField())
        counted: QuerySet[models.Model] = conversations.annotate(
            written=Subquery(said.annotate(n=n).values("n"))
        )
        return counted

    @admin.display(description=_("messages"))
    def message_count(self, conversation: Conversation) -> int:
        written: int = conversation.written  # type: ignore[attr-defined]
        return written or 0


def _settle(inquiry: Inquiry, actor: User, _said: dict[str, Any]) -> str:
    settle_inquiry(inquiry_id=inquiry.pk, actor=actor, now=clock.now())
    return gettext("Marked as answered.")


@admin.register(Inquiry)
class InquiryAdmin(DecidingAdmin):
    """What people ask by the contact form, the oldest open question first."""

    verbs = [
        Verb(
            name="settle",
            label=_("Mark as answered"),
            help=_("Answer by mail first; this takes the question off the desk."),
            permission="messaging.change_inquiry",
            form=lambda _row, data: forms.Form(data),
            act=_settle,
            applies=lambda inquiry: inquiry.settled_at is None,
        )
    ]
    list_display = ["asked_at", "topic", "name", "answer_to", "text", "settled_at"]
    list_filter = [("settled_at", SetFilter), "topic", "asked_at"]
    search_fields = ["name", "email", "text"]
    ordering = [F("settled_at").asc(nulls_first=True), "asked_at"]

    @admin.display(description=_("answer to"), ordering="email")
    def answer_to(self, inquiry: Inquiry) -> SafeString:
        return format_html('<a href="mailto:{0}">{0}</a>', inquiry.email)


def _publish(issue: Newsletter, actor: User, _said: dict[str, Any]) -> str:
    publish_newsletter(newsletter_id=issue.pk, actor=actor, now=clock.now())
    return gettext("The newsletter is on its way.")


def _proof(issue: Newsletter, actor: User, _said: dict[str, Any]) -> str:
    send_proof(newsletter_id=issue.pk, actor=actor, now=clock.now())
    return gettext("It is on its way to %(address)s.") % {"address": actor.email}


@admin.register(Newsletter)
class NewsletterAdmin(Audited, DecidingAdmin):
    """Issues are written here, and sent to everybody on the list; once sent they stay."""

    verbs = [
        Verb(
            name="publish",
            label=_("Send to all subscribers"),
            help=_("Everybody on the list gets it by mail. This cannot be taken back."),
            permission="messaging.change_newsletter",
            form=lambda _row, data: forms.Form(data),
            act=_publish,
            applies=lambda issue: issue.sent_at is None,
        ),
        Verb(
            name="proof",
            label=_("Send it to me alone"),
            help=_("As subscribers would get it, to your own address."),
            permission="messaging.change_newsletter",
            form=lambda _row, data: forms.Form(data),
            act=_proof,
        ),
    ]
    list_display = ["subject", "written_at", "sent_at"]
    list_filter = [("sent_at", SetFilter)]
    search_fields = ["subject"]
    ordering = ["-written_at"]
    fields = ["subject", "text", "preview", "readers", "written_at", "sent_at"]
    readonly_fields = ["preview", "readers", "written_at", "sent_at"]

    @admin.display(description=_("preview"))
    def preview(self, issue: Newsletter) -> str:
        """As the mail says it."""
        return render_to_string("admin/messaging/_preview.html", {"text": issue.text})

    @admin.display(description=_("subscribers"))
    def readers(self, _issue: Newsletter) -> str:
        """Who would get it today, counted no further than tells anything."""
        found = Subscriber.objects.on_the_list().order_by()[: COUNT_LIMIT + 1].count()
        return f"{grouped(COUNT_LIMIT)}+" if found > COUNT_LIMIT else str(found)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("messaging.add_newsletter")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_sent = obj is not None and obj.sent_at is not None
        return not is_sent and request.user.has_perm("messaging.change_newsletter")


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnlyAdmin):
    list_display = ["email", "asked_at", "confirmed_at"]
    list_filter = [("confirmed_at", SetFilter), "asked_at"]
    search_fields = ["email"]
    ordering = ["-id"]
