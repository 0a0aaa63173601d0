from django.urls import path

from accounts import views
from accounts.forms import ResendForm
from accounts.forms.profile import ReportForm
from accounts.forms.security import NewEmailForm
from accounts.views import (
    mail,
    own,
    portfolio,
    privacy,
    profile,
    safety,
    security,
    tokens,
)
from gigstream.core.limits import limited
from gigstream.core.live import judges_fields

app_name = "accounts"

urlpatterns = [
    path("api/webhooks/resend", mail.webhook, name="mail_webhook"),
    path("settings/account/mailbox/", mail.trust_mailbox, name="trust_mailbox"),
    path("sell/start/", views.start_selling, name="start_selling"),
    path("u/<str:username>/", profile.profile, name="profile"),
    path(
        "u/<str:username>/report/",
        judges_fields(lambda _: ReportForm())(safety.report),
        name="report",
    ),
    path("u/<str:username>/block/", safety.block, name="block"),
    path("u/<str:username>/unblock/", safety.unblock, name="unblock"),
    path("acting/stop/", safety.stop_acting, name="stop_acting"),
    path("settings/", own.first_section, name="settings"),
    path("settings/profile/", own.profile, name="settings_profile"),
    path("settings/profile/picture/", own.face, name="settings_face"),
    path(
        "settings/profile/picture/remove/",
        own.remove_face,
        name="settings_remove_face",
    ),
    path("settings/portfolio/", portfolio.portfolio, name="settings_portfolio"),
    path("settings/portfolio/<uuid:pk>/", portfolio.work, name="edit_work"),
    path("settings/portfolio/<uuid:pk>/move/", portfolio.move, name="move_work"),
    path("settings/portfolio/<uuid:pk>/remove/", portfolio.remove, name="remove_work"),
    path("settings/vacation/", own.vacation, name="settings_vacation"),
    path("settings/vacation/end/", own.end_vacation, name="end_vacation"),
    path("settings/appearance/", own.appearance, name="settings_appearance"),
    path("settings/appearance/theme/", own.theme, name="choose_theme"),
    path("settings/blocked/", safety.blocked, name="settings_blocked"),
    path(
        "accounts/confirm-email/again/",
        judges_fields(lambda _: ResendForm())(views.resend_confirmation),
        name="resend_confirmation",
    ),
    path("settings/privacy/", privacy.settings_privacy, name="settings_privacy"),
    path("settings/privacy/export/", privacy.request_export, name="request_export"),
    path("settings/privacy/export/<uuid:pk>/", privacy.export, name="export"),
    path("settings/close/", privacy.close, name="close"),
    path("settings/account/", security.settings_account, name="settings_account"),
    path(
        "settings/account/email/",
        judges_fields(lambda request: NewEmailForm(user=request.user))(
            limited("resend", account="email")(security.change_email)
        ),
        name="change_email",
    ),
    path(
        "settings/account/username/",
        security.change_username,
        name="change_username",
    ),
    path(
        "settings/account/email/confirm/<str:key>/",
        security.confirm_new_email,
        name="confirm_new_email",
    ),
    path(
        "settings/security/",
        security.settings_security,
        name="settings_security",
    ),
    path(
        "settings/security/sessions/end/",
        security.end_other_sessions,
        name="end_other_sessions",
    ),
    path(
        "settings/security/sessions/<int:pk>/end/",
        security.end_session,
        name="end_session",
    ),
    path("settings/api/", tokens.settings_tokens, name="settings_tokens"),
    path("settings/api/<uuid:pk>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("sandbox-login/", views.switch_user, name="switch_user"),
]
