"""What search engines read about a page: JSON-LD, safe inside a script element."""

import json
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

# As Django's json_script: nothing inside can close the script element.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def written(facts: dict[str, Any]) -> SafeString:
    """Write facts of schema.org for a template to put into its script element."""
    text = json.dumps({"@context": "https://schema.org", **facts}, ensure_ascii=False)
    return mark_safe(text.translate(ESCAPES))  # noqa: S308 - escaped in this line


def absolute(path: str) -> str:
    return urljoin(settings.SITE_URL, path)
