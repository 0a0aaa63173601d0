"""What search engines read about a person."""

from typing import Any

from django.utils.safestring import SafeString

from accounts.models import User
from gigstream.core import jsonld


def describe(person: User) -> SafeString:
    """Describe somebody as schema.org's Person, on the page that is about them."""
    who: dict[str, Any] = {
        "@type": "Person",
        "name": person.full_name,
        "alternateName": person.username,
        "identifier": str(person.pk),
        "url": jsonld.absolute(person.get_absolute_url()),
        "description": person.bio or person.headline,
        "jobTitle": person.headline,
        "knowsLanguage": person.spoken_languages,
        "knowsAbout": person.skills,
    }
    if person.avatar_id:
        who["image"] = jsonld.absolute(person.avatar_url("large"))
    if person.location or person.country:
        who["homeLocation"] = {
            "@type": "Place",
            "name": ", ".join(filter(None, [person.location, person.country.name])),
        }
    return jsonld.written(
        {
            "@type": "ProfilePage",
            # The month, as on the page, and not the moment.
            "dateCreated": f"{person.joined_at:%Y-%m}",
            "mainEntity": {name: value for name, value in who.items() if value},
        }
    )
