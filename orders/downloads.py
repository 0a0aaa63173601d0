"""A private file on its way to somebody who may have it."""

from datetime import datetime

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from accounts.models import User
from gigstream.services import cloudinary
from orders import actions
from orders.models import OrderFile

POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def hand_over(
    file: OrderFile, *, to: User, address: str, now: datetime
) -> StreamingHttpResponse:
    """The file as a download that no browser runs; that they took it is noted.

    Raises `StorageUnavailable`.
    """
    content = cloudinary.open_private(file.public_id, "raw")
    actions.note_downloads(files=[file], user=to, address=address, now=now)
    headers = {**headers_of(file.name), "Content-Length": str(file.size)}
    return StreamingHttpResponse(content, content_type=file.media_type, headers=headers)


def headers_of(name: str) -> dict[str, str]:
    disposition = content_disposition_header(True, name) or "attachment"
    return {"Content-Disposition": disposition, "Content-Security-Policy": POLICY}
