"""What stands on the pages of words: what the operator wrote, or what the site came with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.template import Context, loader
from django.template.loader_tags import BlockNode
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from gigstream.core.errors import NotAllowed, Stale
from gigstream.core.models import AuditEntry, PageVersion, PlatformSetting
from gigstream.core.words import Words, markdown_of, read, with_numbers

EXAMPLE = 100_00  # minor units
KEPT = 3600  # seconds


def edited(page: str) -> dict[str, Any] | None:
    """What the operator's text of a page needs to be shown; None where there is none.

    It is the one in the language of whoever reads, or else in that of the site, for what
    the site came with may say something different. One query finds the version in force;
    what it says is kept in the process.
    """
    language = get_language() or settings.LANGUAGE_CODE
    texts = PageVersion.objects.in_force().filter(
        page=page, language__in={language, settings.LANGUAGE_CODE}
    )
    in_force = {each.language: each for each in texts.exclude(title="").defer("body")}
    newest = in_force.get(language) or in_force.get(settings.LANGUAGE_CODE)
    if newest is None:
        return None
    words = _words(newest.pk)
    html = words.html
    if "{" in html:
        html = with_numbers(html, PlatformSetting.objects.in_force())
    return {
        "title": newest.title,
        "lead": newest.lead,
        "sections": words.sections,
        "words": html,
        "lang": "" if newest.language == language else newest.language,
    }


def _words(version_id: UUID) -> Words:
    key = f"page:{version_id}"
    kept: Words | None = caches["memory"].get(key)
    if kept is None:
        kept = read(
            PageVersion.objects.values_list("body", flat=True).get(pk=version_id)
        )
        caches["memory"].set(key, kept, KEPT)
    return kept


def rules() -> dict[str, Any]:
    """The policy in force with an example, for pages that quote it."""
    policy = PlatformSetting.objects.in_force()
    fee = policy.service_fee(EXAMPLE)
    example = {"price": EXAMPLE, "fee": fee, "total": EXAMPLE + fee}
    return {"policy": policy, "example": example}


def shipped(page: str, language: str) -> dict[str, str]:
    """What the site came with, as a text to begin from; its numbers are those of today."""
    with override(language):
        return _shipped(page)


def _shipped(page: str) -> dict[str, str]:
    template = loader.get_template(f"core/{page}.html").template  # type: ignore[attr-defined]
    context = Context({**rules(), "site_name": ""})
    with context.bind_template(template):
        blocks = {
            node.name: markdown_of(node.render(context))
            for node in template.nodelist.get_nodes_by_type(BlockNode)
            if node.name in {"heading", "lead", "words"}
        }
    return {
        "title": blocks.get("heading", ""),
        "lead": blocks.get("lead", "")[:300],
        "body": blocks.get("words", ""),
    }


@transaction.atomic
def publish_page(
    *,
    page: str,
    language: str,
    title: str,
    lead: str,
    body: str,
    seen_version: int,
    actor: Any,
    reason: str,
    now: datetime,
) -> PageVersion:
    """Put a new text of a page in force; without a body, there is none in this language.

    `seen_version` is the one in force when the actor began (0 for none); somebody else's
    change meanwhile is `Stale`.
    """
    if not actor.has_perm("core.add_pageversion"):
        raise NotAllowed(_("This is not yours to do."))
    if language not in dict(settings.LANGUAGES):
        raise NotAllowed(_("The site does not speak this language."))
    if not reason.strip():
        raise NotAllowed(_("Give a reason; it stays with the change."))
    current = PageVersion.objects.of(page, language).first()
    if (current.version if current else 0) != seen_version:
        raise Stale(_("Somebody else changed this page meanwhile. Look at it again."))
    try:
        with transaction.atomic():
            new = PageVersion.objects.create(
                page=page,
                language=language,
                version=seen_version + 1,
                title=title if body else "",
                lead=lead if body else "",
                body=body,
                written_at=now,
                written_by=actor,
                reason=reason,
            )
    except IntegrityError as error:
        raise Stale(
            _("Somebody else changed this page meanwhile. Look at it again.")
        ) from error
    AuditEntry.objects.create(
        at=now,
        actor=actor,
        verb="core.publish_page",
        target=f"core.pageversion:{new.pk}",
        before={"version": seen_version},
        after={
            "page": page,
            "language": language,
            "version": new.version,
            "title": new.title,
        },
        reason=reason,
    )
    return new
