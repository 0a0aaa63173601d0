"""What accounts announce. Receivers run inside the transaction of the change.

Keywords of `account_closed`: user (as the person still was), keep_texts, at. Whoever
archives or forgets something of theirs does it here; a refusal undoes the closing.

Keywords of `account_suspended`: user, actor, at.

Keywords of `report_answered`: report, at.

Keywords of `mail_refused`: email, which bounced or belongs to somebody who called us spam.
"""

from django.dispatch import Signal

account_closed = Signal()
account_suspended = Signal()
mail_refused = Signal()
report_answered = Signal()
