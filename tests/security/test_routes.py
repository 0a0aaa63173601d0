"""Who may do what where: every route, method and role, from the URLconf.

An unlisted route fails the suite, so that a new page cannot be without an answer to
the question of who it is for.
"""

import time

import pytest
from django.urls import reverse

from gigs.models import Gig
from messaging.models import Message, Notification, Participant
from orders.models import Dispute, Order, Proposal, Review, Statement
from payments.models import LedgerEntry, Payment, Payout, PayoutMethod
from tests.security.routes import admin_address, admin_routes, site_routes

pytestmark = pytest.mark.django_db

ROLES = ("visitor", "stranger", "other_seller", "buyer", "seller", "operator")
PEOPLE = set(ROLES) - {"visitor"}
SELLERS = {"seller", "other_seller"}
PARTIES = {"buyer", "seller"}
READ, WRITE, BOTH = {"GET"}, {"POST"}, {"GET", "POST"}

# Who a route is for, and by which methods it is asked.
ROUTES = {
    "account_change_password": (PEOPLE, BOTH),
    # With the key that the mail brought, POST too; this world has none.
    "account_confirm_email": (set(ROLES), READ),
    "account_email_verification_sent": (set(ROLES), READ),
    "account_inactive": (set(ROLES), READ),
    "account_login": (set(ROLES), BOTH),
    "account_logout": (set(ROLES), BOTH),
    "account_reauthenticate": (PEOPLE, BOTH),
    "account_reset_password": (set(ROLES), BOTH),
    "account_reset_password_done": (set(ROLES), READ),
    "account_reset_password_from_key": (set(ROLES), BOTH),
    "account_reset_password_from_key_done": (set(ROLES), READ),
    "account_signup": (set(ROLES), BOTH),
    "accounts:resend_confirmation": (set(ROLES), WRITE),
    "accounts:mail_webhook": (set(ROLES), WRITE),
    "accounts:trust_mailbox": (PEOPLE, WRITE),
    "accounts:start_selling": (PEOPLE, BOTH),
    # Only for who sees the site as somebody else, and nobody here does.
    "accounts:stop_acting": (set(), WRITE),
    "accounts:switch_user": (set(), WRITE),
    "core:about": (set(ROLES), READ),
    "core:help": (set(ROLES), READ),
    "core:privacy": (set(ROLES), READ),
    "core:terms": (set(ROLES), READ),
    "core:close_announcement": (set(ROLES), WRITE),
    "core:csp_report": (set(ROLES), WRITE),
    "core:favicon": (set(ROLES), READ),
    "core:healthz": (set(ROLES), READ),
    "core:manifest": (set(ROLES), READ),
    "core:metrics": (set(), READ),
    "core:offline": (set(ROLES), READ),
    "core:service_worker": (set(ROLES), READ),
    "core:readyz": (set(ROLES), READ),
    "core:robots": (set(ROLES), READ),
    "core:styleguide": (set(ROLES), READ),
    "core:vitals": (set(ROLES), WRITE),
    "gigs:add_picture": ({"seller"}, WRITE),
    "gigs:archive": ({"seller"}, WRITE),
    "gigs:archived": (SELLERS, READ),
    "gigs:categories": (set(ROLES), READ),
    "gigs:category": (set(ROLES), READ),
    "gigs:create": (SELLERS, BOTH),
    "gigs:detail": (set(ROLES), READ),
    "gigs:delete": ({"seller"}, WRITE),
    "gigs:drop_change": ({"seller"}, WRITE),
    "gigs:sell": (PEOPLE, READ),
    "gigs:send_change": ({"seller"}, WRITE),
    "gigs:edit": ({"seller"}, READ),
    "gigs:edit_step": ({"seller"}, BOTH),
    "gigs:home": (set(ROLES), READ),
    "gigs:limit_queue": (SELLERS, WRITE),
    "gigs:market": (set(ROLES), READ),
    "gigs:mine": (SELLERS, READ),
    "gigs:more": (set(ROLES), READ),
    "gigs:move_picture": ({"seller"}, WRITE),
    "gigs:pause": ({"seller"}, WRITE),
    "gigs:publish": ({"seller"}, WRITE),
    "gigs:report": (PEOPLE - {"seller"}, BOTH),
    "gigs:remove_picture": ({"seller"}, WRITE),
    "gigs:ranking": ({"seller"}, READ),
    "gigs:suggestions": (set(ROLES), READ),
    "gigs:restore": ({"seller"}, WRITE),
    "gigs:resume": ({"seller"}, WRITE),
    "gigs:suggest_category": (SELLERS, READ),
    "gigs:save": (set(ROLES), WRITE),
    "gigs:saved": (PEOPLE, READ),
    "gigs:sitemap": (set(ROLES), READ),
    "gigs:sitemap_pages": (set(ROLES), READ),
    "gigs:sitemap_part": (set(ROLES), READ),
    "gigs:unsave": (PEOPLE, WRITE),
    "gigs:upload_picture": ({"seller"}, WRITE),
    "messaging:contact": (set(ROLES), BOTH),
    "messaging:subscribe": (set(ROLES), BOTH),
    # With a token that says nothing: for nobody.
    "messaging:confirm": (set(), BOTH),
    "messaging:leave": (set(), BOTH),
    "messaging:conversation": (PARTIES, READ),
    "messaging:inbox": (PEOPLE, READ),
    "messaging:archive": (PARTIES, WRITE),
    "messaging:attachment": (PARTIES, READ),
    "messaging:bell": (PEOPLE, READ),
    "messaging:discard": ({"buyer"}, WRITE),
    "messaging:keep_draft": (PARTIES, WRITE),
    "messaging:listen": (PEOPLE, WRITE),
    "messaging:message_toast": (PARTIES, READ),
    "messaging:notification_toast": ({"buyer"}, READ),
    "messaging:receive": (PARTIES, WRITE),
    "messaging:report_message": ({"seller"}, BOTH),
    "messaging:star": (PARTIES, WRITE),
    "messaging:thumbnail": (PARTIES, READ),
    "messaging:upload": (PARTIES, WRITE),
    "messaging:mark_read": (PARTIES, WRITE),
    "messaging:notifications": (PEOPLE, READ),
    "messaging:recent": (PEOPLE, READ),
    "messaging:undo_read_all": (PEOPLE, WRITE),
    "messaging:unread_notification": ({"buyer"}, WRITE),
    "messaging:read_all": (PEOPLE, WRITE),
    "messaging:read_notification": ({"buyer"}, WRITE),
    "messaging:send": (PARTIES, WRITE),
    "messaging:make_offer": (PARTIES, BOTH),
    "messaging:withdraw_offer": (PARTIES, WRITE),
    "messaging:decline_offer": (PARTIES, WRITE),
    "orders:take_up": ({"buyer"}, BOTH),
    "orders:accept": (PARTIES, WRITE),
    "orders:cancel": (PARTIES, WRITE),
    "orders:checkout": (PEOPLE, BOTH),
    "orders:dashboard": (PEOPLE, READ),
    "orders:deliver": (PARTIES, WRITE),
    "orders:detail": (PARTIES, READ),
    "orders:download": (PARTIES, READ),
    "orders:keep_card": ({"buyer"}, WRITE),
    "orders:pay_with_card": ({"buyer"}, WRITE),
    "orders:download_all": (PARTIES, READ),
    "orders:download_delivery": (PARTIES, READ),
    "orders:history": (PARTIES, READ),
    # The file of this world is a PDF, of which there is no small picture.
    "orders:preview": (set(), READ),
    "orders:list": (PEOPLE, READ),
    "orders:pay": ({"buyer"}, BOTH),
    "orders:agree": (PARTIES, WRITE),
    "orders:pay_for_extra": (PARTIES, WRITE),
    "orders:offer_extra": (PARTIES, BOTH),
    "orders:buy_extra": (PARTIES, BOTH),
    "orders:tip": (PARTIES, BOTH),
    "orders:pay_part": ({"buyer"}, READ),
    "orders:ask_for_time": (PARTIES, BOTH),
    "orders:ask_to_cancel": (PARTIES, BOTH),
    "orders:cancel_late": (PARTIES, BOTH),
    "orders:decline": (PARTIES, BOTH),
    "orders:dispute": (PARTIES, READ),
    "orders:open_dispute": (PARTIES, BOTH),
    "orders:answer_dispute": (PARTIES, WRITE),
    "orders:settle_dispute": (PARTIES, WRITE),
    "orders:escalate_dispute": (PARTIES, WRITE),
    "orders:withdraw_dispute": (PARTIES, WRITE),
    "orders:extend_review": (PARTIES, WRITE),
    "orders:refuse": (PARTIES, WRITE),
    "orders:withdraw": (PARTIES, WRITE),
    "orders:edit_review": (PARTIES, WRITE),
    "orders:export": (PEOPLE, READ),
    "orders:gig_reviews": (set(ROLES), READ),
    "orders:person_reviews": (set(ROLES), READ),
    "orders:reply": (PARTIES, WRITE),
    "orders:report_review": (PEOPLE, BOTH),
    "orders:request_revision": (PARTIES, WRITE),
    "orders:review": (PARTIES, BOTH),
    "payments:add_bank": (PEOPLE, WRITE),
    "payments:add_card": (PEOPLE, WRITE),
    "payments:cancel_payout": ({"seller"}, WRITE),
    "payments:card_setup": ({"buyer"}, READ),
    "payments:check_account": (PEOPLE, WRITE),
    "payments:connect": (PEOPLE, WRITE),
    "payments:paper": ({"buyer"}, READ),
    "payments:payout_list": (PEOPLE, READ),
    "payments:payout": ({"seller"}, READ),
    "payments:remove_card": ({"buyer"}, WRITE),
    "payments:remove_method": (PEOPLE, WRITE),
    "payments:settings_cards": (PEOPLE, READ),
    "payments:settings_payouts": (PEOPLE, READ),
    "payments:statement_csv": (PEOPLE, READ),
    "payments:statement_pdf": (PEOPLE, READ),
    "payments:wallet": (PEOPLE, READ),
    "payments:withdraw": (PEOPLE, BOTH),
    "payments:webhook": (set(ROLES), WRITE),
    "account_set_password": (PEOPLE, BOTH),
    "accounts:block": (PEOPLE, WRITE),
    "accounts:change_email": (PEOPLE, WRITE),
    "accounts:change_username": (PEOPLE, WRITE),
    "accounts:choose_theme": (PEOPLE, WRITE),
    "accounts:close": (PEOPLE, BOTH),
    "accounts:confirm_new_email": (set(ROLES), BOTH),
    "accounts:edit_work": ({"seller"}, BOTH),
    "accounts:end_other_sessions": (PEOPLE, WRITE),
    "accounts:end_session": ({"buyer"}, WRITE),
    "accounts:end_vacation": (PEOPLE, WRITE),
    "accounts:export": ({"buyer"}, READ),
    "accounts:move_work": ({"seller"}, WRITE),
    "accounts:profile": (set(ROLES), READ),
    "accounts:remove_work": ({"seller"}, WRITE),
    "accounts:report": (PEOPLE, BOTH),
    "accounts:revoke_token": ({"buyer"}, WRITE),
    "accounts:request_export": (PEOPLE, WRITE),
    "accounts:settings": (PEOPLE, READ),
    "accounts:settings_account": (PEOPLE, READ),
    "accounts:settings_appearance": (PEOPLE, BOTH),
    "accounts:settings_blocked": (PEOPLE, READ),
    "accounts:settings_face": (PEOPLE, WRITE),
    "accounts:settings_portfolio": (PEOPLE, BOTH),
    "accounts:settings_privacy": (PEOPLE, READ),
    "accounts:settings_profile": (PEOPLE, BOTH),
    "accounts:settings_remove_face": (PEOPLE, WRITE),
    "accounts:settings_security": (PEOPLE, READ),
    "accounts:settings_tokens": (PEOPLE, BOTH),
    "accounts:settings_vacation": (PEOPLE, BOTH),
    "accounts:unblock": (PEOPLE, WRITE),
    "github_callback": (set(), READ),
    "github_login": (set(), BOTH),
    "google_callback": (set(), READ),
    "google_login": (set(), BOTH),
    "messaging:add_phone": (PEOPLE, WRITE),
    "messaging:choose_times": (PEOPLE, WRITE),
    "messaging:remove_phone": (PEOPLE, WRITE),
    "messaging:settings_notifications": (PEOPLE, BOTH),
    "messaging:stop_mails": (set(), BOTH),
    "messaging:verify_phone": (PEOPLE, WRITE),
    "messaging:start": (PEOPLE, WRITE),
    # Nobody of this world has a second factor: those that need one are for nobody.
    "mfa_activate_totp": (PEOPLE, BOTH),
    "mfa_add_webauthn": (PEOPLE, BOTH),
    "mfa_authenticate": (set(ROLES), BOTH),
    "mfa_deactivate_totp": (set(), BOTH),
    "mfa_edit_webauthn": (set(), BOTH),
    "mfa_generate_recovery_codes": (PEOPLE, BOTH),
    "mfa_index": (PEOPLE, READ),
    "mfa_list_webauthn": (PEOPLE, READ),
    "mfa_login_webauthn": (set(ROLES), BOTH),
    "mfa_reauthenticate": (PEOPLE, BOTH),
    "mfa_reauthenticate_webauthn": (PEOPLE, BOTH),
    "mfa_remove_webauthn": (set(), BOTH),
    "mfa_view_recovery_codes": (set(), READ),
    "orders:choose_side": (PEOPLE, WRITE),
    "socialaccount_connections": (PEOPLE, BOTH),
    "socialaccount_login_cancelled": (set(ROLES), READ),
    "socialaccount_login_error": (set(ROLES), READ),
    "socialaccount_signup": (set(ROLES), BOTH),
}
FOR_SELLERS = {name for name in ROUTES if name.startswith("gigs:")} - {
    "gigs:categories",
    "gigs:category",
    "gigs:detail",
    "gigs:home",
    "gigs:market",
    "gigs:more",
    "gigs:report",
    "gigs:save",
    "gigs:saved",
    "gigs:sell",
    "gigs:sitemap",
    "gigs:sitemap_pages",
    "gigs:sitemap_part",
    "gigs:unsave",
}
# Seconds of our own work; how busy the machine is says nothing about a page.
SLOWEST = 1.0


# What an outsider must not be able to write.
OURS = {
    model._meta.db_table
    for model in (
        *(Order, Gig, Payment, LedgerEntry, Payout, PayoutMethod, Proposal, Review),
        *(Dispute, Statement),
        *(Message, Notification, Participant),
    )
}


def test_every_route_says_who_it_is_for():
    assert set(site_routes()) == set(ROUTES)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_gets_further_than_the_table_says(world, ask, role):
    wrong = []
    for name, (audience, methods) in ROUTES.items():
        for method in sorted(methods):
            started = time.thread_time()
            answer = ask(world.person(role), method, world.address(name))
            seconds = time.thread_time() - started

            wrote = answer.written & OURS and role not in audience
            fits = _fits(answer, name, role, audience)
            if not fits or wrote or seconds > SLOWEST:
                wrong.append((method, name, answer.status_code, round(seconds, 2)))
    assert wrong == [], wrong


def _fits(answer, name, role, audience):
    status = answer.status_code
    if role == "visitor" and role not in audience and status == 302:
        return "/accounts/login/" in answer.headers["Location"]
    if role not in audience:
        return (
            status == 404
            or _sent_to_selling(answer, name, role)
            or _asked_for_proof(answer)
        )
    return status < 400 or status in EXPECTED_REFUSALS


# An empty form, a login that a company refused, an action at the wrong moment, a made-up event, a store that is away.
EXPECTED_REFUSALS = {400, 401, 409, 422, 503}


def _asked_for_proof(answer):
    """Pages about security ask who it is before anything else, even whether a thing exists."""
    proof = reverse("account_reauthenticate")
    return answer.status_code == 302 and answer.headers["Location"].startswith(proof)


def _sent_to_selling(answer, name, role):
    start = reverse("accounts:start_selling")
    return (
        name in FOR_SELLERS
        and role not in SELLERS
        and answer.status_code == 302
        and answer.headers["Location"].startswith(start)
    )


@pytest.mark.parametrize("role", ["visitor", "buyer"])
def test_other_methods_do_nothing(world, ask, role):
    wrong = []
    for name, (_, methods) in ROUTES.items():
        for method in {*BOTH, "PUT", "DELETE", "OPTIONS"} - methods:
            answer = ask(world.person(role), method, world.address(name))
            status = answer.status_code
            refused = status in REFUSED if method in BOTH else status < 500
            if not refused or answer.written & OURS:
                wrong.append((method, name, status))
    assert wrong == []


# Not so, not here, or not before a login, a proof of who one is, or the first step in selling.
REFUSED = {302, 404, 405}


@pytest.mark.parametrize("role", ["visitor", "seller"])
def test_the_admin_is_closed_to_all_but_staff(world, ask, role):
    for name in admin_routes():
        address = admin_address(name)
        answer = ask(world.person(role), "GET", address)

        assert answer.status_code in {302, 403}, (name, answer.status_code)
        assert b"<h1" not in answer.content or answer.status_code == 403, name


def test_no_page_of_the_admin_breaks(world, ask):
    wrong = []
    for name in admin_routes():
        for method in ("GET", "POST"):
            answer = ask(world.operator, method, admin_address(name))
            if answer.status_code >= 500:
                wrong.append((method, name, answer.status_code))
    assert wrong == []
