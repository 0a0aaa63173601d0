"""The site's table of contents."""

from django.contrib import admin
from django.urls import include, path

from gigstream import api

urlpatterns = [
    # First, for whatever stands before it is tried before each operation.
    path("api/", api.urls),
    path("", include("gigs.urls")),
    path("", include("accounts.urls")),
    path("", include("orders.urls")),
    path("", include("payments.urls")),
    path("", include("messaging.urls")),
    path("", include("gigstream.core.urls")),
    path("accounts/", include("accounts.auth_urls")),
    path("admin/", admin.site.urls),
]

handler400 = "gigstream.core.errors.bad_request"
handler403 = "gigstream.core.errors.forbidden"
handler404 = "gigstream.core.errors.not_found"
handler500 = "gigstream.core.errors.server_error"
