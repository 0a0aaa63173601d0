import pytest

from tests.accounts.codes import set_up_app
from tests.factories import a_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator():
    return a_user(is_staff=True, is_superuser=True)


def test_staff_without_a_second_factor_are_led_to_set_one_up(
    operator, as_user, settings
):
    settings.STAFF_NEEDS_MFA = True
    browser = as_user(operator)

    refused = browser.get("/admin/")
    page = browser.get(refused.url)

    assert refused.url == "/settings/security/"
    assert "Staff need a second factor" in page.text


def test_no_page_of_the_admin_opens_without_it(operator, as_user, settings):
    settings.STAFF_NEEDS_MFA = True
    browser = as_user(operator)

    for path in (
        "/admin/accounts/user/",
        f"/admin/accounts/user/{operator.pk}/change/",
        "/admin/jsi18n/",
        "/admin/autocomplete/",
    ):
        assert browser.get(path).url == "/settings/security/", path


def test_staff_with_a_second_factor_come_in(operator, as_user, settings):
    settings.STAFF_NEEDS_MFA = True
    browser = as_user(operator)
    set_up_app(browser)

    assert browser.get("/admin/").status_code == 200


def test_a_setting_relaxes_it(operator, as_user):
    assert as_user(operator).get("/admin/").status_code == 200


def test_staff_change_their_password_where_everybody_does(operator, as_user):
    answer = as_user(operator).get("/admin/password_change/")

    assert answer.url == "/accounts/password/change/"
