"""What sellers type."""

from gigs.forms.editor import GigEditor
from gigs.forms.fields import MoneyField

__all__ = ["GigEditor", "MoneyField"]
