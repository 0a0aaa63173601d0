import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import get_hasher
from django.db import IntegrityError
from django.test import Client
from django_tasks_db.models import DBTaskResult

from accounts.forms import SignupForm
from accounts.hashers import BCryptHasher
from accounts.models import User
from tests.accounts.people import answer, join, log_in, path_in
from tests.factories import a_user

pytestmark = pytest.mark.django_db


def test_a_newcomer_joins_confirms_and_logs_in(client, run_tasks, mailoutbox):
    joined = join(client, email="Nora@Example.com")
    run_tasks()
    confirmation = path_in(mailoutbox[0])
    page = client.get(confirmation)
    confirmed = client.post(confirmation)
    entered = log_in(client, email="nora@example.com", password="a-long-way-home")

    user = User.objects.get()
    assert joined.url == "/accounts/confirm-email/"
    assert (user.full_name, user.email) == ("Nora Nordin", "nora@example.com")
    assert "Confirm your address" in page.text
    assert confirmed.url == "/accounts/login/"
    assert entered.url == "/dashboard/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_joining_leads_back_to_where_it_was_needed(client, run_tasks, mailoutbox):
    join(client, next="/orders/")
    run_tasks()

    confirmed = client.post(path_in(mailoutbox[0]))

    assert confirmed.url == "/accounts/login/?next=/orders/"


def test_joining_never_leads_to_another_site(client, run_tasks, mailoutbox):
    join(client, next="https://evil.example/")
    run_tasks()

    confirmed = client.post(path_in(mailoutbox[0]))

    assert confirmed.url == "/accounts/login/"


def test_looking_at_the_link_confirms_nothing(client, run_tasks, mailoutbox):
    join(client)
    run_tasks()

    client.get(path_in(mailoutbox[0]))

    assert not EmailAddress.objects.get().verified


def test_nobody_gets_in_before_confirming(client):
    join(client)

    response = log_in(client, email="nora@example.com", password="a-long-way-home")

    assert response.url == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session


def test_a_used_link_says_so(client, run_tasks, mailoutbox):
    join(client)
    run_tasks()
    link = path_in(mailoutbox[0])
    client.post(link)

    page = client.get(link)

    assert "This link no longer works" in page.text


def test_the_mail_has_two_forms_a_key_and_our_own_address(
    client, run_tasks, mailoutbox, settings
):
    settings.SITE_URL = "http://gigstream.example"

    join(client)
    run_tasks()

    mail = mailoutbox[0]
    html = mail.alternatives[0].content
    assert mail.to == ["nora@example.com"]
    assert mail.subject == "Confirm your e-mail address"
    assert mail.extra_headers["Idempotency-Key"].startswith("account:")
    assert "http://gigstream.example/accounts/confirm-email/" in mail.body
    assert "http://gigstream.example/accounts/confirm-email/" in html
    assert "Hello Nora," in html


def test_joining_sends_nothing_by_itself_and_keeps_no_secret_in_the_queue(
    client, mailoutbox
):
    join(client)

    waiting = DBTaskResult.objects.get()
    assert mailoutbox == []
    kept = {"email", "key", "kind", "language", "user_id"}
    assert set(waiting.args_kwargs["kwargs"]) == kept


def test_a_name_is_text_in_the_mail(client, run_tasks, mailoutbox):
    join(client, full_name="<b>Nora</b>")
    run_tasks()

    assert "Hello &lt;b&gt;Nora" in mailoutbox[0].alternatives[0].content


def test_a_known_address_gets_the_same_answer_and_another_mail(run_tasks, mailoutbox):
    a_user(email="nora@example.com", full_name="Nora")
    old, new = Client(), Client()

    answers = [
        answer(join(old, email="Nora@example.com")),
        answer(join(new, email="nobody@example.com")),
    ]
    pages = [answer(browser.get("/accounts/confirm-email/")) for browser in (old, new)]
    run_tasks()

    assert answers[0] == answers[1]
    assert pages[0][:2] == pages[1][:2]
    assert pages[0][2].replace(b"nora@", b"nobody@") == pages[1][2]
    assert {mail.to[0]: mail.subject for mail in mailoutbox} == {
        "nora@example.com": "You already have an account",
        "nobody@example.com": "Confirm your e-mail address",
    }


def test_a_known_address_costs_as_much_hashing(monkeypatch):
    a_user(email="nora@example.com")
    hashed = []
    monkeypatch.setattr(
        "accounts.forms.make_password", lambda text: hashed.append(text) or "!"
    )

    join(Client(), email="nora@example.com")
    join(Client(), email="nobody@example.com")

    assert hashed == ["a-long-way-home"] * 2


def test_two_who_join_with_one_address_at_once_make_one_account(
    client, monkeypatch, run_tasks, mailoutbox
):
    a_user(email="nora@example.com")
    monkeypatch.setattr(SignupForm, "validate_unique_email", lambda form, email: email)

    response = join(client)
    run_tasks()

    assert response.url == "/accounts/confirm-email/"
    assert User.objects.count() == 1
    assert mailoutbox[0].subject == "You already have an account"


def test_the_account_and_its_mail_are_made_together(client, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no queue")

    monkeypatch.setattr("accounts.adapter.jobs.enqueue", fail)

    with pytest.raises(RuntimeError):
        join(client)

    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"full_name": " "}, "This field is required."),
        ({"full_name": "x" * 301}, "at most 300 characters"),
        ({"email": "nowhere"}, "Enter a valid email address."),
        ({"password": "short"}, "at least 10 characters"),
        ({"password": "password12"}, "too common"),
        (
            {"email": "nora.nordin@example.com", "password": "nora.nordin"},
            "too similar",
        ),
    ],
)
def test_bad_input_is_explained_at_the_field(client, fields, complaint):
    page = join(client, **fields)

    assert complaint in page.text
    assert not User.objects.exists()


def test_the_mail_can_be_sent_again(client, run_tasks, mailoutbox, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    join(client)

    response = client.post(
        "/accounts/confirm-email/again/", {"email": "NORA@example.com"}
    )
    run_tasks()

    assert response.url == "/accounts/confirm-email/"
    assert [mail.subject for mail in mailoutbox] == ["Confirm your e-mail address"] * 2


def test_asking_again_and_again_sends_one_mail(client, run_tasks, mailoutbox):
    join(client)

    for _ in range(3):
        client.post("/accounts/confirm-email/again/", {"email": "nora@example.com"})
    run_tasks()

    assert len(mailoutbox) == 1


def test_asking_again_tells_nobody_who_has_an_account(run_tasks, mailoutbox):
    a_user(email="nora@example.com")

    answers = [
        answer(Client().post("/accounts/confirm-email/again/", {"email": email}))
        for email in ("nora@example.com", "nobody@example.com")
    ]
    run_tasks()

    assert answers[0] == answers[1]
    assert mailoutbox == []


def test_asking_again_without_an_address_is_refused(client):
    page = client.post("/accounts/confirm-email/again/", {"email": "nowhere"})

    assert page.status_code == 422
    assert "Enter a valid email address." in page.text


def test_the_database_keeps_one_account_per_address_in_any_case():
    a_user(email="nora@example.com")

    with pytest.raises(IntegrityError):
        User.objects.create(email="NORA@example.com", full_name="Nora")


def test_passwords_are_kept_by_bcrypt_at_the_cost_that_is_set(settings):
    settings.BCRYPT_ROUNDS = 4
    hasher = BCryptHasher()

    kept = hasher.encode("a-long-way-home", hasher.salt())

    assert kept.startswith("bcrypt_sha256$$2b$04$")
    assert hasher.verify("a-long-way-home", kept)


def test_outside_tests_bcrypt_at_twelve_comes_first():
    from gigstream.settings import base

    hashers, rounds = base.PASSWORD_HASHERS, base.BCRYPT_ROUNDS

    assert (hashers[0], rounds) == ("accounts.hashers.BCryptHasher", 12)
    assert get_hasher().algorithm == "md5"
