"""Reads our templates as browsers get them: without the indentation that is for who writes them."""

import re

from django.template import Origin
from django.template.loaders import filesystem

INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class Loader(filesystem.Loader):
    """It saves a page a twentieth of its compressed bytes; mails and texts stay as they are."""

    def get_contents(self, origin: Origin) -> str:
        contents: str = super().get_contents(origin)
        name = str(origin.template_name)
        is_page = name.endswith(".html") and not name.startswith("emails/")
        return INDENTATION.sub("", contents) if is_page else contents
