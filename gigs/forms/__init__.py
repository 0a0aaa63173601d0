"""What sellers type."""

from gigs.forms.editor import GigEditor

__all__ = ["GigEditor"]
