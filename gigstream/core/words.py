"""Texts of the operator: a little Markdown, and nothing of HTML, which stays the characters it is.

Numbers of the policy in force are named in braces, so that a page never says another one.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from gigstream.core.models.settings import Policy
from gigstream.core.templatetags.ui import percent

_RULES = [
    "blockquote",
    "emphasis",
    "escape",
    "heading",
    "hr",
    "link",
    "list",
    "newline",
]
_LEADS = re.compile(r"^(?:https?://|mailto:|/(?!/)|#)", re.IGNORECASE)
_ANCHOR = re.compile(r"\s*\{#([a-z][a-z0-9-]*)\}$")
_NAMED = re.compile(r"\{([a-z_]+)\}")

_parser = MarkdownIt("zero").enable(_RULES)
# Nowhere but to a page, an address of ours or a mail.
_parser.validateLink = lambda url: bool(_LEADS.match(url))  # type: ignore[method-assign]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    anchor: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text as HTML, and its headings for the contents."""

    html: SafeString
    sections: list[Section]


def read(text: str) -> Words:
    """Headings begin with the second level: the first is the page's own."""
    tokens = _parser.parse(text)
    sections: list[Section] = []
    for token, inline in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type not in {"heading_open", "heading_close"}:
            continue
        token.tag = "h2" if token.tag in {"h1", "h2"} else "h3"
        if token.type == "heading_open" and token.tag == "h2" and inline:
            section = _section(inline, number=len(sections) + 1)
            token.attrSet("id", section.anchor)
            sections.append(section)
    html = _parser.renderer.render(tokens, _parser.options, {})
    return Words(html=mark_safe(html), sections=sections)  # noqa: S308 - the parser escapes


def _section(heading: Token, *, number: int) -> Section:
    """What a heading is called, and its anchor: what stands behind it as {#anchor}, or made."""
    parts = heading.children or []
    anchor = ""
    if parts and (named := _ANCHOR.search(parts[-1].content)):
        anchor = named[1]
        parts[-1].content = parts[-1].content[: named.start()]
    title = "".join(part.content for part in parts)
    return Section(anchor=anchor or f"{slugify(title) or 'part'}-{number}", title=title)


def with_numbers(html: SafeString, policy: Policy) -> SafeString:
    """Put in what the policy in force says; a name that is none stays as it is."""
    numbers = numbers_of(policy)

    def number(found: re.Match[str]) -> str:
        return numbers.get(found[1], found[0])

    return mark_safe(_NAMED.sub(number, html))  # noqa: S308 - numbers in escaped HTML


def numbers_of(policy: Policy) -> dict[str, str]:
    """All that a text may name, as people write it."""
    return {
        "fee": percent(policy.service_fee_bps),
        "commission": percent(policy.commission_bps),
        "unpaid_minutes": str(policy.unpaid_expires_minutes),
        "window_days": str(policy.review_window_days),
        "extension_days": str(policy.review_extension_days),
        "grace_hours": str(policy.late_grace_hours),
        "clearance_days": str(policy.clearance_days),
        "review_days": str(policy.review_days),
    }


class _Reader(HTMLParser):
    """Writes the simple HTML of our own pages as the Markdown that `read` understands."""

    BEFORE = {"h2": "\n\n## ", "h3": "\n\n### ", "p": "\n\n", "li": "\n- ", "ul": "\n"}

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._leads_to: list[str] = []
        self._anchor = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(self.BEFORE.get(tag, ""))
        if tag in {"strong", "b"}:
            self.parts.append("**")
        if tag == "h2":
            self._anchor = dict(attrs).get("id") or ""
        if tag == "a":
            self._leads_to.append(dict(attrs).get("href") or "")
            self.parts.append("[")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"strong", "b"}:
            self.parts.append("**")
        if tag == "h2" and self._anchor:
            self.parts.append(f" {{#{self._anchor}}}")
        if tag == "a" and self._leads_to:
            self.parts.append(f"]({self._leads_to.pop()})")

    def handle_data(self, data: str) -> None:
        words = re.sub(r"\s+", " ", data)
        is_start = not self.parts or self.parts[-1][-1:] in {"\n", " "}
        self.parts.append(words.lstrip() if is_start else words)


def markdown_of(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    text = "".join(part for part in reader.parts if part)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" +\n", "\n", text)).strip()
