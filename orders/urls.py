from django.urls import path

from orders.views import checkout, files, lists, order

app_name = "orders"

urlpatterns = [
    path("dashboard/", lists.dashboard, name="dashboard"),
    path("dashboard/side/", lists.choose_side, name="choose_side"),
    path("checkout/<slug:slug>/", checkout.checkout, name="checkout"),
    path("orders/", lists.listing, name="list"),
    path("orders/<uuid:pk>/", order.detail, name="detail"),
    path("orders/<uuid:pk>/pay/", checkout.pay, name="pay"),
    path("orders/<uuid:pk>/cancel/", checkout.cancel, name="cancel"),
    path("orders/<uuid:pk>/deliver/", order.deliver, name="deliver"),
    path("orders/<uuid:pk>/accept/", order.accept, name="accept"),
    path(
        "orders/<uuid:pk>/request-revision/",
        order.request_revision,
        name="request_revision",
    ),
    path("files/<uuid:pk>/", files.download, name="download"),
]
