from django.urls import path

from messaging import views

app_name = "messaging"

urlpatterns = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/with/<uuid:pk>/", views.start, name="start"),
    path("messages/<uuid:pk>/", views.conversation, name="conversation"),
    path("messages/<uuid:pk>/send/", views.send, name="send"),
    path("messages/<uuid:pk>/read/", views.mark_read, name="mark_read"),
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.read_all, name="read_all"),
    path(
        "notifications/<uuid:pk>/read/",
        views.read_notification,
        name="read_notification",
    ),
]
