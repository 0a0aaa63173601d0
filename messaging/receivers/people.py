"""People who leave or report something, and mailboxes that refuse us."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from accounts.models import Report, User
from accounts.signals import account_closed, mail_refused, report_answered
from messaging import actions
from messaging.kinds import NotificationKind as Kind
from messaging.kinds import values


@receiver(account_closed)
def forget_who_left(*, user: User, **_kwargs: Any) -> None:
    actions.forget(user=user)
    actions.forget_inquiries(user=user)
    actions.forget_subscriber(email=user.email)


@receiver(mail_refused)
def stop_newsletter(*, email: str, **_kwargs: Any) -> None:
    actions.forget_subscriber(email=email)


@receiver(report_answered)
def tell_of_answered_report(*, report: Report, at: datetime, **_kwargs: Any) -> None:
    actions.notify(
        user=report.reporter,
        kind=Kind.REPORT_ANSWERED,
        key=f"{Kind.REPORT_ANSWERED}:{report.pk}",
        path=reverse("messaging:notifications"),
        now=at,
        case="upheld" if report.status == Report.Status.UPHELD else "dismissed",
        about={
            "what": values.choice("reported", report.target),
            "answer": report.answer,
        },
    )
