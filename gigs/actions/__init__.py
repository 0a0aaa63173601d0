"""Everything that can be done to a gig."""

from gigs.actions.edit import (
    ExtraTerms,
    Faq,
    GigContent,
    PackageTerms,
    Question,
    create,
    update,
)
from gigs.actions.favorites import MOST_SAVED, save, unsave, unsave_all
from gigs.actions.life import archive, pause, publish, resume
from gigs.actions.pictures import (
    MOST_PICTURES,
    add_picture,
    move_picture,
    note_upload,
    refuse_full_gallery,
    remove_picture,
)

__all__ = [
    "MOST_PICTURES",
    "MOST_SAVED",
    "ExtraTerms",
    "Faq",
    "GigContent",
    "PackageTerms",
    "Question",
    "add_picture",
    "archive",
    "create",
    "move_picture",
    "note_upload",
    "pause",
    "publish",
    "refuse_full_gallery",
    "remove_picture",
    "resume",
    "save",
    "unsave",
    "unsave_all",
    "update",
]
