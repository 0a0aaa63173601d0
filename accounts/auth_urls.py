"""The pages of allauth that this site has; what is not listed here does not exist."""

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as socialaccount
from django.urls import path, re_path

from accounts import forms, views
from accounts.forms.security import (
    AddPasskeyForm,
    PasskeyNameForm,
    SetPasswordForm,
)
from accounts.views import security, social
from gigstream.core.limits import limited
from gigstream.core.live import judges_fields

urlpatterns = [
    path(
        "login/",
        judges_fields(lambda _: forms.LoginForm())(views.login),
        name="account_login",
    ),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path(
        "signup/",
        judges_fields(lambda _: forms.SignupForm())(
            limited("register", account="email")(views.signup)
        ),
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
        judges_fields(lambda request: forms.ChangePasswordForm(user=request.user))(
            allauth.password_change
        ),
        name="account_change_password",
    ),
    path(
        "password/reset/",
        judges_fields(lambda _: forms.ResetPasswordForm())(
            limited("reset", account="email")(allauth.password_reset)
        ),
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
        judges_fields(lambda _: forms.NewPasswordForm())(
            limited("new_password")(views.password_reset_from_key)
        ),
        name="account_reset_password_from_key",
    ),
    path(
        "password/set/",
        judges_fields(lambda request: SetPasswordForm(user=request.user))(
            security.set_password
        ),
        name="account_set_password",
    ),
    # Second factors.
    path("2fa/", security.factors, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/app/add/", security.activate_app, name="mfa_activate_totp"),
    path("2fa/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/",
        codes.view_recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/new/",
        codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    # Passkeys.
    path("passkeys/", security.factors, name="mfa_list_webauthn"),
    path(
        "passkeys/add/",
        judges_fields(lambda request: AddPasskeyForm(user=request.user))(
            security.add_passkey
        ),
        name="mfa_add_webauthn",
    ),
    path("passkeys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path(
        "passkeys/reauthenticate/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "passkeys/<int:pk>/remove/",
        webauthn.remove_webauthn,
        name="mfa_remove_webauthn",
    ),
    path(
        "passkeys/<int:pk>/rename/",
        judges_fields(lambda _: PasskeyNameForm())(webauthn.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    # Logins of other companies.
    path("google/login/", social.google_login, name="google_login"),
    path("google/login/callback/", social.google_callback, name="google_callback"),
    path("github/login/", social.github_login, name="github_login"),
    path("github/login/callback/", social.github_callback, name="github_callback"),
    path("companies/", social.connections, name="socialaccount_connections"),
    path(
        "companies/join/",
        judges_fields(lambda _: forms.SignupForm())(
            limited("register", account="email")(socialaccount.signup)
        ),
        name="socialaccount_signup",
    ),
    path(
        "companies/cancelled/",
        social.login_cancelled,
        name="socialaccount_login_cancelled",
    ),
    path(
        "companies/error/",
        social.login_error,
        name="socialaccount_login_error",
    ),
]
