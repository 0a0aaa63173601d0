"""Papers as PDF: receipts, statements, evidence.

fpdf2 and fontTools take a second and 40 MB to load, which only a process that draws
a paper shall pay; so they come with the first one.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse

if TYPE_CHECKING:
    from gigstream.core.paper import Paper


def new_paper(
    title: str, *, site: str, footer: str = "", at: datetime | None = None
) -> "Paper":
    """A paper to write on; `at` is when it was written: then the same words are the same bytes."""
    from gigstream.core.paper import Paper

    return Paper(title, site=site, footer=footer, at=at)


def as_download(content: bytes, *, name: str) -> HttpResponse:
    """A PDF as a file to keep, which runs nothing wherever it is opened."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; sandbox; frame-ancestors 'none'"
    )
    return response
