"""People, what protects them from each other, and what they may take with them."""

from accounts.models.notes import StaffNote
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
from accounts.models.tokens import ApiToken, Scope
from accounts.models.uploads import PrivateUpload

__all__ = [
    "NOBODY",
    "SEEN_EVERY",
    "Amounts",
    "ApiToken",
    "Block",
    "DataExport",
    "MailTrouble",
    "PrivateUpload",
    "Report",
    "Scope",
    "SecurityEvent",
    "Side",
    "StaffNote",
    "Standing",
    "Theme",
    "User",
    "Work",
]
