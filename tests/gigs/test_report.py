import pytest

from accounts.models import Report
from tests.factories import a_gig, a_user

pytestmark = pytest.mark.django_db


def send(browser, gig, **typed):
    return browser.post(f"/gigs/{gig.slug}/report/", {"reason": "copy", **typed})


def test_a_gig_is_reported_to_the_moderators(as_user):
    gig, reporter = a_gig(), a_user()

    answer = send(as_user(reporter), gig, text="That is my drawing.")

    report = Report.objects.get()
    assert answer.url == gig.get_absolute_url()
    assert (report.target, report.target_id) == (Report.Target.GIG, gig.pk)
    assert (report.reporter, report.text) == (reporter, "That is my drawing.")


@pytest.mark.parametrize("typed", [{"reason": ""}, {"reason": "boredom"}])
def test_a_report_without_a_reason_is_asked_for_one(as_user, typed):
    answer = send(as_user(a_user()), a_gig(), text="Kept as typed", **typed)

    assert answer.status_code == 422
    assert "Kept as typed" in answer.text
    assert not Report.objects.exists()


def test_one_person_reports_a_gig_once(as_user):
    gig, browser = a_gig(), as_user(a_user())
    send(browser, gig)

    answer = send(browser, gig)

    assert answer.status_code == 422
    assert "You have reported this already" in answer.text


def test_nobody_reports_their_own_gig_or_one_that_they_cannot_see(as_user):
    gig = a_gig()

    assert send(as_user(gig.seller), gig).status_code == 404
    assert send(as_user(a_user()), a_gig(status="paused")).status_code == 404


def test_the_gigs_page_leads_to_the_report(client):
    gig = a_gig()

    assert f'href="/gigs/{gig.slug}/report/"' in client.get(gig.get_absolute_url()).text
