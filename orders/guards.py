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

OFFERED = [
    "gig_id",
    "seller_id",
    "buyer_id",
    "title",
    "scope",
    "price",
    "currency",
    "delivery_days",
    "revisions",
    "made_at",
    "expires_at",
]


def _changed(names: list[str]) -> str:
    return " OR ".join(f"NEW.{name} <> OLD.{name}" for name in names)


append_only("orders_orderevent")
guard(
    Guard(
        name="order_deal_is_frozen",
        table="orders_order",
        event="UPDATE",
        condition=_changed(FROZEN),
    ),
    Guard(
        name="custom_offer_is_frozen",
        table="orders_customoffer",
        event="UPDATE",
        condition=_changed(OFFERED),
    ),
    Guard(name="order_is_never_deleted", table="orders_order", event="DELETE"),
)
