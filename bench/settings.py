"""Production, and beside the site a page that asks the database once."""

from gigstream.settings.production import *

ROOT_URLCONF = "bench.urls"
