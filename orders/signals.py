"""What orders announce. Receivers run inside the transaction of the move.

Keywords of all: order, actor (None for the system), at. `payment_returned` has also
amount and currency, in minor units.
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
