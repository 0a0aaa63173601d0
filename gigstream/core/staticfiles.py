"""How static files are collected: named by their content, compressed, found by our own modules."""

import logging
from collections.abc import Iterator
from typing import Any

import brotli
from whitenoise.compress import Compressor  # type: ignore[import-untyped]
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

log = logging.getLogger(__name__)

# htmx comes from npm. django-htmx brings its own copies, which no page uses, and a comment
# in one of them reads like an `import` of a file that does not exist. The API is shown by
# Swagger, so Redoc, which is as large as all the rest, is not needed. Of what the admin
# brings, the long forms are for DEBUG, where files come straight from their folders.
UNUSED = (
    "django_htmx/",
    "ninja/redoc",
    "admin/js/vendor/jquery/jquery.js",
    "admin/js/vendor/select2/select2.full.js",
    "admin/js/vendor/xregexp/xregexp.js",
)

LARGE = 500_000
"""Bytes from which Brotli's last percents would take seconds; only Swagger is so large."""


class QuickCompressor(Compressor):  # type: ignore[misc]
    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        quality = 9 if len(data) > LARGE else 11
        return bytes(brotli.compress(data, quality=quality))


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names everywhere, in the `import` statements of our own modules too."""

    support_js_module_import_aggregation = True

    def create_compressor(self, **options: Any) -> Compressor:
        return QuickCompressor(**options)

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        used = {
            name: found for name, found in paths.items() if not name.startswith(UNUSED)
        }
        if not dry_run:
            self.delete_files(paths.keys() - used.keys())
        yield from super().post_process(used, dry_run=dry_run, **options)

    def stored_name(self, name: str) -> str:
        """Look up the hashed name; a page that lacks one file is better than no page at all."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            log.warning("%s was not collected", name)
            return name
