import pytest

from gigs import recent
from tests.factories import a_gig, a_user

pytestmark = pytest.mark.django_db


def look(browser, *gigs):
    for gig in gigs:
        answer = browser.get(gig.get_absolute_url())
    return answer.wsgi_request


def test_the_last_one_looked_at_comes_first_and_each_comes_once(as_user):
    first, second, third = [a_gig() for _ in range(3)]

    request = look(as_user(a_user()), first, second, third, first)

    assert recent.recently_viewed(request) == [first, third, second]


def test_what_is_not_on_offer_any_more_is_left_out(as_user):
    here, gone = a_gig(), a_gig()
    request = look(as_user(a_user()), here, gone)

    type(gone).objects.filter(pk=gone.pk).update(status="paused")

    assert recent.recently_viewed(request) == [here]


def test_a_seller_does_not_visit_their_own_gig(as_user):
    gig = a_gig()

    assert recent.recently_viewed(look(as_user(gig.seller), gig)) == []


def test_a_stranger_gets_no_cookie_for_looking(client):
    request = look(client, a_gig())

    assert recent.recently_viewed(request) == []
    assert "sessionid" not in client.cookies


def test_looking_at_many_keeps_the_last_dozen(as_user):
    gigs = [a_gig() for _ in range(14)]

    request = look(as_user(a_user()), *gigs)

    assert recent.recently_viewed(request, limit=99) == gigs[:1:-1]
