"""Everything that can be done to a gig."""

from gigs.actions.change import drop_change, send_change_again
from gigs.actions.content import (
    ExtraTerms,
    Faq,
    GigContent,
    PackageTerms,
    Question,
    face_of,
)
from gigs.actions.edit import create, forget, keep, update
from gigs.actions.favorites import MOST_SAVED, save, unsave, unsave_all
from gigs.actions.feature import feature, move_featured, unfeature
from gigs.actions.life import archive, delete, pause, publish, restore, resume
from gigs.actions.pictures import (
    MOST_PICTURES,
    add_picture,
    move_picture,
    note_upload,
    refuse_full_gallery,
    remove_picture,
)
from gigs.actions.review import approve, reject, sent_of
from gigs.actions.staff import archive_as_staff, pause_as_staff, take_down

__all__ = [
    "MOST_PICTURES",
    "MOST_SAVED",
    "ExtraTerms",
    "Faq",
    "GigContent",
    "PackageTerms",
    "Question",
    "add_picture",
    "approve",
    "archive",
    "archive_as_staff",
    "create",
    "delete",
    "drop_change",
    "face_of",
    "feature",
    "forget",
    "keep",
    "move_featured",
    "move_picture",
    "note_upload",
    "pause",
    "pause_as_staff",
    "publish",
    "refuse_full_gallery",
    "reject",
    "remove_picture",
    "restore",
    "resume",
    "save",
    "send_change_again",
    "sent_of",
    "take_down",
    "unfeature",
    "unsave",
    "unsave_all",
    "update",
]
