"""What the database itself refuses about orders."""

from gigstream.core.guards import Guard, append_only, guard

FROZEN = [
    "terms_hash",
    "terms",
    "gig_id",
    "buyer_id",
    "seller_id",
    "tier",
    "price",
    "fee",
    "total",
    "commission",
    "currency",
    "delivery_days",
    "max_revisions",
]

append_only("orders_orderevent")
guard(
    Guard(
        name="order_deal_is_frozen",
        table="orders_order",
        event="UPDATE",
        condition=" OR ".join(f"NEW.{name} <> OLD.{name}" for name in FROZEN),
    ),
    Guard(name="order_is_never_deleted", table="orders_order", event="DELETE"),
)
