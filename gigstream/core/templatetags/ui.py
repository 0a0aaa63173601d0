"""What every template may use without loading it: money, icons, stars, faces, moments."""

import functools
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Protocol
from urllib.parse import urljoin
from zlib import crc32

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import caches
from django.template import RequestContext
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils import formats, timesince, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

from gigstream.core import clock, money
from gigstream.core.dates import dated

register = template.Library()

# Older than this, a date says more than "five weeks ago".
RELATIVE_UP_TO = timedelta(days=30)
HOUR = 3600
SPRITE = "icons/lucide.svg"
HIDDEN = mark_safe('aria-hidden="true"')
STAR = mark_safe(
    '<svg width="14" height="14" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2l3 6.6 '
    '7.1.8-5.3 4.8 1.5 7L12 17.6 5.7 21.2l1.5-7L1.9 9.4 9 8.6z"/></svg>'
)


class Person(Protocol):
    """What a face is drawn from."""

    @property
    def initials(self) -> str: ...
    def avatar_url(self, rendition: str = ...) -> str: ...


@register.filter(name="money")
def written_money(amount: int | None, currency: str = "usd") -> str:
    return "" if amount is None else money.shown(amount, currency or "usd")


@register.filter
def money_short(amount: int | None, currency: str = "usd") -> str:
    """As `money`, but `$15` rather than `$15.00`: for cards and chips."""
    return "" if amount is None else money.shown(amount, currency or "usd", short=True)


@register.filter
def percent(basis_points: int) -> str:
    """Write basis points as people do: 1050 is 10.5%."""
    whole, rest = divmod(basis_points, 100)
    fraction = f"{rest:02}".rstrip("0")
    point = formats.get_format("DECIMAL_SEPARATOR") if fraction else ""
    return f"{whole}{point}{fraction}%"


@register.simple_tag(takes_context=True)
def again(context: RequestContext, block: str) -> SafeString:
    """What the page put into a block, a second time: for title and description in the head."""
    blocks = context.render_context[BLOCK_CONTEXT_KEY]
    return SafeString(blocks.get_block(block).render(context))


@register.simple_tag(takes_context=True)
def kept(
    context: RequestContext, name: str, look: str = "", *, members_alike: bool = False
) -> SafeString:
    """A fragment of every page that says the same to all strangers: theirs is kept for an hour.

    It may ask for no more than what every page knows; `look` is what else it depends on.
    With `members_alike` it says one thing to all who are logged in, and that is kept too.
    """
    fragment = context.template.engine.get_template(name)  # type: ignore[union-attr]
    user = context.get("user")
    if user is None or (user.is_authenticated and not members_alike):
        return fragment.render(context)
    site = crc32(str(context.get("site_name")).encode())
    key = f"kept:{name}:{look}:{user.is_authenticated:d}:{get_language()}:{site}"
    memory = caches["memory"]
    html: SafeString | None = memory.get(key)
    if html is None:
        html = fragment.render(context)
        memory.set(key, html, HOUR)
    return html


@register.filter(name="dated", expects_localtime=True)
def dated_as(moment: date | None, english: str) -> str:
    """A moment by a format of `core.dates`, as the language of the page has it."""
    return dated(moment, english) if moment else ""


@register.filter
def absolute(address: str) -> str:
    """The whole address of something of ours, for readers who are not on this site."""
    ours = address.startswith("/")
    return urljoin(settings.SITE_URL, address) if ours else address


@register.simple_tag
def icon(name: str, size: int = 20, css: str = "", label: str = "") -> SafeString:
    """Draw one of lucide's icons; decoration, unless a `label` gives it a meaning of its own."""
    return _icon(str(name), int(size), str(css), str(label))


@functools.lru_cache(maxsize=512)
def _icon(name: str, size: int, css: str, label: str) -> SafeString:
    # Remembered because each miss in lucide's own small cache opens a zip file.
    if name in _sprite():
        drawn = format_html('<use href="{}#{}"/>', static(SPRITE), name)
    else:
        lines = re.sub(r"</?svg[^>]*>|\s+(?=/?>)|\n\s*", "", lucide(name))
        drawn = SafeString(lines)
    return format_html(
        '<svg class="{}" width="{}" height="{}" viewBox="0 0 24 24" {}>{}</svg>',
        f"icon {css}".rstrip(),
        *(size, size),
        format_html('role="img" aria-label="{}"', label) if label else HIDDEN,
        drawn,
    )


@functools.cache
def _sprite() -> frozenset[str]:
    """The icons in the file that browsers keep; others, as a category's, are drawn in the page."""
    path = finders.find(SPRITE)
    text = Path(path).read_text() if path else ""
    return frozenset(re.findall(r'<symbol id="([^"]+)"', text))


@register.simple_tag
def star(rating: Decimal | float | None, count: int | None = None) -> SafeString:
    """Show a rating as a star and a number, with the number of reviews where it is given."""
    if not rating:
        return format_html('<span class="muted">{}</span>', _("No reviews yet"))
    reviews = (
        ""
        if count is None
        else format_html(' <span class="muted num">({})</span>', count)
    )
    return format_html(
        '<span class="star">{}<b class="num"><span class="sr-only">{} </span>{}</b>{}</span>',
        STAR,
        _("Rated"),
        formats.number_format(round(float(rating), 1), decimal_pos=1),
        reviews,
    )


@register.simple_tag
def avatar(
    person: Person | None, size: int = 32, rendition: str = "thumb"
) -> SafeString:
    """Show a face, or initials without one; always beside the name, hence silent itself."""
    url = person.avatar_url(rendition) if person else ""
    if url:
        inside = format_html(
            '<img src="{}" width="{}" height="{}" alt="" loading="lazy">',
            *(url, size, size),
        )
    else:
        inside = format_html("{}", person.initials if person else "?")
    return format_html(
        '<span class="avatar avatar-{}" aria-hidden="true">{}</span>', size, inside
    )


@register.simple_tag
def when(moment: datetime | None) -> SafeString | str:
    """Write a moment as people say it, with the whole date and time on hover."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        formats.date_format(local, "DATETIME_FORMAT"),
        _spoken(moment),
    )


def _spoken(moment: datetime) -> str:
    now = clock.now()
    distance = abs(moment - now)
    if distance < timedelta(minutes=1):
        return _("just now") if moment <= now else _("in a moment")
    if distance > RELATIVE_UP_TO:
        return formats.date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")
    if moment < now:
        return _("%(time)s ago") % {"time": timesince.timesince(moment, now, depth=1)}
    return _("in %(time)s") % {"time": timesince.timeuntil(moment, now, depth=1)}
