"""Mails: what repeats a notification, and the newsletter. Files that were never sent."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import emails
from accounts.models import Block, Standing, User
from accounts.reader import read_by
from gigstream.core import clock
from gigstream.core.jobs import enqueue, periodic, task, together
from gigstream.core.site import site_name
from gigstream.services import cloudinary, sms
from messaging import actions, links
from messaging.kinds import CAN_WAIT, NEWS, Channel, channels_of
from messaging.kinds import NotificationKind as Kind
from messaging.models import (
    Attachment,
    Digest,
    Message,
    Newsletter,
    Notification,
    NotificationPreferences,
    Participant,
    Subscriber,
)

SPREAD = 200
UNANSWERED = timedelta(days=7)
DIGEST_HOUR, MONDAY = 8, 0
SHORTEST_DIGEST = timedelta(hours=18)
MOST_LINES = 20


@task
def mail_notification(*, notification_id: str) -> None:
    """Mail a notification to its person, once.

    Between the mail company's yes and our own note of it lies a moment in which a
    worker can die; the key makes the company drop the second mail.
    """
    waiting = Notification.objects.select_related("user", "actor").filter(
        mailed_at=None
    )
    news = waiting.filter(pk=UUID(notification_id)).first()
    if news is None:  # mailed already, or forgotten with somebody who left
        return
    if news.user.mail_trouble:
        return
    with read_by(news.user):
        kind = NEWS[news.kind]
        emails.send(
            kind.mail,
            to=news.user.email,
            subject=news.title,
            key=f"notification:{news.pk}",
            unsubscribe=links.stop_link(news.user_id, news.kind),
            user=news.user,
            news=news,
            button=kind.button,
            link=emails.absolute(news.path),
        )
    news.mailed_at = clock.now()
    news.save(update_fields=["mailed_at"])


@task
def text_notification(*, notification_id: str) -> None:
    """Repeat a notification as a text message. It may come twice if a worker dies."""
    told = Notification.objects.select_related("user", "actor")
    if (found := told.filter(pk=UUID(notification_id)).first()) is None:
        return
    preferences = actions.preferences_of(found.user)
    if preferences.phone_verified_at:
        link = emails.absolute(found.path)
        with read_by(found.user):
            sms.send(to=preferences.phone, text=f"{found.title}: {link}")


@task
def text_code(*, user_id: str) -> None:
    """Send the code that proves a number. A second run makes a second code, which counts."""
    number, code = actions.make_code(user_id=UUID(user_id))
    if not number:  # taken back in the meantime
        return
    with read_by(User.objects.get(pk=UUID(user_id))):
        text = _("%(code)s is your code for %(site)s.")
        sms.send(to=number, text=text % {"code": code, "site": site_name()})


@task
def mail_messages(*, conversation_id: str, user_id: str) -> None:
    """Mail what somebody has not read of a conversation, all of it in one mail.

    What is written while it goes out is for the next one. A second run has the same key,
    unless something was read or written since: then it is another mail.
    """
    sides = Participant.objects.with_people().filter(mail_due_at__isnull=False)
    side = sides.filter(conversation=UUID(conversation_id), user=UUID(user_id)).first()
    if side is None:
        return
    now, unread = clock.now(), side.unread_messages().select_related("offer")
    newest = list(unread.order_by("-sent_at", "-id")[:MOST_LINES])
    preferences = actions.preferences_of(side.user)
    wanted = Channel.MAIL in channels_of(Kind.MESSAGE, preferences.channels)
    wanted = wanted and not side.user.mail_trouble
    wanted = wanted and side.user.standing == Standing.ACTIVE
    blocks = Block.objects.visible_to(side.user)
    wanted = wanted and not blocks.filter(blocked=side.partner()).exists()
    quiet_for = preferences.quiet_ends(now) - now
    if newest and wanted and quiet_for:
        enqueue(
            "messaging.tasks.mail_messages",
            conversation_id=conversation_id,
            user_id=user_id,
            delay=quiet_for,
        )
        return
    if newest and wanted:
        with read_by(side.user):
            _mail_lines(side, newest[::-1], count=side.unread_count)
    until = newest[0].sent_at if newest else None
    actions.note_mailed(participant_id=side.pk, until=until, now=now)


def _mail_lines(side: Participant, lines: list[Message], *, count: int) -> None:
    kind = NEWS[Kind.MESSAGE]
    emails.send(
        kind.mail,
        to=side.user.email,
        subject=kind.title_of("", {"name": side.partner().full_name, "count": count}),
        key=f"messages:{side.pk}:{lines[-1].pk}:{lines[0].pk}:{count}",
        unsubscribe=links.stop_link(side.user_id, Kind.MESSAGE),
        user=side.user,
        lines=lines,
        button=kind.button,
        link=emails.absolute(side.conversation.get_absolute_url()),
    )


@periodic(every=timedelta(minutes=30))
@task
def begin_digests() -> None:
    """Have the digests written whose morning has come, by everybody's own clock."""
    now = clock.now()
    takers = NotificationPreferences.objects.exclude(digest="").select_related("user")
    for each in takers.filter(digested_at__lte=now - SHORTEST_DIGEST).iterator():
        local = now.astimezone(each.user.zone)
        is_day = each.digest == Digest.DAILY or local.weekday() == MONDAY
        if is_day and local.hour >= DIGEST_HOUR:
            enqueue(
                "messaging.tasks.mail_digest",
                user_id=each.user_id,
                day=str(local.date()),
            )


@task
def mail_digest(*, user_id: str, day: str) -> None:
    """Mail what was told since the last digest and not looked at; nothing new, no mail."""
    takers = NotificationPreferences.objects.exclude(digest="").select_related("user")
    preferences = takers.filter(user=UUID(user_id)).first()
    if preferences is None:
        return
    user, now = preferences.user, clock.now()
    waiting = Notification.objects.with_words().filter(
        user=user,
        read_at=None,
        mailed_at=None,
        created_at__gt=preferences.digested_at,
        created_at__lte=now,
    )
    kinds = [
        kind
        for kind in CAN_WAIT
        if Channel.MAIL in channels_of(kind, preferences.channels)
    ]
    lines = list(waiting.filter(kind__in=kinds).order_by("-created_at")[:MOST_LINES])
    if lines and user.standing == Standing.ACTIVE and not user.mail_trouble:
        with read_by(user):
            emails.send(
                "digest",
                to=user.email,
                subject=_("What is new for you"),
                # Of another run that finds other news this is another mail, not a conflict.
                key=f"digest:{user.pk}:{day}:{lines[0].pk}:{len(lines)}",
                unsubscribe=links.stop_link(user.pk, links.DIGEST),
                user=user,
                lines=[(each, emails.absolute(each.path)) for each in lines],
                link=emails.absolute(reverse("messaging:notifications")),
            )
    actions.note_digest(user_id=user.pk, until=now)


@task
def ask_subscriber(*, subscriber_id: str, language: str = "") -> None:
    """Ask an address for its yes, or tell its owner that it is on the list already."""
    subscriber = Subscriber.objects.filter(pk=UUID(subscriber_id)).first()
    if subscriber is not None:
        with read_by(None, asked_in=language):
            _ask(subscriber)


def _ask(subscriber: Subscriber) -> None:
    leave = links.leave_link(subscriber.pk)
    key = f"subscriber:{subscriber.pk}:{subscriber.asked_at.timestamp()}"
    if subscriber.confirmed_at:
        emails.send(
            "newsletter_known",
            to=subscriber.email,
            subject=_("You are on the list already"),
            key=key,
            unsubscribe=leave,
        )
    else:
        emails.send(
            "newsletter_confirm",
            to=subscriber.email,
            subject=_("Do you want our newsletter?"),
            key=key,
            link=links.confirm_link(subscriber.pk),
        )


@task
def spread_newsletter(*, newsletter_id: str, after: str) -> None:
    """Hand an issue on to the next subscribers in the order of their keys, and so on to the end.

    All of a step or nothing, so that a second run does not begin in the middle.
    """
    issue = Newsletter.objects.get(pk=UUID(newsletter_id))
    waiting = Subscriber.objects.on_the_list().filter(confirmed_at__lte=issue.sent_at)
    if after:
        waiting = waiting.filter(pk__gt=UUID(after))
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:SPREAD])
    with transaction.atomic(), together():
        for key in keys:
            enqueue(
                "messaging.tasks.mail_newsletter",
                newsletter_id=newsletter_id,
                subscriber_id=key,
            )
        if len(keys) == SPREAD:
            enqueue(
                "messaging.tasks.spread_newsletter",
                newsletter_id=newsletter_id,
                after=keys[-1],
            )


@task
def mail_newsletter(*, newsletter_id: str, subscriber_id: str) -> None:
    """Mail an issue to one subscriber, who may have left in the meantime."""
    subscriber = Subscriber.objects.on_the_list().filter(pk=UUID(subscriber_id)).first()
    if subscriber is None:
        return
    issue = Newsletter.objects.get(pk=UUID(newsletter_id))
    emails.send(
        "newsletter",
        to=subscriber.email,
        subject=issue.subject,
        key=f"newsletter:{issue.pk}:{subscriber.pk}",
        text=issue.text,
        unsubscribe=links.leave_link(subscriber.pk),
    )


# Whoever waits for a mail comes first.
spread_newsletter = spread_newsletter.using(priority=-20)
mail_newsletter = mail_newsletter.using(priority=-20)


@task
def mail_proof(*, newsletter_id: str, user_id: str, key: str) -> None:
    """Mail an issue, as it is now, to the one who asked to see it."""
    issue = Newsletter.objects.get(pk=UUID(newsletter_id))
    to = User.objects.values_list("email", flat=True).get(pk=UUID(user_id))
    emails.send(
        "newsletter",
        to=to,
        subject=issue.subject,
        key=f"proof:{key}",
        text=issue.text,
    )


@periodic(every=timedelta(hours=6))
@task
def forget_unanswered_subscribers() -> None:
    """Forget addresses whose owner never said yes; perhaps somebody else typed them."""
    unanswered = Subscriber.objects.filter(confirmed_at=None)
    unanswered.filter(asked_at__lte=clock.now() - UNANSWERED).delete()


@task
def sweep_attachment(*, public_id: str, thumbnail_id: str) -> None:
    """Forget a file that was attached and never sent."""
    files = Attachment.objects.filter(public_id=public_id)
    files.waiting().delete()
    if not files.exists():
        for name in filter(None, (public_id, thumbnail_id)):
            cloudinary.destroy(name, resource_type="raw", private=True)
