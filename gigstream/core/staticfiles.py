"""How static files are collected: named by their content, compressed, and found by our modules."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Hashed names everywhere, in `import` statements of our own modules too."""

    support_js_module_import_aggregation = True
