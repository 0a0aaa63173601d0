"""The shelves of the shop, and the words by which gigs are found on them."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gigstream.core.addresses import address
from gigstream.core.ids import uuid7


class CategoryQuerySet(models.QuerySet["Category"]):
    def shown(self) -> Self:
        """Those that people find; what stands on a hidden shelf is hidden, too."""
        return self.filter(is_hidden=False).exclude(parent__is_hidden=True)


class Category(models.Model):
    """A shelf in the shop; a shelf may stand on another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    icon = models.CharField(
        _("icon"), max_length=40, help_text=_("A Lucide icon's name.")
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("shelf above"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_hidden = models.BooleanField(
        _("hidden"),
        default=False,
        help_text=_(
            "Stands in no list and cannot be chosen any more. Its gigs stay on offer, and "
            "its page opens for who knows the address."
        ),
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(
                name="category_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("gigs:category", self.slug)


class Tag(models.Model):
    """A word by which gigs are found."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=30, unique=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name
