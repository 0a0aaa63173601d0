"""What sellers write: plain text with bold, italics, lists and headings, and nothing else.

The parser knows no other syntax: HTML, links and pictures stay the characters they are,
so there is nothing to clean afterwards.
"""

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

_ALLOWED = ["emphasis", "list", "heading", "newline"]
_parser = MarkdownIt("zero", {"breaks": True}).enable(_ALLOWED)


def html(text: str) -> str:
    """As HTML. A heading is of the third level, whatever the seller says: it is inside a page."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "h3"
    rendered: str = _parser.renderer.render(tokens, _parser.options, {})
    return rendered


def plain(text: str) -> str:
    """The words alone, in one line: for a card, a search engine, a mail."""
    words = (_words(token.children or ()) for token in _parser.parse(text))
    return " ".join(filter(None, words))


def _words(tokens: Sequence[Token]) -> str:
    parts = (" " if token.type.endswith("break") else token.content for token in tokens)
    return "".join(parts).strip()
