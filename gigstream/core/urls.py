from django.urls import path

from gigstream.core import pwa, views

app_name = "core"

urlpatterns = [
    path("about/", views.about, name="about"),
    path("help/", views.help_page, name="help"),
    path("terms/", views.terms, name="terms"),
    path("privacy/", views.privacy, name="privacy"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("vitals/", views.vitals, name="vitals"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("sw.js", pwa.service_worker, name="service_worker"),
    path("offline/", pwa.offline, name="offline"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
    path("csp-report/", views.csp_report, name="csp_report"),
    path(
        "announcement/close/",
        views.close_announcement,
        name="close_announcement",
    ),
    path("styleguide/", views.styleguide, name="styleguide"),
]
