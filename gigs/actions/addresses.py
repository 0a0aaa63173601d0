"""The addresses of a gig: one that it has, and those that it had."""

import secrets

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from gigs.models import Gig, GigAddress

SLUG_LENGTH = 80


def save_under_new_slug(gig: Gig) -> None:
    """Save under an address made of the title, with a suffix where that one is taken.

    A gig whose address fits its title keeps it. An address that it had before still leads
    to it, and to no other gig.
    """
    words = slugify(gig.title)[:SLUG_LENGTH].strip("-")
    if gig.slug and words and gig.slug.startswith(words):
        gig.save()
        return
    old = gig.slug
    for slug in [words, *(_suffixed(words) for _attempt in range(3))]:
        if not slug or _is_taken(slug, gig):
            continue
        gig.slug = slug
        try:
            with transaction.atomic():
                gig.save()
        except IntegrityError:
            if not _is_taken(slug, gig):
                raise
        else:
            _remember(gig, old)
            return
    raise RuntimeError("No free address for a gig after four tries.")


def _is_taken(slug: str, gig: Gig) -> bool:
    others = Gig.objects.filter(slug=slug).exclude(pk=gig.pk)
    once = GigAddress.objects.filter(slug=slug).exclude(gig=gig.pk)
    return others.exists() or once.exists()


def _remember(gig: Gig, old: str) -> None:
    gig.old_addresses.filter(slug=gig.slug).delete()
    if old:
        gig.old_addresses.get_or_create(slug=old)


def _suffixed(words: str) -> str:
    return "-".join(filter(None, [words or "gig", secrets.token_hex(3)]))
