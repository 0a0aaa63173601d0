from django.urls import path

from accounts import views, views_security
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
    path("settings/account/", views_security.settings_account, name="settings_account"),
    path("settings/account/email/", views_security.change_email, name="change_email"),
    path(
        "settings/account/username/",
        views_security.change_username,
        name="change_username",
    ),
    path(
        "settings/account/email/confirm/<str:key>/",
        views_security.confirm_new_email,
        name="confirm_new_email",
    ),
    path(
        "settings/security/",
        views_security.settings_security,
        name="settings_security",
    ),
    path(
        "settings/security/sessions/end/",
        views_security.end_other_sessions,
        name="end_other_sessions",
    ),
    path(
        "settings/security/sessions/<int:pk>/end/",
        views_security.end_session,
        name="end_session",
    ),
    path("sandbox-login/", views.switch_user, name="switch_user"),
]
