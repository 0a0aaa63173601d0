"""Changing the settings of the marketplace: its rules, and how the site shows itself."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise
from pydantic import BaseModel, ValidationError, create_model

from gigstream.core import site
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry, PlatformSetting, Settings
from gigstream.core.money import written

IN_MINOR_UNITS = {"payout_minimum", "payout_daily_maximum"}
MAY_CHANGE = "core.add_platformsetting"

LABELS: dict[str, StrOrPromise] = {
    "currency": gettext_lazy("Currency"),
    "service_fee_bps": gettext_lazy("Service fee, in basis points"),
    "commission_bps": gettext_lazy("Commission, in basis points"),
    "clearance_days": gettext_lazy("Days until earnings clear"),
    "unpaid_expires_minutes": gettext_lazy("Minutes to pay"),
    "review_window_days": gettext_lazy("Days to look at a delivery"),
    "review_extension_days": gettext_lazy("Days by which a buyer extends that"),
    "late_grace_hours": gettext_lazy("Hours late before the buyer may cancel"),
    "proposal_hours": gettext_lazy("Hours to answer a proposal"),
    "dispute_hours": gettext_lazy("Hours to answer a dispute"),
    "review_days": gettext_lazy("Days to review each other"),
    "payout_minimum": gettext_lazy("Least, in minor units"),
    "payout_daily_maximum": gettext_lazy("Most in 24 hours, in minor units"),
    "payouts_per_day": gettext_lazy("How many in 24 hours"),
    "payout_freeze_hours": gettext_lazy(
        "Hours without withdrawals after a new destination"
    ),
    "site_name": gettext_lazy("Name"),
    "gig_moderation": gettext_lazy("Staff look at gigs first"),
    "maintenance": gettext_lazy("Closed for maintenance"),
    "maintenance_text": gettext_lazy("What visitors read meanwhile"),
    "announcement": gettext_lazy("Text"),
    "announcement_level": gettext_lazy("How urgent"),
    "announcement_from": gettext_lazy("From"),
    "announcement_until": gettext_lazy("Until"),
    "announcement_dismissible": gettext_lazy("Can be closed"),
}

# For JSON: any of the settings, and those that are left out stay as they are.
SettingsPatch: type[BaseModel] = create_model(  # type: ignore[call-overload]
    "SettingsPatch",
    __config__={"extra": "forbid"},
    **{
        name: (info.annotation | None, None)  # type: ignore[operator]
        for name, info in Settings.model_fields.items()
    },
)


@transaction.atomic
def change_settings(
    *,
    changes: Mapping[str, Any],
    seen_version: int,
    actor: Any,
    reason: str,
    now: datetime,
) -> PlatformSetting:
    """Put a new version in force: the rules for orders from now on, the rest at once.

    `changes` are the settings that are to be different. `seen_version` is the one that
    was in force when the actor looked (0 for none); somebody else's change meanwhile is
    `Stale`. What the settings do not allow is refused as a whole.
    """
    if not actor.has_perm(MAY_CHANGE):
        raise NotAllowed(_("This is not yours to do."))
    if not reason.strip():
        raise NotAllowed(_("Give a reason; it stays with the change."))
    version, old = PlatformSetting.objects.newest()
    if version != seen_version:
        raise Stale(_("Somebody else changed the rules meanwhile. Look at them again."))
    new = with_changes(old, changes)
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        raise NotAllowed(_("Nothing was changed."))
    setting = PlatformSetting.following(version, new)
    setting.set_at, setting.set_by, setting.reason = now, actor, reason
    try:
        with transaction.atomic():
            setting.save(force_insert=True)
    except IntegrityError as error:
        raise Stale(
            _("Somebody else changed the rules meanwhile. Look at them again.")
        ) from error
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="core.change_settings",
        target=f"core.platformsetting:{setting.pk}",
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        reason=reason,
    )
    site.forget()
    transaction.on_commit(site.forget)
    return setting


def with_changes(old: Settings, changes: Mapping[str, Any]) -> Settings:
    """The settings as they would be; a wrong or unknown one is refused by its name."""
    try:
        return Settings(**{**old.model_dump(), **changes})
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or _('settings')}: {each['msg']}"
            for each in error.errors()
        )
        raise NotAllowed(problems) from error


def worded(name: str, value: Any, *, currency: str) -> str:
    """The value of a setting, with what it comes to beside units that nobody thinks in."""
    if name == "currency":
        return str(value).upper()
    if name.endswith("_bps"):
        return f"{value} ({number_format(Decimal(value) / 100)} %)"
    if name in IN_MINOR_UNITS:
        return f"{value} ({written(value, currency)})"
    return said(value)


def said(value: Any) -> str:
    """The value of a setting, as staff read it."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return "-" if value in {None, ""} else str(value)
