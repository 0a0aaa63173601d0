from django.urls import path

from payments import views

app_name = "payments"

urlpatterns = [
    path("api/webhooks/stripe", views.webhook, name="webhook"),
    path("wallet/", views.wallet, name="wallet"),
]
