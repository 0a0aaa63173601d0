"""What pages of the apps below show of orders."""

from typing import Any

from django import template

from accounts.models import User
from orders.records import record_of

register = template.Library()


@register.inclusion_tag("orders/_record.html")
def seller_record(person: User) -> dict[str, Any]:
    """Completed orders, on-time rate and repeat buyers; one query."""
    return {"record": record_of(person)}
