"""Tables that belong to no single app."""

from gigstream.core.models.answers import KeptAnswer
from gigstream.core.models.audit import AuditEntry
from gigstream.core.models.cache import CacheRow
from gigstream.core.models.checks import Check
from gigstream.core.models.jobs import PeriodicJob
from gigstream.core.models.pages import PageVersion
from gigstream.core.models.settings import PlatformSetting, Policy, Settings, Site
from gigstream.core.models.staff import ESCALATED, StaffTask
from gigstream.core.models.vitals import WebVital

__all__ = [
    "ESCALATED",
    "AuditEntry",
    "CacheRow",
    "Check",
    "KeptAnswer",
    "PageVersion",
    "PeriodicJob",
    "PlatformSetting",
    "Policy",
    "Settings",
    "Site",
    "StaffTask",
    "WebVital",
]
