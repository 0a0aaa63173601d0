"""Orders keep an account open until they are over."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.closing import Reason, blocks_closing
from accounts.models import User
from orders.models import Order
from orders.status import OPEN

SHOWN = 20


@blocks_closing
def open_orders(user: User) -> Iterable[Reason]:
    found = Order.objects.visible_to(user).filter(status__in=OPEN)
    for order in found.order_by("placed_at")[:SHOWN]:
        yield Reason(
            text=_("The order “%(title)s” is open: %(status)s.")
            % {"title": order.title, "status": order.get_status_display()},
            path=order.get_absolute_url(),
        )
    if (more := found.count() - SHOWN) > 0:
        text = ngettext(
            "%(count)s more order is open.", "%(count)s more orders are open.", more
        )
        yield Reason(text=text % {"count": more})
