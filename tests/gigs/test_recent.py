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

    assert recent.seen_by(request) == [first.pk, third.pk, second.pk]


def test_a_seller_does_not_visit_their_own_gig(as_user):
    gig = a_gig()

    assert recent.seen_by(look(as_user(gig.seller), gig)) == []


def test_a_stranger_gets_no_cookie_for_looking(client):
    request = look(client, a_gig())

    assert recent.seen_by(request) == []
    assert "sessionid" not in client.cookies


def test_looking_at_many_keeps_the_last_dozen(as_user):
    gigs = [a_gig() for _ in range(14)]

    request = look(as_user(a_user()), *gigs)

    assert recent.seen_by(request) == [gig.pk for gig in gigs[:1:-1]]
