"""A page that is out of date: told so, shown how things stand, and nothing typed is lost."""

from uuid import uuid4

import pytest

from orders import actions
from orders.models import Order
from orders.status import OrderStatus
from tests.factories import NOON, a_finance, a_gig, an_extra, an_order

pytestmark = pytest.mark.django_db
WORDS = "Three evenings of careful words."


def test_whatever_is_sent_from_an_old_page_changes_nothing_and_is_kept(as_user):
    gig = a_gig()
    extra = an_extra(gig=gig, kind="revision", revisions=1)
    order = an_order(gig=gig, status=OrderStatus.DELIVERED)
    actions.cancel_as_staff(
        order_id=order.pk, actor=a_finance(), reason="So.", now=NOON
    )
    before = Order.objects.values().get(pk=order.pk)
    reason, proposal = {"reason": WORDS}, {"proposal": uuid4()}
    old_forms = {
        "seller": {
            "deliver": {"message": WORDS},
            "ask-for-time": {"days": 2, **reason},
            "ask-to-cancel": {"refund": "10", **reason},
            "offer-extra": {
                "title": "A sign",
                "price": "30",
                "days": 0,
                "revisions": 1,
                **reason,
            },
            "decline": reason,
            "agree": proposal,
            "refuse": proposal,
            "withdraw": proposal,
        },
        "buyer": {
            "request-revision": {"wishes": WORDS},
            "extend-review": {},
            "ask-to-cancel": {"refund": "10", **reason},
            "cancel-late": reason,
            "buy-extra": {"extra": extra.pk},
            "pay-for-extra": proposal,
        },
    }
    wrong = []

    for side, forms in old_forms.items():
        browser = as_user(getattr(order, side))
        for verb, said in forms.items():
            answer = browser.post(f"{order.get_absolute_url()}{verb}/", said)
            page = answer.content.decode()
            told = answer.status_code in {409, 422} and 'role="alert"' in page
            kept = WORDS in page or WORDS not in said.values()
            if not (told and kept):
                wrong.append((side, verb, answer.status_code, kept))

    assert wrong == []
    assert Order.objects.values().get(pk=order.pk) == before
