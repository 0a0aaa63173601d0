"""The pages of allauth that this site has; what is not listed here does not exist."""

from allauth.account import views as allauth
from django.urls import path, re_path

from accounts import views
from gigstream.core.limits import limited

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path(
        "signup/",
        limited("register", account="email")(views.signup),
        name="account_signup",
    ),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path(
        "confirm-email/",
        views.check_mail,
        name="account_email_verification_sent",
    ),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        limited("verify")(allauth.confirm_email),
        name="account_confirm_email",
    ),
    path(
        "password/change/",
        allauth.password_change,
        name="account_change_password",
    ),
    path(
        "password/reset/",
        limited("reset", account="email")(allauth.password_reset),
        name="account_reset_password",
    ),
    path(
        "password/reset/done/",
        allauth.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        limited("new_password")(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
]
