"""`url` and `translate` as Django has them, asked once where they always say the same.

A page has dozens of both, and asking was a tenth of what it cost. Most name an address
without parts, or a sentence without filters: those depend on the language alone.
"""

from django import template
from django.template import Context, Node
from django.template.base import Parser, Token
from django.template.defaulttags import url as any_url
from django.templatetags.i18n import do_translate
from django.utils.translation import get_language

register = template.Library()


class Settled(Node):
    """What a node renders, once for each language."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.known: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        if language not in self.known:
            self.known[language] = self.node.render(context)
        return self.known[language]


@register.tag
def url(parser: Parser, token: Token) -> Node:
    node = any_url(parser, token)
    name = node.view_name
    is_open = node.args or node.kwargs or node.asvar or name.is_var or name.filters
    return node if is_open else Settled(node)


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    node = do_translate(parser, token)
    said = node.filter_expression
    is_open = node.asvar or node.message_context or said.filters
    return Settled(node) if said.var.literal and not is_open else node
