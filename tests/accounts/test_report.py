import pytest

from accounts import actions
from accounts.models import Report
from gigstream.core.errors import NotAllowed
from tests.factories import NOON, a_moderator, a_user

pytestmark = pytest.mark.django_db


def tell(reporter, person, **fields):
    fields = {
        "reporter": reporter,
        "target": Report.Target.USER,
        "target_id": person.pk,
        "reason": "spam",
        "text": "Wrote to everybody.",
        "now": NOON,
        **fields,
    }
    return actions.report(**fields)


def test_a_report_waits_for_the_moderators():
    reporter, person = a_user(), a_user()

    tell(reporter, person)

    report = Report.objects.get()
    assert (report.reporter, report.target_id) == (reporter, person.pk)
    assert (report.reason, report.status, report.at) == ("spam", "open", NOON)


def test_the_same_person_is_reported_once_while_it_is_open():
    reporter, person = a_user(), a_user()
    tell(reporter, person)

    with pytest.raises(NotAllowed, match="already"):
        tell(reporter, person, reason="abuse")

    assert Report.objects.get().reason == "spam"


def test_after_an_answer_the_same_person_can_be_reported_again():
    reporter, person = a_user(), a_user()
    told = tell(reporter, person)
    actions.answer_report(
        report_id=told.pk, actor=a_moderator(), is_upheld=False, answer="", now=NOON
    )

    tell(reporter, person)

    assert Report.objects.count() == 2


def test_two_people_can_report_the_same():
    person = a_user()

    tell(a_user(), person)
    tell(a_user(), person)

    assert Report.objects.count() == 2


def test_nobody_reports_themselves():
    user = a_user()

    with pytest.raises(NotAllowed):
        tell(user, user)


def test_a_suspended_person_reports_nobody():
    with pytest.raises(NotAllowed):
        tell(a_user(standing="suspended"), a_user())


def test_the_form_tells_and_leads_back_to_the_profile(as_user):
    person = a_user(username="maya")
    browser = as_user(a_user())

    page = browser.post(
        "/u/maya/report/", {"reason": "outside", "text": "Pay me here"}, follow=True
    )

    assert page.redirect_chain == [("/u/maya/", 302)]
    assert "Our moderators will look at it." in page.text
    assert Report.objects.get().target_id == person.pk


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "This field is required."),
        ({"reason": "rude"}, "not one of the available choices"),
        ({"reason": "spam", "text": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_a_form_with_gaps_is_refused(as_user, fields, words):
    a_user(username="maya")

    page = as_user(a_user()).post("/u/maya/report/", fields)

    assert page.status_code == 422
    assert words in page.text
    assert not Report.objects.exists()


def test_a_second_report_is_answered_on_the_form(as_user):
    person, user = a_user(username="maya"), a_user()
    tell(user, person)

    page = as_user(user).post("/u/maya/report/", {"reason": "spam"})

    assert page.status_code == 422
    assert "reported this already" in page.text


def test_reporting_needs_an_account(client):
    a_user(username="maya")

    answer = client.get("/u/maya/report/")

    assert answer.url == "/accounts/login/?next=/u/maya/report/"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_takes_the_same_queries(as_user, django_assert_num_queries, rows):
    operator = a_user(is_staff=True, is_superuser=True)
    for _ in range(rows):
        tell(a_user(), a_user())
    browser = as_user(operator)

    with django_assert_num_queries(4):
        browser.get("/admin/accounts/report/")
