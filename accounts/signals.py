"""What accounts announce. Receivers run inside the transaction of the change.

Keywords of `account_suspended`: user, actor, at.
"""

from django.dispatch import Signal

account_suspended = Signal()
