"""Private files that people hand each other: judged by their content, named by us.

They are kept as they came, because a delivery must be what the seller made, byte for
byte. They leave only as downloads that no browser will run.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ACCEPTED = (
    ".png,.jpg,.jpeg,.gif,.webp,.pdf,.zip,.docx,.xlsx,.pptx,"
    ".mp4,.mov,.webm,.mp3,.wav,.ogg,.psd,.ai,.eps,.ttf,.otf,.woff2,.txt,.csv,.md,.json"
)
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"%!PS-Adobe", "application/postscript"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
    (0, b"\x00\x01\x00\x00", "font/ttf"),
    (0, b"OTTO", "font/otf"),
    (0, b"wOF2", "font/woff2"),
)
MARKUP = re.compile(
    rb"<\s*(?:!doctype|html|svg|script|\?xml|iframe|body|head)", re.IGNORECASE
)
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
NAME_LIMIT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """An uploaded file that may be kept, with the name and type that we give it."""

    file: UploadedFile[bytes]
    name: str
    media_type: str
    size: int
    sha256: str


def check_file(file: UploadedFile[bytes]) -> CheckedFile:
    """Judge a file by its bytes; raises `ValidationError` with words for its field."""
    name = safe_name(file.name or "")
    size = file.size or 0
    if size > settings.FILE_UPLOAD_MAX_FILE_BYTES:
        raise ValidationError(_("“%(name)s” is larger than 10 MB.") % {"name": name})
    if not size:
        raise ValidationError(_("“%(name)s” is empty.") % {"name": name})
    digest, head, is_text = _read(file)
    media_type = _media_type(head, is_text=is_text)
    if media_type is None:
        raise ValidationError(
            _("“%(name)s” is of a kind that is not accepted. Put it into a ZIP file.")
            % {"name": name}
        )
    return CheckedFile(
        file=file, name=name, media_type=media_type, size=size, sha256=digest
    )


def safe_name(name: str) -> str:
    """The name without its path, without control and direction marks, and not too long."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > 10:
        return kept[:NAME_LIMIT] or "file"
    return f"{stem[: NAME_LIMIT - len(ending) - 1] or 'file'}.{ending}"


def _read(file: UploadedFile[bytes]) -> tuple[str, bytes, bool]:
    """The file's SHA-256, its first bytes, and whether all of it is plain text."""
    digest, head, is_text = hashlib.sha256(), b"", True
    for chunk in file.chunks():
        digest.update(chunk)
        head = head or chunk[:4096]
        is_text = is_text and not CONTROL.search(chunk) and not MARKUP.search(chunk)
    file.seek(0)
    return digest.hexdigest(), head, is_text


def _media_type(head: bytes, *, is_text: bool) -> str | None:
    for offset, mark, media_type in SIGNATURES:
        if head[offset : offset + len(mark)] == mark:
            return media_type
    if not is_text:
        return None
    try:
        # The cut at the end of the head may fall inside a character.
        head[:-4].decode() if len(head) == 4096 else head.decode()
    except UnicodeDecodeError:
        return None
    return "text/plain"


class PrivateFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PrivateFilesField(forms.FileField):
    """Up to ten files at once, or just one; cleans to a list of `CheckedFile`."""

    widget = PrivateFilesInput
    default_error_messages = {
        "many": gettext_lazy("At most 10 files at once."),
        "second": gettext_lazy("One file, please; several fit into a ZIP file."),
    }

    def __init__(self, *, multiple: bool = True, **options: Any) -> None:
        self.multiple = multiple
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        limit = settings.FILE_UPLOAD_MAX_FILE_BYTES
        attrs = {"accept": ACCEPTED, "data-max-bytes": limit}
        return {**super().widget_attrs(widget), **attrs} | (
            {"multiple": True} if self.multiple else {}
        )

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:
        files: Sequence[UploadedFile[bytes]] = (
            data if isinstance(data, (list, tuple)) else [data]
        )
        files = [file for file in files if file]
        if not files:
            super().clean(None, initial)
            return []
        if len(files) > (10 if self.multiple else 1):
            code = "many" if self.multiple else "second"
            raise ValidationError(self.error_messages[code], code=code)
        return [
            check_file(super(PrivateFilesField, self).clean(file)) for file in files
        ]
