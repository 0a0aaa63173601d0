"""Notifications and conversations, as operators see them: what was said stays private."""

from django.contrib import admin
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gigstream.core.admin import ReadOnlyAdmin
from messaging.models import Conversation, Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["title", "user", "kind", "created_at", "read_at", "mailed_at"]
    list_filter = ["kind", "created_at", ("mailed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__full_name", "key"]
    ordering = ["-created_at", "-id"]


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    """Who writes to whom and how much, never what."""

    list_display = ["id", "first", "second", "message_count", "last_message_at"]
    list_select_related = ["first", "second"]
    search_fields = ["first__email", "second__email"]
    ordering = ["-created_at", "-id"]
    fields = ["id", "first", "second", "message_count", "created_at", "last_message_at"]
    readonly_fields = ["message_count"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Model]:
        conversations = super().get_queryset(request)
        counted: QuerySet[models.Model] = conversations.annotate(
            written=Count("messages")
        )
        return counted

    @admin.display(description=_("messages"), ordering="written")
    def message_count(self, conversation: Conversation) -> int:
        written: int = conversation.written  # type: ignore[attr-defined]
        return written
