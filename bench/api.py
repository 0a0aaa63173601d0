"""What a list costs as JSON, beside the page that shows the same: `make bench-api`.

A SQLite database is made in a folder of its own: 96 gigs, and a buyer with 24 orders, saved
gigs and conversations. Both faces are asked for in turns through the whole of Django with
the test client, after each was asked for three times; what is printed is the least
processor time of this process, which neighbours disturb the least.

    python bench/api.py [rounds]
"""

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.page import _browser, _fill

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def main(rounds=40):
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DATABASE_URL=f"sqlite:///{folder}/api.sqlite3",
            DJANGO_SETTINGS_MODULE="gigstream.settings.local",
            RATE_LIMIT_PER_MINUTE="0",
            DEBUG="0",
            VAR_DIR=folder,
        )
        stranger = _browser()
        _fill(96)
        for name, browser, page, api in faces(stranger):
            costs = compare(browser, page, api, rounds=rounds)
            ratio = costs[1] / costs[0]
            print(f"{name:14} {costs[0]:7.2f} {costs[1]:7.2f} ms  {ratio:.2f}")


def compare(browser, *paths, rounds):
    for _ in range(3):
        costs = [cost(browser, path) for path in paths]
    costs = [[cost(browser, path) for path in paths] for _ in range(rounds)]
    return [min(each) for each in zip(*costs, strict=True)]


def cost(browser, path):
    started = time.process_time()
    answer = browser.get(path)
    spent = time.process_time() - started
    assert answer.status_code == 200, (path, answer.status_code)
    return spent * 1000


def faces(stranger):
    """Each list and thing: its name, who asks, its page, and its JSON."""
    from django.test import Client

    from gigs.actions import save
    from gigs.models import Gig
    from gigstream.core import clock
    from gigstream.services import pusher
    from messaging.models import Conversation
    from orders.status import OrderStatus
    from tests.factories import a_message, a_user, an_order

    pusher.push = lambda *_args, **_options: None
    buyer = a_user()
    gigs = list(Gig.objects.select_related("seller")[:24])
    for gig in gigs:
        order = an_order(gig=gig, buyer=buyer, status=OrderStatus.IN_PROGRESS)
        save(gig_id=gig.pk, actor=buyer, now=clock.now())
    talk = Conversation.objects.first()
    for number in range(40):
        a_message(talk, buyer, f"Word {number}")
    known, seller = Client(), Client()
    typing = Client(headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    known.force_login(buyer, backend=BACKEND)
    seller.force_login(gigs[0].seller, backend=BACKEND)
    slug = gigs[0].slug
    thread = f"/api/messages?conversationId={talk.pk}&limit=50"
    return [
        ("market", stranger, "/gigs/", "/api/gigs?limit=24"),
        ("market, known", known, "/gigs/", "/api/gigs?limit=24"),
        ("gig", stranger, f"/gigs/{slug}/", f"/api/gigs/{slug}"),
        ("orders", known, "/orders/", "/api/orders?limit=20"),
        ("order", known, f"/orders/{order.pk}/", f"/api/orders/{order.pk}"),
        ("inbox", known, "/messages/", "/api/conversations?limit=30"),
        ("thread", known, f"/messages/{talk.pk}/", thread),
        ("saved gigs", known, "/favorites/", "/api/favorites?limit=24"),
        ("news", seller, "/notifications/", "/api/notifications?limit=30"),
        ("own gigs", seller, "/sell/gigs/", "/api/sell/gigs?limit=24"),
        ("reviews", stranger, f"/gigs/{slug}/reviews/", f"/api/reviews?gig={slug}"),
        (
            "suggestions",
            typing,
            "/search/suggestions/?q=craft",
            "/api/search/suggestions?q=craft",
        ),
        ("seller", stranger, "/u/seller0/", "/api/users/seller0"),
        ("wallet", seller, "/wallet/", "/api/wallet"),
        ("statement", seller, "/wallet/", "/api/wallet/entries?limit=25"),
        ("withdrawals", seller, "/wallet/withdrawals/", "/api/wallet/withdrawals"),
        ("profile", known, "/settings/profile/", "/api/users/profile"),
    ]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
