"""The gigs, own and saved, of somebody who takes their data along."""

from typing import Any

from accounts.exports import Part, exports
from accounts.models import User
from gigs.models import Favorite, Gig


@exports("gigs")
def gigs(user: User) -> Part:
    return Part(data=[_gig(gig) for gig in _own(user)])


def _own(user: User) -> Any:
    parts = "packages", "extras", "faqs", "requirements", "images", "tags"
    own = Gig.objects.of(user).select_related("category", "change")
    return own.prefetch_related(*parts).order_by("created_at")


def _gig(gig: Gig) -> dict[str, Any]:
    return {
        "id": gig.pk,
        "title": gig.title,
        "description": gig.description,
        "category": gig.category.name,
        "status": gig.status,
        "currency": gig.currency,
        "tags": [tag.name for tag in gig.tags.all()],
        "created_at": gig.created_at,
        "published_at": gig.published_at,
        "packages": [
            {
                "tier": package.tier,
                "name": package.name,
                "description": package.description,
                "price": package.price,
                "delivery_days": package.delivery_days,
                "revisions": package.revisions,
                "features": package.features,
            }
            for package in gig.packages.all()
        ],
        "extras": [
            {
                "name": extra.name,
                "price": extra.price,
                "days": extra.days,
                "revisions": extra.revisions,
            }
            for extra in gig.extras.all()
        ],
        "faq": [
            {"question": faq.question, "answer": faq.answer} for faq in gig.faqs.all()
        ],
        "questions": [question.question for question in gig.requirements.all()],
        "pictures": [
            {"address": image.large, "shows": image.alt} for image in gig.images.all()
        ],
        "waits_for_review": gig.pending.parts if gig.pending else {},
    }


@exports("saved_gigs")
def saved_gigs(user: User) -> Part:
    mine = Favorite.objects.visible_to(user).order_by("pk")
    return Part(data=list(mine.values("gig__title", "created_at")))
