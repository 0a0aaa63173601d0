"""What people type on their way through an order."""

from orders.forms.amend import (
    AnswerForm,
    BuyExtraForm,
    CancellingForm,
    OfferExtraForm,
    ReasonForm,
    TimeForm,
)
from orders.forms.checkout import CheckoutForm
from orders.forms.offers import OfferForm, TakeUpForm
from orders.forms.reviews import ReplyForm, ReviewForm
from orders.forms.tips import TipForm
from orders.forms.work import DeliverForm, RevisionForm

__all__ = [
    "AnswerForm",
    "BuyExtraForm",
    "CancellingForm",
    "CheckoutForm",
    "DeliverForm",
    "OfferExtraForm",
    "OfferForm",
    "ReasonForm",
    "ReplyForm",
    "ReviewForm",
    "RevisionForm",
    "TakeUpForm",
    "TimeForm",
    "TipForm",
]
