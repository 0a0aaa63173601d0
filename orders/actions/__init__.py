"""The verbs of an order; nothing else changes one."""

from orders.actions.amend import (
    agree,
    ask_for_time,
    ask_to_cancel,
    lapse,
    refuse,
    withdraw,
)
from orders.actions.cancel import cancel_late, decline
from orders.actions.checkout import (
    cancel_unpaid,
    expire,
    place,
    refuse_absence,
    settle,
    take_up,
)
from orders.actions.disputes import (
    Ending,
    answer_dispute,
    escalate_dispute,
    escalate_in_silence,
    open_dispute,
    settle_dispute,
    withdraw_dispute,
)
from orders.actions.extras import (
    buy_extra,
    extras_for,
    offer_extra,
    pay_for_extra,
    request_extra_payment,
)
from orders.actions.files import StoredFile, note_downloads
from orders.actions.fulfil import (
    accept,
    accept_in_silence,
    deliver,
    extend_review,
    request_revision,
)
from orders.actions.holds import adopt_refund, note_chargeback
from orders.actions.offers import (
    decline_offer,
    expire_offer,
    make_offer,
    withdraw_offer,
)
from orders.actions.reminders import remind
from orders.actions.reviews import (
    Opinion,
    count_ratings,
    edit_review,
    forget_texts,
    publish_reviews,
    remove_review,
    reply,
    restore_review,
    review,
)
from orders.actions.settling import decide_dispute
from orders.actions.staff import cancel_as_staff, refund_as_staff
from orders.actions.terms import Answer, Quote, fingerprint, quote
from orders.actions.tips import check_tip, tip

__all__ = [
    "Answer",
    "Ending",
    "Opinion",
    "Quote",
    "StoredFile",
    "accept",
    "accept_in_silence",
    "adopt_refund",
    "agree",
    "answer_dispute",
    "ask_for_time",
    "ask_to_cancel",
    "buy_extra",
    "cancel_as_staff",
    "cancel_late",
    "cancel_unpaid",
    "check_tip",
    "count_ratings",
    "decide_dispute",
    "decline",
    "decline_offer",
    "deliver",
    "edit_review",
    "escalate_dispute",
    "escalate_in_silence",
    "expire",
    "expire_offer",
    "extend_review",
    "extras_for",
    "fingerprint",
    "forget_texts",
    "lapse",
    "make_offer",
    "note_chargeback",
    "note_downloads",
    "offer_extra",
    "open_dispute",
    "pay_for_extra",
    "place",
    "publish_reviews",
    "quote",
    "refund_as_staff",
    "refuse",
    "refuse_absence",
    "remind",
    "remove_review",
    "reply",
    "request_extra_payment",
    "request_revision",
    "restore_review",
    "review",
    "settle",
    "settle_dispute",
    "take_up",
    "tip",
    "withdraw",
    "withdraw_dispute",
    "withdraw_offer",
]
