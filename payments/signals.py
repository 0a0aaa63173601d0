"""What the till announces. Receivers run inside the sender's transaction."""

from django.dispatch import Signal

payment_succeeded = Signal()
"""Stripe has the money. Sent with no lock held.

Keywords: order_id (UUID or None), intent (services.stripe.Intent), happened_at, at.
A receiver that cannot place it yet raises `NotYet`.
"""

payment_returned = Signal()
"""Money that fitted no order goes back. Keywords: order_id, amount, currency, at."""

chargeback_told = Signal()
"""Stripe tells of a contested payment. Sent with no lock held.

Keywords: order_id (UUID or None), dispute (services.stripe.Dispute), at.
"""

stranger_told = Signal()
"""Stripe tells of a refund that is none of ours. Sent with no lock held.

Keywords: order_id (UUID or None), refund (services.stripe.Refund), at.
"""
payout_changed = Signal()
"""A withdrawal was asked for, or moved on. Keywords: payout (payments.models.Payout), at."""

returned_late_decided = Signal()
"""Two agreed on whose the money is that a bank returned after all was lost.

Keywords: adjustment (payments.models.Adjustment), at.
"""
