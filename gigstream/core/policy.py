"""Changing the rules of the marketplace."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry, PlatformSetting, Policy


@transaction.atomic
def change_policy(
    *, policy: Policy, seen_version: int, actor: Any, reason: str, now: datetime
) -> PlatformSetting:
    """Put a new version in force, for orders that are placed from now on.

    `seen_version` is the one that was in force when the actor looked (0 for none);
    somebody else's change meanwhile is `Stale`.
    """
    if not actor.has_perm("core.add_platformsetting"):
        raise NotAllowed(_("This is not yours to do."))
    if not reason.strip():
        raise NotAllowed(_("Give a reason; it stays with the change."))
    current = PlatformSetting.objects.order_by("-version").first()
    if (current.version if current else 0) != seen_version:
        raise Stale(_("Somebody else changed the rules meanwhile. Look at them again."))
    old, new = PlatformSetting.objects.in_force().model_dump(), policy.model_dump()
    changed = {name for name in new if new[name] != old[name]}
    if not changed:
        raise NotAllowed(_("Nothing was changed."))
    setting = PlatformSetting.following(current, policy)
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
        verb="core.change_policy",
        target=f"core.platformsetting:{setting.pk}",
        before={name: old[name] for name in changed},
        after={name: new[name] for name in changed},
        reason=reason,
    )
    return setting
