"""The embedded default: SQLite, the sandbox for every vendor without a key, no other service."""

from gigstream.settings import env
from gigstream.settings.base import *
from gigstream.settings.sandbox import *

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY", "local-development-only-and-refused-in-production")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
STAFF_NEEDS_MFA = env.flag("STAFF_NEEDS_MFA")

if DEBUG:
    # Static files straight from their folders, so that an edit needs no build step.
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True
    STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
