"""Refusals as problem details (RFC 9457): one shape for whatever goes wrong under /api/."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Something that an operation will not do; `code` is for programs, `detail` for people."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        code: str = "",
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.code = status, detail, code
        self.headers, self.more = headers or {}, more

    def answer(self) -> HttpResponse:
        phrase = HTTPStatus(self.status).phrase
        said = {
            "type": "about:blank",
            "title": phrase,
            "status": self.status,
            "detail": self.detail or phrase,
            "code": self.code or phrase.lower().replace(" ", "_").replace("-", "_"),
            **self.more,
        }
        return HttpResponse(
            json.dumps(said),
            status=self.status,
            content_type=MEDIA_TYPE,
            headers={"Cache-Control": "no-store", **self.headers},
        )


class Wrong(BaseModel):
    """One thing that is wrong with what was sent."""

    loc: list[str | int] = Field(
        description="Where: body, query or path, and the field."
    )
    msg: str
    type: str


class ProblemDetails(BaseModel):
    """The shape of a problem, for the document."""

    type: str
    title: str
    status: int
    detail: str
    code: str = Field(description="What went wrong, for programs.")
    errors: list[Wrong] | None = Field(None, description="Field by field, with 422.")
