from django.urls import path

from gigstream.core import views

app_name = "core"

urlpatterns = [
    path("about/", views.about, name="about"),
    path("help/", views.help_page, name="help"),
    path("terms/", views.terms, name="terms"),
    path("privacy/", views.privacy, name="privacy"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
    path("csp-report/", views.csp_report, name="csp_report"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
