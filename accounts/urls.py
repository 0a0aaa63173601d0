from django.urls import path

from accounts import views
from accounts.views import own, profile, safety

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
    path("sandbox-login/", views.switch_user, name="switch_user"),
]
