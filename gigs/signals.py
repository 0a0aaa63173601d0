"""What the shop window announces. Sent within the transaction, with keywords."""

from django.dispatch import Signal

# gig, is_new (or it has changed), at
gig_approved = Signal()
# gig, is_new, reason, at
gig_rejected = Signal()
# gig (as it is now), reason, at
gig_taken_off = Signal()
