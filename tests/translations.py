"""Whether every message of the site is in every language, as `make check` asks.

The messages are collected anew beside the catalogue and compared with it. Placeholders
must be the same on both sides; nothing may be empty or fuzzy.
"""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import django
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ["de"]
IGNORED = ["node_modules", ".venv", "build", "var", "tests", "bench", "deploy"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|%[A-Z]+%")


def collect(directory):
    """Run `makemessages` into another folder, with what is translated already."""
    from django.conf import settings
    from django.core.management import call_command

    settings.LOCALE_PATHS = [directory]
    call_command(
        "makemessages",
        locale=LANGUAGES,
        no_location=True,
        no_obsolete=True,
        no_wrap=True,
        ignore_patterns=IGNORED,
        verbosity=0,
    )


def read(path, language):
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    return {(each.context, each.id): each for each in catalogue if each.id}


def troubles(language, directory):
    name = Path(language) / "LC_MESSAGES" / "django.po"
    known = read(ROOT / "locale" / name, language)
    wanted = read(directory / name, language)
    for key in wanted.keys() - known.keys():
        yield "not in the catalogue", key
    for key in known.keys() - wanted.keys():
        yield "no longer used", key
    for key, message in known.items():
        if key not in wanted:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = (
            message.string if isinstance(message.string, tuple) else (message.string,)
        )
        if not all(strings):
            yield "not translated", key
        elif message.fuzzy:
            yield "fuzzy", key
        else:
            expected = {mark for each in ids for mark in PLACEHOLDER.findall(each)}
            for string in strings:
                found = set(PLACEHOLDER.findall(string))
                # One of something may be a word.
                if not found <= expected or (len(ids) == 1 and found != expected):
                    yield f"has {sorted(found)}, not {sorted(expected)}", key


def main():
    if not shutil.which("xgettext"):
        print("GNU gettext is not here, so messages were not compared.")
        return os.environ.get("CI") == "true"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gigstream.settings.test")
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    django.setup()
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch) / "locale"
        shutil.copytree(ROOT / "locale", directory)
        collect(directory)
        found = [
            (language, trouble, key)
            for language in LANGUAGES
            for trouble, key in troubles(language, directory)
        ]
    for language, trouble, (context, text) in found:
        print(f"{language}: {trouble}: {context or ''} {text!r}"[:300])
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
