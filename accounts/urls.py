from django.urls import path

from accounts import views, views_security
from accounts.views import own, privacy, profile, safety

app_name = "accounts"

urlpatterns = [
    path("sell/start/", views.start_selling, name="start_selling"),
    path("u/<str:username>/", profile.profile, name="profile"),
    path("u/<str:username>/report/", safety.report, name="report"),
    path("u/<str:username>/block/", safety.block, name="block"),
    path("u/<str:username>/unblock/", safety.unblock, name="unblock"),
    path("settings/profile/", own.profile, name="settings_profile"),
    path("settings/profile/picture/", own.face, name="settings_face"),
    path(
        "settings/profile/picture/remove/",
        own.remove_face,
        name="settings_remove_face",
    ),
    path("settings/vacation/", own.vacation, name="settings_vacation"),
    path("settings/vacation/end/", own.end_vacation, name="end_vacation"),
    path("settings/appearance/", own.appearance, name="settings_appearance"),
    path("settings/appearance/theme/", own.theme, name="choose_theme"),
    path("settings/blocked/", safety.blocked, name="settings_blocked"),
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
