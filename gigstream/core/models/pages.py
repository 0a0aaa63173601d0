"""Pages of words that the operator has written anew."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from gigstream.core import clock
from gigstream.core.ids import uuid7


class PageVersionQuerySet(models.QuerySet["PageVersion"]):
    def of(self, page: str, language: str) -> Self:
        """The versions of a page in a language, the one in force first."""
        return self.filter(page=page, language=language).order_by("-version")

    def in_force(self) -> Self:
        """Of each page and language the newest."""
        newer = PageVersion.objects.filter(
            page=OuterRef("page"),
            language=OuterRef("language"),
            version__gt=OuterRef("version"),
        )
        return self.filter(~Exists(newer))


class PageVersion(models.Model):
    """One text of a page in one language. A change adds a row: the table is its own history.

    A version without a body says that there is no text of ours any more in this language.
    """

    class Page(models.TextChoices):
        ABOUT = "about", _("About us")
        HELP = "help", _("Help")
        TERMS = "terms", _("Terms of use")
        PRIVACY = "privacy", _("Privacy")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    page = models.CharField(_("page"), max_length=10, choices=Page)
    # Which there are is known to the settings, so another one needs no migration.
    language = models.CharField(_("language"), max_length=10)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=120, blank=True)
    lead = models.CharField(_("first words"), max_length=300, blank=True)
    body = models.TextField(_("text"), max_length=60_000, blank=True)
    written_at = models.DateTimeField(_("written"), default=clock.now)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("written by"),
    )
    reason = models.CharField(_("reason"), max_length=300)

    objects = PageVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a page")
        verbose_name_plural = _("versions of pages")
        constraints = [
            models.UniqueConstraint(
                fields=["page", "language", "version"], name="page_version_is_once"
            ),
            models.CheckConstraint(
                name="page_version_has_a_language", condition=~Q(language="")
            ),
            models.CheckConstraint(
                name="page_version_page_is_known",
                condition=Q(page__in=["about", "help", "terms", "privacy"]),
            ),
            models.CheckConstraint(
                name="page_version_with_a_text_has_a_title",
                condition=Q(body="") | ~Q(title=""),
            ),
            models.CheckConstraint(
                name="page_version_has_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_page_display()} {self.version}"

    @property
    def is_shipped(self) -> bool:
        return not self.body
