"""Mails: what repeats a notification, and the newsletter. Files that were never sent."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import emails
from gigstream.core import clock
from gigstream.core.jobs import enqueue, periodic, task
from gigstream.services import cloudinary
from messaging import links
from messaging.models import Attachment, Newsletter, Notification, Subscriber

SPREAD = 200
UNANSWERED = timedelta(days=7)


@task
def mail_notification(*, notification_id: str) -> None:
    """Mail a notification to its person, once.

    Between the mail company's yes and our own note of it lies a moment in which a
    worker can die; the key makes the company drop the second mail.
    """
    waiting = Notification.objects.select_related("user").filter(mailed_at=None)
    news = waiting.filter(pk=UUID(notification_id)).first()
    if news is None:  # mailed already, or forgotten with somebody who left
        return
    emails.send(
        news.kind,
        to=news.user.email,
        subject=news.title,
        key=f"notification:{news.pk}",
        user=news.user,
        news=news,
        link=emails.absolute(news.path),
    )
    news.mailed_at = clock.now()
    news.save(update_fields=["mailed_at"])


@task
def ask_subscriber(*, subscriber_id: str) -> None:
    """Ask an address for its yes, or tell its owner that it is on the list already."""
    subscriber = Subscriber.objects.filter(pk=UUID(subscriber_id)).first()
    if subscriber is None:
        return
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
    """Hand an issue on to the next subscribers in the order of their keys, and so on to the end."""
    issue = Newsletter.objects.get(pk=UUID(newsletter_id))
    waiting = Subscriber.objects.on_the_list().filter(confirmed_at__lte=issue.sent_at)
    if after:
        waiting = waiting.filter(pk__gt=UUID(after))
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:SPREAD])
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
