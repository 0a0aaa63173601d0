"""What a username may be: the name in the address of a person's public page.

Only small ASCII letters, digits, `_` and `-`: so nothing invisible fits in, and no letter
that looks like another one.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

MIN_LENGTH, MAX_LENGTH = 3, 30
ALLOWED = re.compile(r"[a-z][a-z0-9_-]*")

# Names that people would take for the site itself, and words that stand in addresses.
RESERVED = frozenset(
    [
        "about",
        "abuse",
        "account",
        "accounts",
        "admin",
        "administrator",
        "all",
        "anonymous",
        "api",
        "app",
        "apps",
        "assets",
        "auth",
        "billing",
        "blog",
        "buyer",
        "careers",
        "categories",
        "category",
        "checkout",
        "closed",
        "contact",
        "dashboard",
        "delete",
        "deleted",
        "demo",
        "dev",
        "developer",
        "developers",
        "edit",
        "everyone",
        "explore",
        "faq",
        "feedback",
        "finance",
        "gig",
        "gigs",
        "gigstream",
        "github",
        "google",
        "guest",
        "help",
        "home",
        "hostmaster",
        "inbox",
        "info",
        "invoice",
        "invoices",
        "jobs",
        "join",
        "legal",
        "log-in",
        "log-out",
        "login",
        "logout",
        "mail",
        "mailer-daemon",
        "media",
        "member",
        "members",
        "message",
        "messages",
        "mod",
        "moderator",
        "moderators",
        "myself",
        "new",
        "news",
        "noreply",
        "no-reply",
        "notification",
        "notifications",
        "null",
        "nobody",
        "official",
        "offer",
        "offers",
        "operator",
        "operators",
        "order",
        "orders",
        "owner",
        "password",
        "pay",
        "payment",
        "payments",
        "payout",
        "payouts",
        "policy",
        "postmaster",
        "press",
        "pricing",
        "privacy",
        "profile",
        "profiles",
        "publish",
        "refund",
        "refunds",
        "register",
        "report",
        "reset",
        "review",
        "reviews",
        "robots",
        "root",
        "sales",
        "sandbox",
        "search",
        "secure",
        "security",
        "sell",
        "seller",
        "sellers",
        "service",
        "services",
        "settings",
        "sign-in",
        "sign-out",
        "sign-up",
        "signin",
        "signout",
        "signup",
        "site",
        "staff",
        "static",
        "status",
        "store",
        "stripe",
        "superuser",
        "support",
        "sys",
        "sysadmin",
        "system",
        "team",
        "terms",
        "test",
        "tests",
        "trust",
        "undefined",
        "unsubscribe",
        "upload",
        "uploads",
        "user",
        "username",
        "users",
        "verification",
        "verified",
        "verify",
        "wallet",
        "webhook",
        "webhooks",
        "webmaster",
        "welcome",
        "www",
        "you",
    ]
)


def cleaned(text: str) -> str:
    """The username that somebody means by this text; a ValidationError says what is wrong."""
    text = text.strip()
    # Before lowering: some letters elsewhere become ASCII only when they are made small.
    name = text.lower() if text.isascii() else text
    if not MIN_LENGTH <= len(name) <= MAX_LENGTH:
        raise ValidationError(
            _("Take %(least)s to %(most)s characters.")
            % {"least": MIN_LENGTH, "most": MAX_LENGTH},
            code="length",
        )
    if not ALLOWED.fullmatch(name):
        raise ValidationError(
            _("Take only letters from a to z, digits, “-” and “_”, a letter first."),
            code="characters",
        )
    if is_reserved(name):
        raise ValidationError(_("This name belongs to the site."), code="reserved")
    return name


def is_reserved(name: str) -> bool:
    """Whether the name is kept back, also with strokes or digits after it: `admin_`, `support1`."""
    return name in RESERVED or name.rstrip("0123456789_-") in RESERVED


def is_taken(name: str, *, by_other_than: User | None = None) -> bool:
    people = User.objects.filter(username__iexact=name)
    if by_other_than is not None:
        people = people.exclude(pk=by_other_than.pk)
    return people.exists()
