from django.urls import path

from accounts.forms.profile import ReportForm
from gigstream.core.live import judges_fields
from messaging.views import (
    contact,
    files,
    listen,
    news,
    newsletter,
    offers,
    preferences,
    report,
    talk,
)

app_name = "messaging"

urlpatterns = [
    path("contact/", contact.contact, name="contact"),
    path("newsletter/", newsletter.subscribe, name="subscribe"),
    path("newsletter/confirm/<str:token>/", newsletter.confirm, name="confirm"),
    path("newsletter/leave/<str:token>/", newsletter.leave, name="leave"),
    path("messages/", talk.listing, name="inbox"),
    path("messages/listen/", listen.listen, name="listen"),
    path("messages/with/<uuid:pk>/", talk.start, name="start"),
    path("messages/<uuid:pk>/", talk.conversation, name="conversation"),
    path("messages/<uuid:pk>/send/", talk.send, name="send"),
    path("messages/<uuid:pk>/offer/", offers.make_offer, name="make_offer"),
    path("offers/<uuid:pk>/withdraw/", offers.withdraw_offer, name="withdraw_offer"),
    path("offers/<uuid:pk>/decline/", offers.decline_offer, name="decline_offer"),
    path("messages/<uuid:pk>/read/", talk.mark_read, name="mark_read"),
    path("messages/<uuid:pk>/receive/", talk.receive, name="receive"),
    path("messages/<uuid:pk>/draft/", talk.keep_draft, name="keep_draft"),
    path("messages/<uuid:pk>/star/", talk.star, name="star"),
    path("messages/<uuid:pk>/archive/", talk.archive, name="archive"),
    path("messages/<uuid:pk>/upload/", files.upload, name="upload"),
    path("messages/<uuid:pk>/toast/", news.message_toast, name="message_toast"),
    path(
        "messages/said/<uuid:pk>/report/",
        judges_fields(lambda _: ReportForm())(report.report_message),
        name="report_message",
    ),
    path("messages/files/<uuid:pk>/", files.attachment, name="attachment"),
    path("messages/files/<uuid:pk>/small/", files.thumbnail, name="thumbnail"),
    path("messages/files/<uuid:pk>/discard/", files.discard, name="discard"),
    path(
        "settings/notifications/",
        preferences.settings_notifications,
        name="settings_notifications",
    ),
    path(
        "settings/notifications/times/",
        preferences.choose_times,
        name="choose_times",
    ),
    path("settings/notifications/phone/", preferences.add_phone, name="add_phone"),
    path(
        "settings/notifications/phone/verify/",
        preferences.verify_phone,
        name="verify_phone",
    ),
    path(
        "settings/notifications/phone/remove/",
        preferences.remove_phone,
        name="remove_phone",
    ),
    path("notifications/stop/<str:token>/", preferences.stop_mails, name="stop_mails"),
    path("notifications/", news.notifications, name="notifications"),
    path("notifications/bell/", news.bell, name="bell"),
    path("notifications/recent/", news.recent, name="recent"),
    path("notifications/read/undo/", news.undo_read_all, name="undo_read_all"),
    path(
        "notifications/<uuid:pk>/unread/",
        news.unread_notification,
        name="unread_notification",
    ),
    path("notifications/read/", news.read_all, name="read_all"),
    path(
        "notifications/<uuid:pk>/read/",
        news.read_notification,
        name="read_notification",
    ),
    path(
        "notifications/<uuid:pk>/toast/",
        news.notification_toast,
        name="notification_toast",
    ),
]
