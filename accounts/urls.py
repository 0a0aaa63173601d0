from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("sell/start/", views.start_selling, name="start_selling"),
    path(
        "accounts/confirm-email/again/",
        views.resend_confirmation,
        name="resend_confirmation",
    ),
    path("sandbox-login/", views.switch_user, name="switch_user"),
]
