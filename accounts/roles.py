"""Who works here, and what they see and may do: the one table of permissions.

`ROLES` says what each role holds. A group holds exactly these permissions after each
`migrate`; what was added by hand is taken away again, so this file is the whole truth.
`PAGES` and `ACTIONS` say what opens each page of the admin and each choice in a list. A
model's own pages follow from its name in `ROLES`; every other page is a line here. What
has no line opens for nobody, and a test names it.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _

LOOK, CHANGE = "view", "view change"
MAY_DECIDE_ESCALATED = "accounts.decide_escalated_report"
"""Whoever has it decides about what moderators gave to the admins."""

ROLES: dict[str, dict[str, str]] = {
    "support": {
        "account.emailaddress": LOOK,
        "accounts.user": "view impersonate",
        "accounts.securityevent": LOOK,
        "accounts.staffnote": "view add",
        "gigs.gig": LOOK,
        "orders.customoffer": LOOK,
        "orders.order": LOOK,
        "orders.delivery": LOOK,
        "orders.dispute": LOOK,
        "orders.review": LOOK,
        "payments.payment": LOOK,
        "payments.refund": LOOK,
        "payments.chargeback": LOOK,
        "messaging.conversation": LOOK,
        "messaging.inquiry": CHANGE,
        "messaging.notification": LOOK,
        "core.stafftask": CHANGE,
    },
    "finance": {
        "accounts.user": LOOK,
        "accounts.staffnote": "view add",
        "orders.customoffer": LOOK,
        "orders.order": LOOK,
        "orders.dispute": LOOK,
        "payments.payment": LOOK,
        "payments.refund": "view add",
        "payments.chargeback": CHANGE,
        "payments.adjustment": "view add change",
        "payments.unappliedpayment": CHANGE,
        "payments.earning": LOOK,
        "payments.ledgeraccount": LOOK,
        "payments.ledgertransaction": LOOK,
        "payments.payout": CHANGE,
        "payments.payoutmethod": LOOK,
        "payments.paper": LOOK,
        "payments.reconciliation": "view reconcile",
        "payments.stripeevent": LOOK,
        "payments.stripeline": LOOK,
        "core.stafftask": CHANGE,
        "core.auditentry": LOOK,
        "core.periodicjob": LOOK,
        "core.platformsetting": LOOK,
    },
    "moderator": {
        "accounts.user": CHANGE,
        "accounts.securityevent": LOOK,
        "accounts.staffnote": "view add",
        "accounts.report": CHANGE,
        "gigs.gig": CHANGE,
        "orders.review": CHANGE,
        "messaging.conversation": LOOK,
        "messaging.message": CHANGE,
        "core.stafftask": CHANGE,
    },
    "admin": {
        "account.emailaddress": LOOK,
        "accounts.user": "view change appoint impersonate",
        "accounts.securityevent": LOOK,
        "accounts.staffnote": "view add",
        "accounts.report": "view change decide_escalated",
        "gigs.category": "view add change delete",
        "gigs.gig": CHANGE,
        "orders.customoffer": LOOK,
        "orders.order": LOOK,
        "orders.delivery": LOOK,
        "orders.dispute": LOOK,
        "orders.review": CHANGE,
        "payments.payment": LOOK,
        "payments.refund": "view add",
        "payments.chargeback": CHANGE,
        "payments.adjustment": "view add change",
        "payments.unappliedpayment": CHANGE,
        "payments.earning": LOOK,
        "payments.ledgeraccount": LOOK,
        "payments.ledgertransaction": LOOK,
        "payments.payout": CHANGE,
        "payments.payoutmethod": LOOK,
        "payments.paper": LOOK,
        "payments.reconciliation": "view reconcile",
        "payments.stripeevent": LOOK,
        "payments.stripeline": LOOK,
        "messaging.conversation": LOOK,
        "messaging.message": CHANGE,
        "messaging.inquiry": CHANGE,
        "messaging.newsletter": "view add change",
        "messaging.notification": LOOK,
        "messaging.subscriber": LOOK,
        "core.auditentry": LOOK,
        "core.periodicjob": CHANGE,
        "core.platformsetting": "view add",
        "core.pageversion": "view add",
        "core.stafftask": CHANGE,
        "core.webvital": LOOK,
        "django_tasks_database.dbtaskresult": CHANGE,
    },
}

LABELS = {
    "support": _("Support: looks at people, orders and payments, answers questions"),
    "finance": _("Finance: payments, refunds, disputes, withdrawals, books"),
    "moderator": _("Moderator: reports, gigs and messages; suspends accounts"),
    "admin": _("Admin: all of this, and gives and takes roles"),
}


ANYBODY_HERE = ""
"""Instead of a permission: whoever works here. Nothing on such a page belongs to anybody."""

OF_A_MODEL = {
    "changelist": "view",
    "change": "view",
    "history": "view",
    "add": "add",
    "delete": "delete",
}
"""The pages that the admin makes for each model, and the verb of the permission."""

PAGES = {
    "index": ANYBODY_HERE,
    "app_list": ANYBODY_HERE,
    "autocomplete": ANYBODY_HERE,
    "jsi18n": ANYBODY_HERE,
    "login": ANYBODY_HERE,
    "logout": ANYBODY_HERE,
    "password_change": ANYBODY_HERE,
    "password_change_done": ANYBODY_HERE,
    "search": ANYBODY_HERE,
    "exports": "payments.view_earning",
    "export": "payments.view_earning",
    "health": "core.view_periodicjob",
    "health_repair": "core.change_periodicjob",
    "clock": "core.view_periodicjob",
    "clock_move": "core.change_periodicjob",
    "revenue_csv": "payments.view_reconciliation",
    "accounts_user_act_as": "accounts.impersonate_user",
    "accounts_user_add_note": "accounts.add_staffnote",
    "accounts_user_reinstate": "accounts.change_user",
    "accounts_user_roles": "accounts.appoint_user",
    "accounts_user_suspend": "accounts.change_user",
    "accounts_user_trust_mailbox": "accounts.change_user",
    "accounts_user_verify_seller": "accounts.change_user",
    "accounts_user_withdraw_verification": "accounts.change_user",
    "core_auditentry_export": "core.view_auditentry",
    "core_stafftask_settle": "core.change_stafftask",
    "django_tasks_database_dbtaskresult_drop": (
        "django_tasks_database.change_dbtaskresult"
    ),
    "django_tasks_database_dbtaskresult_retry": (
        "django_tasks_database.change_dbtaskresult"
    ),
    "static_page": "core.view_pageversion",
    "static_pages": "core.view_pageversion",
    "moderation": "accounts.change_report",
    "moderation_case": "accounts.change_report",
    "gigs_gig_approve": "gigs.change_gig",
    "gigs_gig_archive": "gigs.change_gig",
    "gigs_gig_feature": "gigs.change_gig",
    "gigs_gig_featured": "gigs.change_gig",
    "gigs_gig_pause": "gigs.change_gig",
    "gigs_gig_reject": "gigs.change_gig",
    "gigs_gig_take_down": "gigs.change_gig",
    "gigs_gig_unfeature": "gigs.change_gig",
    "messaging_inquiry_settle": "messaging.change_inquiry",
    "messaging_newsletter_publish": "messaging.change_newsletter",
    "orders_dispute_decide": "payments.add_refund",
    "orders_dispute_file": "orders.view_dispute",
    "orders_dispute_take_over": "payments.add_refund",
    "orders_order_cancel": "payments.add_refund",
    "orders_order_refund": "payments.add_refund",
    "messaging_newsletter_proof": "messaging.change_newsletter",
    "orders_review_remove": "orders.change_review",
    "orders_review_restore": "orders.change_review",
    "payments_adjustment_approve": "payments.change_adjustment",
    "payments_adjustment_reject": "payments.change_adjustment",
    **{
        f"payments_payout_{verb}": "payments.change_payout"
        for verb in ("approve", "reject", "confirm_sent", "mark_returned")
    },
    "payments_reconciliation_ask": "payments.reconcile_reconciliation",
    "payments_stripeline_explain": "payments.add_adjustment",
    "payments_unappliedpayment_pay_another_way": "payments.add_adjustment",
    "payments_unappliedpayment_settle": "payments.change_unappliedpayment",
    "payments_chargeback_answer": "payments.change_chargeback",
    "payments_chargeback_decide": "payments.add_adjustment",
    "payments_chargeback_evidence": "payments.view_chargeback",
}
"""Which permission opens a page, by the name of its address without `admin:`.

The page that confirms a verb for many rows opens as the verb's own does.
"""

ACTIONS = {
    "accounts.user": {
        "suspend": "accounts.change_user",
        "reinstate": "accounts.change_user",
        "trust_mailbox": "accounts.change_user",
        "verify_seller": "accounts.change_user",
        "withdraw_verification": "accounts.change_user",
    },
    "core.stafftask": {"settle": "core.change_stafftask"},
    "django_tasks_database.dbtaskresult": {
        "drop": "django_tasks_database.change_dbtaskresult",
        "retry": "django_tasks_database.change_dbtaskresult",
    },
    "payments.stripeline": {"explain": "payments.add_adjustment"},
    "payments.unappliedpayment": {
        "settle": "payments.change_unappliedpayment",
    },
    "gigs.gig": {
        "approve": "gigs.change_gig",
        "archive": "gigs.change_gig",
        "feature": "gigs.change_gig",
        "pause": "gigs.change_gig",
        "reject": "gigs.change_gig",
        "take_down": "gigs.change_gig",
        "unfeature": "gigs.change_gig",
    },
    "orders.review": {"remove": "orders.change_review"},
    "payments.payout": {
        "approve": "payments.change_payout",
        "reject": "payments.change_payout",
        "confirm_sent": "payments.change_payout",
        "mark_returned": "payments.change_payout",
    },
}
"""Which permission offers a choice above the list of a model, by the name of its function."""


def permission_for(page: str) -> str | None:
    """What opens a page of the admin; nothing for a page that the table does not know."""
    page = page.removesuffix("_many")
    if page in PAGES:
        return PAGES[page]
    stem, _, kind = page.rpartition("_")
    model = _MODELS.get(stem)
    if model is None or kind not in OF_A_MODEL:
        return None
    return _permission(OF_A_MODEL[kind], model)


def may_open(user: Any, page: str | None) -> bool:
    """Whether one of the staff may see a page; one without a name only leads elsewhere."""
    permission = permission_for(page) if page else ANYBODY_HERE
    if permission is None:
        return False
    return permission == ANYBODY_HERE or user.has_perm(permission)


def _permission(verb: str, model: str) -> str:
    app, _, name = model.partition(".")
    return f"{app}.{verb}_{name}"


_MODELS = {
    model.replace(".", "_"): model for models in ROLES.values() for model in models
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
