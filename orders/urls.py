from django.urls import path

from accounts.forms.profile import ReportForm
from gigstream.core.live import judges_fields
from orders.views import (
    amend,
    cards,
    checkout,
    disputes,
    files,
    lists,
    offers,
    order,
    payments,
    reviews,
)

app_name = "orders"

urlpatterns = [
    path("dashboard/", lists.dashboard, name="dashboard"),
    path("dashboard/side/", lists.choose_side, name="choose_side"),
    path("checkout/<slug:slug>/", checkout.checkout, name="checkout"),
    path("offers/<uuid:pk>/checkout/", offers.take_up, name="take_up"),
    path("orders/", lists.listing, name="list"),
    path("orders/export/", lists.export, name="export"),
    path("orders/<uuid:pk>/", order.detail, name="detail"),
    path("orders/<uuid:pk>/history/", order.history, name="history"),
    path("orders/<uuid:pk>/pay/", checkout.pay, name="pay"),
    path("orders/<uuid:pk>/cancel/", checkout.cancel, name="cancel"),
    path("orders/<uuid:pk>/deliver/", order.deliver, name="deliver"),
    path("orders/<uuid:pk>/accept/", order.accept, name="accept"),
    path(
        "orders/<uuid:pk>/request-revision/",
        order.request_revision,
        name="request_revision",
    ),
    path("orders/<uuid:pk>/ask-for-time/", amend.ask_for_time, name="ask_for_time"),
    path("orders/<uuid:pk>/ask-to-cancel/", amend.ask_to_cancel, name="ask_to_cancel"),
    path("orders/<uuid:pk>/cancel-late/", amend.cancel_late, name="cancel_late"),
    path("orders/<uuid:pk>/decline/", amend.decline, name="decline"),
    path("orders/<uuid:pk>/offer-extra/", amend.offer_extra, name="offer_extra"),
    path("orders/<uuid:pk>/buy-extra/", amend.buy_extra, name="buy_extra"),
    path("orders/<uuid:pk>/pay-for-extra/", amend.pay_for_extra, name="pay_for_extra"),
    path("orders/<uuid:pk>/tip/", payments.tip, name="tip"),
    path(
        "orders/<uuid:pk>/payments/<uuid:payment>/keep/",
        cards.keep_card,
        name="keep_card",
    ),
    path(
        "orders/<uuid:pk>/payments/<uuid:payment>/card/",
        cards.pay_with_card,
        name="pay_with_card",
    ),
    path(
        "orders/<uuid:pk>/payments/<uuid:payment>/", payments.pay_part, name="pay_part"
    ),
    path("orders/<uuid:pk>/agree/", amend.agree, name="agree"),
    path("orders/<uuid:pk>/refuse/", amend.refuse, name="refuse"),
    path("orders/<uuid:pk>/withdraw/", amend.withdraw, name="withdraw"),
    path("orders/<uuid:pk>/extend-review/", amend.extend_review, name="extend_review"),
    path("orders/<uuid:pk>/dispute/", disputes.dispute, name="dispute"),
    *(
        path(f"orders/<uuid:pk>/{name.replace('_', '-')}/", view, name=name)
        for name, view in (
            ("open_dispute", disputes.open_dispute),
            ("answer_dispute", disputes.answer_dispute),
            ("settle_dispute", disputes.settle_dispute),
            ("escalate_dispute", disputes.escalate_dispute),
            ("withdraw_dispute", disputes.withdraw_dispute),
        )
    ),
    path("orders/<uuid:pk>/review/", reviews.review, name="review"),
    path("orders/<uuid:pk>/edit-review/", reviews.edit_review, name="edit_review"),
    path("orders/<uuid:pk>/reply/", reviews.reply, name="reply"),
    path(
        "reviews/<uuid:pk>/report/",
        judges_fields(lambda _: ReportForm())(reviews.report_review),
        name="report_review",
    ),
    path("gigs/<slug:slug>/reviews/", reviews.gig_reviews, name="gig_reviews"),
    path("u/<str:username>/reviews/", reviews.person_reviews, name="person_reviews"),
    path("files/<uuid:pk>/", files.download, name="download"),
    path("files/<uuid:pk>/preview/", files.preview, name="preview"),
    path("orders/<uuid:pk>/files/", files.download_all, name="download_all"),
    path(
        "orders/<uuid:pk>/deliveries/<int:number>/files/",
        files.download_delivery,
        name="download_delivery",
    ),
]
