"""Changing the settings of the marketplace: its rules, and how the site shows itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError, create_model

from gigstream.core import site
from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry, PlatformSetting, Settings

MAY_CHANGE = "core.add_platformsetting"

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
