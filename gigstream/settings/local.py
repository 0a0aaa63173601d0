"""The embedded default: SQLite, the sandbox for every vendor without a key, no other service."""

from django.core.exceptions import ImproperlyConfigured

from gigstream.settings import env
from gigstream.settings.base import *
from gigstream.settings.sandbox import *

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY", "local-development-only-and-refused-in-production")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
if others := set(env.words("ALLOWED_HOSTS")) - set(ALLOWED_HOSTS):
    # These settings have a known key, demo logins and the sandbox: never for the world.
    raise ImproperlyConfigured(
        f"The local settings serve this machine only, not {', '.join(sorted(others))}. "
        "For the world, set DJANGO_SETTINGS_MODULE=gigstream.settings.production."
    )
# Room for tools that crawl the site; the world gets 100.
RATE_LIMIT_PER_MINUTE = env.number("RATE_LIMIT_PER_MINUTE", 600)
# SQLite has one writer: while the demo is made, others wait, which no query is to blame for.
SLOW_QUERY_MS = env.number("SLOW_QUERY_MS", 5000)
STAFF_NEEDS_MFA = env.flag("STAFF_NEEDS_MFA")

if DEBUG:
    # Static files straight from their folders, so that an edit needs no build step.
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True
    STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
