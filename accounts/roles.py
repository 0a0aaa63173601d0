"""Who works here, and what they may do: the table that the groups are made from.

A group holds exactly these permissions after each `migrate`; what was added by hand is
taken away again, so this file is the whole truth.
"""

from collections.abc import Iterator

from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _

LOOK, CHANGE = "view", "view change"

ROLES: dict[str, dict[str, str]] = {
    "support": {
        "accounts.user": LOOK,
        "gigs.gig": LOOK,
        "orders.order": LOOK,
        "orders.delivery": LOOK,
        "orders.dispute": LOOK,
        "orders.review": LOOK,
        "payments.payment": LOOK,
        "payments.refund": LOOK,
        "payments.chargeback": LOOK,
        "messaging.conversation": LOOK,
        "messaging.inquiry": CHANGE,
        "core.stafftask": CHANGE,
    },
    "finance": {
        "accounts.user": LOOK,
        "orders.order": LOOK,
        "orders.dispute": LOOK,
        "payments.payment": LOOK,
        "payments.refund": "view add",
        "payments.chargeback": CHANGE,
        "payments.adjustment": "view add change",
        "payments.unappliedpayment": CHANGE,
        "payments.payout": CHANGE,
        "payments.payoutmethod": LOOK,
        "payments.paper": LOOK,
        "payments.reconciliation": LOOK,
        "payments.stripeline": LOOK,
        "core.stafftask": CHANGE,
        "core.auditentry": LOOK,
        "core.platformsetting": LOOK,
    },
    "moderator": {
        "accounts.user": CHANGE,
        "accounts.report": CHANGE,
        "gigs.gig": CHANGE,
        "orders.review": CHANGE,
        "messaging.conversation": LOOK,
        "messaging.message": LOOK,
        "core.stafftask": CHANGE,
    },
    "admin": {
        "accounts.user": "view change appoint",
        "accounts.report": CHANGE,
        "gigs.category": "view add change delete",
        "gigs.gig": CHANGE,
        "gigs.tag": CHANGE,
        "orders.order": LOOK,
        "orders.delivery": LOOK,
        "orders.dispute": LOOK,
        "orders.review": CHANGE,
        "payments.payment": LOOK,
        "payments.refund": "view add",
        "payments.chargeback": CHANGE,
        "payments.adjustment": "view add change",
        "payments.unappliedpayment": CHANGE,
        "payments.payout": CHANGE,
        "payments.payoutmethod": LOOK,
        "payments.paper": LOOK,
        "payments.reconciliation": LOOK,
        "payments.stripeline": LOOK,
        "messaging.conversation": LOOK,
        "messaging.message": LOOK,
        "messaging.inquiry": CHANGE,
        "messaging.newsletter": "view add change",
        "messaging.subscriber": LOOK,
        "core.auditentry": LOOK,
        "core.platformsetting": "view add change",
        "core.stafftask": CHANGE,
    },
}

LABELS = {
    "support": _("Support: looks at people, orders and payments, answers questions"),
    "finance": _("Finance: payments, refunds, disputes, settings"),
    "moderator": _("Moderator: reports, gigs and messages; suspends accounts"),
    "admin": _("Admin: all of this, and gives and takes roles"),
}


def permissions_of(role: str) -> Iterator[tuple[str, str]]:
    """The app and the code name of each permission of a role."""
    for model, verbs in ROLES[role].items():
        app, _, name = model.partition(".")
        yield from ((app, f"{verb}_{name}") for verb in verbs.split())


def set_up(*, using: str) -> None:
    """Make the groups what the table says; twice is once."""
    known = {
        (app, code): pk
        for app, code, pk in Permission.objects.using(using).values_list(
            "content_type__app_label", "codename", "pk"
        )
    }
    for role in ROLES:
        group, _ = Group.objects.using(using).get_or_create(name=role)
        named = [known[key] for key in permissions_of(role) if key in known]
        group.permissions.set(named)
