from django.urls import path

from accounts import views
from accounts.views import privacy

app_name = "accounts"

urlpatterns = [
    path("sell/start/", views.start_selling, name="start_selling"),
    path(
        "accounts/confirm-email/again/",
        views.resend_confirmation,
        name="resend_confirmation",
    ),
    path("settings/privacy/", privacy.settings_privacy, name="settings_privacy"),
    path("settings/privacy/export/", privacy.request_export, name="request_export"),
    path("settings/privacy/export/<uuid:pk>/", privacy.export, name="export"),
    path("settings/close/", privacy.close, name="close"),
    path("sandbox-login/", views.switch_user, name="switch_user"),
]
