"""People, what protects them from each other, and what they may take with them."""

from accounts.models.people import (
    SEEN_EVERY,
    Amounts,
    MailTrouble,
    Side,
    Standing,
    Theme,
    User,
)
from accounts.models.portfolio import Work
from accounts.models.privacy import NOBODY, DataExport
from accounts.models.safety import Block, Report
from accounts.models.security import SecurityEvent

__all__ = [
    "NOBODY",
    "SEEN_EVERY",
    "Amounts",
    "Block",
    "DataExport",
    "MailTrouble",
    "Report",
    "SecurityEvent",
    "Side",
    "Standing",
    "Theme",
    "User",
    "Work",
]
