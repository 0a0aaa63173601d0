"""What orders announce. Receivers run inside the transaction of the move.

Keywords of all: order, actor (None for the system), at. `payment_returned` has also
amount and currency, in minor units. `review_published`, `review_replied` and
`review_removed` and `review_restored` have also the review, `reminder_due` has the kind and the role of whom to remind,
`proposal_made` and `proposal_answered` have the proposal, those about a dispute have the
dispute, and `dispute_answered` also the statement. `order_refunded` tells of a part that goes
back while the order stays where it is, with the refunds. `extra_paid` has the payment and
extra_id, its purpose.
"""

from django.dispatch import Signal

order_placed = Signal()
order_paid = Signal()
order_delivered = Signal()
revision_requested = Signal()
order_completed = Signal()
order_cancelled = Signal()
order_expired = Signal()
payment_returned = Signal()
review_written = Signal()
review_published = Signal()
review_replied = Signal()
review_removed = Signal()
review_restored = Signal()
reminder_due = Signal()
order_refunded = Signal()
chargeback_opened = Signal()
chargeback_ended = Signal()
tip_received = Signal()
extra_paid = Signal()
proposal_made = Signal()
proposal_answered = Signal()
review_extended = Signal()
dispute_opened = Signal()
dispute_answered = Signal()
dispute_handed_over = Signal()
dispute_ended = Signal()

offer_made = Signal()
"""A seller offers somebody work. Keywords: offer, actor, at."""

offer_ended = Signal()
"""Nobody can take an offer up any more. Keywords: offer, actor (None: its time is over), at."""
