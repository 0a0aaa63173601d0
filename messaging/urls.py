from django.urls import path

from messaging.views import contact, newsletter, offers, talk

app_name = "messaging"

urlpatterns = [
    path("contact/", contact.contact, name="contact"),
    path("newsletter/", newsletter.subscribe, name="subscribe"),
    path("newsletter/confirm/<str:token>/", newsletter.confirm, name="confirm"),
    path("newsletter/leave/<str:token>/", newsletter.leave, name="leave"),
    path("messages/", talk.inbox, name="inbox"),
    path("messages/with/<uuid:pk>/", talk.start, name="start"),
    path("messages/<uuid:pk>/", talk.conversation, name="conversation"),
    path("messages/<uuid:pk>/send/", talk.send, name="send"),
    path("messages/<uuid:pk>/offer/", offers.make_offer, name="make_offer"),
    path("offers/<uuid:pk>/withdraw/", offers.withdraw_offer, name="withdraw_offer"),
    path("offers/<uuid:pk>/decline/", offers.decline_offer, name="decline_offer"),
    path("messages/<uuid:pk>/read/", talk.mark_read, name="mark_read"),
    path("notifications/", talk.notifications, name="notifications"),
    path("notifications/read/", talk.read_all, name="read_all"),
    path(
        "notifications/<uuid:pk>/read/",
        talk.read_notification,
        name="read_notification",
    ),
]
