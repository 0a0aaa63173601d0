"""How static files are collected: named by their content, compressed, found by our own modules."""

import logging

from whitenoise.storage import CompressedManifestStaticFilesStorage

log = logging.getLogger(__name__)


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Hashed names everywhere, in the `import` statements of our own modules too."""

    support_js_module_import_aggregation = True

    def stored_name(self, name: str) -> str:
        """Look up the hashed name; a page that lacks one file is better than no page at all."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            log.warning("%s was not collected", name)
            return name
