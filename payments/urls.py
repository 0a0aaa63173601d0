from django.urls import path

from payments.views import cards, papers, payouts, wallet, webhook

app_name = "payments"

urlpatterns = [
    path("api/webhooks/stripe", webhook.webhook, name="webhook"),
    path("papers/<uuid:pk>/", papers.paper, name="paper"),
    path("settings/cards/", cards.settings_cards, name="settings_cards"),
    path("settings/cards/add/", cards.add_card, name="add_card"),
    path("settings/cards/add/<uuid:pk>/", cards.card_setup, name="card_setup"),
    path("settings/cards/<uuid:pk>/remove/", cards.remove_card, name="remove_card"),
    path("wallet/", wallet.wallet, name="wallet"),
    path("wallet/statement.csv", wallet.statement_csv, name="statement_csv"),
    path("wallet/statement.pdf", wallet.statement_pdf, name="statement_pdf"),
    path("wallet/withdraw/", payouts.withdraw, name="withdraw"),
    path("wallet/withdrawals/", payouts.payout_list, name="payout_list"),
    path("wallet/withdrawals/<uuid:pk>/", payouts.payout, name="payout"),
    path(
        "wallet/withdrawals/<uuid:pk>/cancel/",
        payouts.cancel_payout,
        name="cancel_payout",
    ),
    path("settings/payouts/", payouts.settings_payouts, name="settings_payouts"),
    path("settings/payouts/bank/", payouts.add_bank, name="add_bank"),
    path("settings/payouts/connect/", payouts.connect, name="connect"),
    path("settings/payouts/check/", payouts.check_account, name="check_account"),
    path("settings/payouts/remove/", payouts.remove_method, name="remove_method"),
]
