"""What the database itself refuses about orders."""

from gigstream.core.guards import Guard, append_only, guard

append_only("orders_orderevent")
guard(
    Guard(
        name="order_deal_is_frozen",
        table="orders_order",
        event="UPDATE",
        condition=(
            "NEW.terms_hash <> OLD.terms_hash OR NEW.gig_id <> OLD.gig_id "
            "OR NEW.buyer_id <> OLD.buyer_id OR NEW.seller_id <> OLD.seller_id "
            "OR NEW.currency <> OLD.currency"
        ),
    ),
    Guard(name="order_is_never_deleted", table="orders_order", event="DELETE"),
)
