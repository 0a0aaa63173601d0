"""Tables that belong to no single app."""

from gigstream.core.models.audit import AuditEntry
from gigstream.core.models.settings import PlatformSetting

__all__ = ["AuditEntry", "PlatformSetting"]
