"""What the search field proposes while somebody types: searches, categories, sellers."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from gigs.models import Category, Gig, Listing, SearchWord, Tag
from gigs.search.popular import popular_searches
from gigs.search.words import WORD, plain

SHORTEST = 2
QUERIES, CATEGORIES, SELLERS = 4, 2, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One line: what was typed, what that would become, and where it leads."""

    text: str
    url: str
    typed: str = ""
    note: str = ""
    icon: str = "search"

    @property
    def kept(self) -> str:
        """The beginning that was typed; the rest is the proposal."""
        same = self.text.casefold().startswith(self.typed)
        return self.text[: len(self.typed)] if same else ""

    @property
    def proposed(self) -> str:
        return self.text[len(self.kept) :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Suggestions of one kind under their heading."""

    key: str
    title: str
    rows: list[Suggestion]


def suggest(typed: str) -> list[Group]:
    """At most eight suggestions in three groups, each found by an index."""
    typed = " ".join(typed[:60].casefold().split())
    if len(typed) < SHORTEST:
        return []
    groups = [
        Group(key="queries", title=_("Searches"), rows=_queries(typed)),
        Group(key="categories", title=_("Categories"), rows=_categories(typed)),
        Group(key="sellers", title=_("Sellers"), rows=_sellers(typed)),
    ]
    return [group for group in groups if group.rows]


def _queries(typed: str) -> list[Suggestion]:
    """What others searched for; then tags, and last a word that continues the last one."""
    texts = dict.fromkeys(popular_searches(limit=QUERIES, beginning=typed))
    if len(texts) < QUERIES:
        # Of gigs on offer: what stands in a draft is nobody else's to read.
        offered = Gig.tags.through.objects.filter(gig__listing__isnull=False)
        tags = Tag.objects.filter(Exists(offered.filter(tag=OuterRef("pk"))))
        tags = tags.filter(name__startswith=typed).order_by("name")
        texts.update(dict.fromkeys(tags.values_list("name", flat=True)[:QUERIES]))
    if len(texts) < QUERIES:
        texts.update(dict.fromkeys(_continued(typed)))
    return [
        Suggestion(text=text, url=_search_for(text), typed=typed)
        for text in list(texts)[:QUERIES]
    ]


def _continued(typed: str) -> Iterable[str]:
    before, _space, last = typed.rpartition(" ")
    if not (WORD.fullmatch(last) and len(last) >= SHORTEST):
        return []
    words = SearchWord.objects.filter(word__startswith=plain(last)).order_by("-uses")
    return [
        f"{before} {word}".strip()
        for word in words.values_list("word", flat=True)[:QUERIES]
    ]


def _categories(typed: str) -> list[Suggestion]:
    """Categories that are called so, or have a word that begins so."""
    named = Q(name__istartswith=typed) | Q(name__icontains=f" {typed}")
    rows = Category.objects.shown().filter(named).select_related("parent")
    return [
        Suggestion(
            text=row.name,
            url=row.get_absolute_url(),
            typed=typed,
            note=row.parent.name if row.parent else "",
            icon=row.icon,
        )
        for row in rows.order_by("position", "name")[:CATEGORIES]
    ]


def _sellers(typed: str) -> list[Suggestion]:
    """People with something on offer, by the beginning of their name or handle."""
    handle, name = typed.removeprefix("@"), typed
    found = User.objects.alias(handle=Lower("username"), name=Lower("full_name"))
    found = found.filter(Q(handle__startswith=handle) | Q(name__startswith=name))
    found = found.filter(Exists(Listing.objects.filter(seller=OuterRef("pk"))))
    return [
        Suggestion(
            text=person.full_name,
            url=person.get_absolute_url() or _search_for(person.full_name),
            typed=typed,
            note=f"@{person.username}" if person.username else "",
            icon="user-round",
        )
        for person in found.order_by("full_name")[:SELLERS]
    ]


def _search_for(text: str) -> str:
    return f"{reverse('gigs:market')}?{urlencode({'q': text})}"
