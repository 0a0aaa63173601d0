"""Mails that repeat a notification."""

from uuid import UUID

from accounts import emails
from gigstream.core import clock
from gigstream.core.jobs import task
from messaging.models import Notification


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
