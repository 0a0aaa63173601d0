"""What the tests about gigs need again and again: a filled-in editor, and pictures."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from gigs.actions import GigContent, PackageTerms, Question
from gigs.models import RequirementKind, Tier
from gigstream.services.cloudinary import Picture
from tests.factories import a_category

DESCRIPTION = (
    "Three concepts on paper, one final mark, and every file you will ever need. " * 2
)


def overview(category, /, **changes):
    """What the first step sends."""
    title, tags = "I will draw your logo", "Logo, geometric ,logo"
    return {"title": title, "category": str(category.pk), "tags": tags, **changes}


def rows(prefix, *filled, initial=0):
    """What a formset sends, with the management form."""
    data = {
        f"{prefix}-TOTAL_FORMS": str(len(filled)),
        f"{prefix}-INITIAL_FORMS": str(initial),
    }
    for number, row in enumerate(filled):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def packages(**changes):
    """What the second step sends when Basic is filled in and nothing else is."""
    return {
        "basic-name": "Mark only",
        "basic-description": "One final mark.",
        "basic-price": "120",
        "basic-delivery_days": "4",
        "basic-revisions": "2",
        "basic-features": "Vector files\nCommercial use",
        **rows("extras"),
        **changes,
    }


def described(*faqs, **changes):
    return {"description": DESCRIPTION, **rows("faqs", *faqs), **changes}


def required(*questions):
    return rows("questions", *questions)


def step_of(gig, step):
    return f"/sell/gigs/{gig.slug}/edit/{step}/"


def content(**fields):
    fields = {
        "title": "I will draw your logo",
        "category": fields.get("category") or a_category(),
        "description": DESCRIPTION,
        "tags": ["logo"],
        "packages": [terms()],
        "questions": [asked("What is the business called?")],
        **fields,
    }
    return GigContent(**fields)


def terms(**fields):
    return PackageTerms(
        **{
            "tier": Tier.BASIC,
            "name": "Mark only",
            "description": "One final mark.",
            "price": 120_00,
            "delivery_days": 4,
            "revisions": 2,
            "features": ["Vector files"],
            **fields,
        }
    )


def asked(question, kind=RequirementKind.TEXT, **fields):
    return Question(question=question, kind=kind, **fields)


def stored(number=1):
    """A picture as Cloudinary says it was stored."""
    return Picture(
        public_id=f"gigs/stored-{number}",
        version=1,
        width=1200,
        height=800,
        format="jpg",
        bytes=1000,
    )


def picture_bytes(size=(600, 400), kind="PNG", **options):
    file = io.BytesIO()
    Image.new("RGB", size, "#0f3d4c").save(file, kind, **options)
    return file.getvalue()


def upload(content=None, name="cover.png"):
    return SimpleUploadedFile(name, picture_bytes() if content is None else content)
