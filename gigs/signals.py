"""What the shop window announces. Sent within the transaction, with keywords."""

from django.dispatch import Signal

# gig, at
gig_approved = Signal()
# gig, at; the reason is on the gig
gig_rejected = Signal()
