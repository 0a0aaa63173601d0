"""Making and revoking the keys with which programs act for a person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import security, tokens
from accounts.models import ApiToken, Scope, SecurityEvent, Standing, User
from accounts.security import Client
from gigstream.core.errors import NotAllowed, Stale

MOST_TOKENS = 10
LIFETIMES = (30, 90, 365)
"""Days; none is for ever."""
STAFF_LIFETIME = 30
"""The most days of a token that may do what staff may."""


@transaction.atomic
def create_token(
    *,
    token_id: UUID,
    actor: User,
    name: str,
    scopes: Sequence[Scope],
    days: int,
    client: Client,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a token; its secret is told here and never again. The owner gets a mail.

    The page chose the id, so that sending the same page twice makes one token.
    """
    user = User.objects.select_for_update().get(pk=actor.pk)
    if user.standing != Standing.ACTIVE:
        raise NotAllowed(_("This account cannot have tokens."))
    if Scope.ADMIN in scopes and not user.is_staff:
        raise NotAllowed(_("Only staff can give a token what staff may do."))
    if ApiToken.objects.filter(pk=token_id).exists():
        raise Stale(
            _("This token was made already, and its secret is shown only once.")
        )
    if user.api_tokens.count() >= MOST_TOKENS:
        text = _("You have %(count)s tokens. Revoke one before you make another.")
        raise NotAllowed(text % {"count": MOST_TOKENS})
    if days not in LIFETIMES or not scopes or not name.strip():
        raise NotAllowed(_("A token has a name, an end, and something it may do."))
    refuse_long_for_staff(scopes, days)

    secret = tokens.new_secret()
    token = ApiToken.objects.create(
        id=token_id,
        user=user,
        name=name.strip(),
        scopes=[scope for scope in Scope if scope in scopes],
        secret_hash=tokens.hashed(secret),
        beginning=secret[: tokens.BEGINNING],
        session_hash=user.get_session_auth_hash(),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    security.note(
        user=user, kind=SecurityEvent.Kind.TOKEN_CREATED, client=client, now=now
    )
    security.tell(user=user, what="token_created")
    return token, secret


def refuse_long_for_staff(scopes: Sequence[str], days: int) -> None:
    """What staff may do is worth stealing, and is lent for a short while only."""
    if Scope.ADMIN in scopes and days > STAFF_LIFETIME:
        text = _("A token for what staff may do works for at most %(days)s days.")
        raise NotAllowed(text % {"days": STAFF_LIFETIME})


@transaction.atomic
def revoke_token(*, token_id: UUID, actor: User, client: Client, now: datetime) -> None:
    """End a token at once. Twice is once."""
    gone, _by_model = ApiToken.objects.visible_to(actor).filter(pk=token_id).delete()
    if not gone:
        return
    security.note(
        user=actor, kind=SecurityEvent.Kind.TOKEN_REVOKED, client=client, now=now
    )
    security.tell(user=actor, what="token_revoked")


def end_tokens_for_staff(user: User) -> None:
    """End those that may do what staff may, when a role is taken from their owner."""
    # Asked in Python: SQLite looks for nothing in a list.
    found = [each.pk for each in user.api_tokens.all() if Scope.ADMIN in each.scopes]
    user.api_tokens.filter(pk__in=found).delete()
