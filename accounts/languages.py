"""The languages that people say they speak: ISO 639-1, in the words of Django's catalogues."""

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext, gettext_lazy

MORE = {
    "am": gettext_lazy("Amharic"),
    "gu": gettext_lazy("Gujarati"),
    "ha": gettext_lazy("Hausa"),
    "mt": gettext_lazy("Maltese"),
    "ps": gettext_lazy("Pashto"),
    "si": gettext_lazy("Sinhala"),
    "so": gettext_lazy("Somali"),
    "tl": gettext_lazy("Tagalog"),
    "xh": gettext_lazy("Xhosa"),
    "yo": gettext_lazy("Yoruba"),
    "zh": gettext_lazy("Chinese"),
    "zu": gettext_lazy("Zulu"),
}
_DJANGOS = {
    code: str(info["name"])
    for code, info in LANG_INFO.items()
    if len(code) == 2 and "name" in info
}


def name_of(code: str) -> str:
    """The name of a language, in the language of the page; an unknown code is itself."""
    if code in MORE:
        return str(MORE[code])
    return gettext(_DJANGOS[code]) if code in _DJANGOS else code


def choices() -> list[tuple[str, str]]:
    """All of them, by name."""
    named = [(code, name_of(code)) for code in {**_DJANGOS, **MORE}]
    return sorted(named, key=lambda pair: pair[1])
