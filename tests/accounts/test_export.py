import io
import json
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
)
from django.test import Client
from django_tasks_db.models import DBTaskResult

import messaging.actions
from accounts import exports
from accounts.actions import privacy
from accounts.models import DataExport, SecurityEvent
from gigstream.core import clock, jobs, limits
from gigstream.core.errors import NotAllowed
from gigstream.services import cloudinary
from orders.actions import Answer
from orders.models import OrderFile
from orders.status import OrderStatus
from tests.accounts.codes import logged_in_before
from tests.accounts.people import log_in, path_in
from tests.factories import (
    NOON,
    PASSWORD,
    a_gig,
    a_question,
    a_seller,
    a_user,
    an_order,
)

pytestmark = pytest.mark.django_db
ASK = "/settings/privacy/export/"


@pytest.fixture
def nora():
    return a_seller(email="nora@example.com", full_name="Nora Nordin")


@pytest.fixture
def browser(client, nora):
    log_in(client, email=nora.email, password=PASSWORD)
    return client


def a_copy(user, *, now=None, public_id="exports/x", **fields):
    now = now or clock.now()
    fields = {
        "status": "ready",
        "ready_at": now,
        "expires_at": now + timedelta(hours=48),
        "public_id": public_id,
        "size": 4,
        **fields,
    }
    return user.data_exports.create(requested_at=now, **fields)


def unpack(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def a_talk(one, other, *lines):
    thread = messaging.actions.open_conversation(between=(one, other), now=NOON)
    for minute, (sender, body) in enumerate(lines):
        messaging.actions.send(
            conversation_id=thread.pk,
            sender=sender,
            body=body,
            client_id=uuid4(),
            now=NOON + timedelta(minutes=minute),
        )


def test_a_copy_is_asked_for_packed_announced_and_downloaded(
    sandbox, browser, nora, run_tasks, mailoutbox
):
    asked = browser.post(ASK)
    run_tasks()
    mail = mailoutbox[0]
    page = browser.get("/settings/privacy/").text
    answer = browser.get(path_in(mail))

    files = unpack(b"".join(answer.streaming_content))
    assert asked.url == "/settings/privacy/"
    assert (mail.to, mail.subject) == (
        [nora.email],
        "The copy of your data is ready",
    )
    assert path_in(mail) in page
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert json.loads(files["account.json"])["profile"]["email"] == nora.email
    assert (
        SecurityEvent.objects.get(user=nora, kind="export_requested").kind
        == "export_requested"
    )


def test_it_holds_every_part_and_nothing_of_others(sandbox, nora):
    gig = a_gig(seller=nora, title="I will letter your sign")
    a_question(gig=gig, question="Which word?")
    other_gig = a_gig(title="Somebody else's gig")
    buyer = a_user(full_name="Sam Okafor")
    sold = an_order(gig=gig, buyer=buyer, status=OrderStatus.COMPLETED)
    question = a_question(gig=other_gig, question="Which colour?")
    bought = an_order(
        gig=other_gig,
        buyer=nora,
        answers=[Answer(question=question, text="Teal")],
    )
    strangers = an_order(gig=a_gig(title="Far away"), status=OrderStatus.COMPLETED)
    a_talk(nora, buyer, (nora, "Hello Sam"), (buyer, "Hello Nora"))
    a_talk(strangers.buyer, strangers.seller, (strangers.buyer, "Not for Nora"))
    OrderFile.objects.all().delete()

    files = unpack(exports.pack(nora, now=NOON))

    assert set(files) == {
        "README.txt",
        "account.json",
        "gigs.json",
        "messages.json",
        "notification_preferences.json",
        "notifications.json",
        "offers.json",
        "orders.json",
        "payments.json",
        "reviews.json",
        "saved_gigs.json",
        "to_the_staff.json",
    }
    data = {
        name.removesuffix(".json"): json.loads(content)
        for name, content in files.items()
        if name.endswith(".json")
    }
    assert [each["title"] for each in data["gigs"]] == ["I will letter your sign"]
    assert {each["id"]: each["role"] for each in data["orders"]} == {
        str(sold.pk): "seller",
        str(bought.pk): "buyer",
    }
    assert "Here it is." in files["orders.json"].decode()
    assert "Teal" in files["orders.json"].decode()
    assert [line["text"] for line in data["messages"][0]["messages"]] == [
        "Hello Sam",
        "Hello Nora",
    ]
    assert [each["order_id"] for each in data["payments"]["payments"]] == [
        str(bought.pk)
    ]
    assert [each["order_id"] for each in data["payments"]["earnings"]] == [str(sold.pk)]
    assert len(data["notifications"]) == nora.notifications.count() > 0
    everything = b"".join(files.values()).decode()
    for foreign in [
        buyer.email,
        strangers.buyer.full_name,
        "Not for Nora",
        "Far away",
        nora.password,
    ]:
        assert foreign not in everything


def test_it_holds_the_files_they_uploaded_and_no_other(sandbox, nora):
    order = an_order(gig=a_gig(seller=nora), status=OrderStatus.DELIVERED)
    file = order.files.get()
    mine = cloudinary.upload_private(io.BytesIO(b"%PDF mine"), folder="orders")
    OrderFile.objects.filter(pk=file.pk).update(public_id=mine.public_id)

    theirs = unpack(exports.pack(nora, now=NOON))
    buyers = unpack(exports.pack(order.buyer, now=NOON))

    assert theirs[f"orders/{order.pk}/{file.pk}-logo.pdf"] == b"%PDF mine"
    assert [name for name in buyers if name.startswith("orders/")] == []


def test_a_file_that_does_not_fit_is_named_with_where_it_is_to_be_had(nora):
    order = an_order(gig=a_gig(seller=nora), status=OrderStatus.DELIVERED)
    order.files.update(size=exports.LIMIT)
    file = order.files.get()

    theirs = unpack(exports.pack(nora, now=NOON))

    assert [name for name in theirs if name.startswith("orders/")] == []
    readme = theirs["README.txt"].decode()
    assert f"orders/{order.pk}/{file.pk}-logo.pdf: http" in readme
    assert file.get_absolute_url() in readme


def test_asking_twice_at_once_is_one_copy(browser, nora):
    browser.post(ASK)
    browser.post(ASK)

    assert DataExport.objects.filter(user=nora).count() == 1
    assert DBTaskResult.objects.filter(task_path__endswith="pack_export").count() == 1


def test_packing_twice_keeps_one_file_and_sends_one_mail(
    sandbox, nora, run_tasks, mailoutbox
):
    export = privacy.request_export(user_id=nora.pk, now=NOON)

    privacy.pack_export(export_id=export.pk, now=NOON)
    privacy.pack_export(export_id=export.pk, now=NOON)
    run_tasks()

    assert len(mailoutbox) == 1


def test_the_slower_of_two_workers_destroys_what_it_stored(sandbox, nora, monkeypatch):
    export = privacy.request_export(user_id=nora.pk, now=NOON)
    real, stored = cloudinary.upload_private, []

    def meanwhile(file, **named):
        monkeypatch.setattr(cloudinary, "upload_private", real)
        privacy.pack_export(export_id=export.pk, now=NOON)
        stored.append(real(file, **named))
        return stored[-1]

    monkeypatch.setattr(cloudinary, "upload_private", meanwhile)
    privacy.pack_export(export_id=export.pk, now=NOON)

    export.refresh_from_db()
    assert export.public_id != stored[0].public_id
    with pytest.raises(cloudinary.StorageUnavailable):
        cloudinary.open_private(stored[0].public_id, "raw")


def test_a_worker_that_dies_over_a_copy_leaves_no_file(
    sandbox, nora, monkeypatch, run_tasks
):
    lost = []

    def dies(_export, public_id, *_size, **_now):
        lost.append(public_id)
        raise RuntimeError("killed")

    with clock.frozen(NOON), monkeypatch.context() as patched:
        export = privacy.request_export(user_id=nora.pk, now=NOON)
        patched.setattr(privacy, "_hand_over", dies)
        with pytest.raises(RuntimeError):
            privacy.pack_export(export_id=export.pk, now=NOON)
    for passed in (timedelta(), privacy.GRACE):
        with clock.frozen(NOON + passed):
            run_tasks()

    export.refresh_from_db()
    assert b"".join(cloudinary.open_private(export.public_id, "raw"))
    with pytest.raises(cloudinary.StorageUnavailable):
        cloudinary.open_private(lost[0], "raw")


def test_a_new_copy_takes_the_place_of_the_old_one(sandbox, browser, nora, run_tasks):
    old = a_copy(nora)

    browser.post(ASK)
    run_tasks()

    old.refresh_from_db()
    page = browser.get("/settings/privacy/").text
    assert (old.status, old.public_id) == ("expired", "")
    assert page.count(">Download<") == 1


def test_copies_cannot_be_asked_for_without_end(browser, nora, settings, monkeypatch):
    in_database = {"BACKEND": "gigstream.core.cache.DatabaseCache"}
    settings.CACHES = {**settings.CACHES, "default": in_database}
    settings.RATELIMIT_ENABLE = True
    monkeypatch.setitem(limits.RATES, "export", limits.Rates("100/d", "2/d"))

    codes = [browser.post(ASK).status_code for _ in range(3)]

    assert codes == [302, 302, 429]


def test_the_copy_of_somebody_else_is_a_404(sandbox, browser):
    others = a_copy(a_user())

    assert browser.get(f"{ASK}{others.pk}/").status_code == 404


def test_an_expired_copy_is_a_404(sandbox, browser, nora):
    old = a_copy(nora, now=clock.now() - timedelta(hours=48))

    assert browser.get(f"{ASK}{old.pk}/").status_code == 404


def test_a_stranger_is_asked_to_log_in(client, nora):
    copy = a_copy(nora)

    answer = client.get(f"{ASK}{copy.pk}/")

    assert answer.url == f"/accounts/login/?next={ASK}{copy.pk}/"


def test_an_old_login_must_be_renewed_and_leads_back(sandbox, browser, nora):
    copy = a_copy(nora, public_id="exports/none")
    logged_in_before(browser, minutes=16)

    asked = browser.get(f"{ASK}{copy.pk}/")
    renewed = browser.post(asked.url, {"password": PASSWORD})
    answer = browser.get(renewed.url)

    assert asked.url == f"/accounts/reauthenticate/?next={ASK}{copy.pk}/"
    assert renewed.url == f"{ASK}{copy.pk}/"
    assert answer.status_code == 503  # the file itself is not there


def test_a_login_of_14_minutes_ago_is_fresh_enough(sandbox, browser, nora):
    copy = a_copy(nora, public_id="exports/none")
    logged_in_before(browser, minutes=14)

    assert browser.get(f"{ASK}{copy.pk}/").status_code == 503


def test_the_login_of_another_person_in_this_session_does_not_count(
    sandbox, browser, nora
):
    copy = a_copy(nora)
    session = browser.session
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(uuid4())
    session.save()

    assert "/reauthenticate/" in browser.get(f"{ASK}{copy.pk}/").url


def test_who_has_no_password_must_log_in_anew(as_user):
    user = a_user(password=None)
    copy = a_copy(user)
    browser = as_user(user)

    answer = browser.get(f"{ASK}{copy.pk}/")

    assert answer.url == f"/accounts/login/?next={ASK}{copy.pk}/"
    assert "_auth_user_id" not in browser.session


def test_a_copy_expires_and_its_file_is_destroyed(sandbox, nora, run_tasks):
    export = privacy.request_export(user_id=nora.pk, now=clock.now())
    run_tasks()
    export.refresh_from_db()
    where = export.public_id
    DataExport.objects.update(expires_at=clock.now())

    jobs.enqueue("accounts.tasks.expire_exports")
    run_tasks()

    export.refresh_from_db()
    assert (export.status, export.public_id) == ("expired", "")
    with pytest.raises(cloudinary.StorageUnavailable):
        cloudinary.open_private(where, "raw")


def test_one_that_could_not_be_packed_does_not_stand_in_the_way_for_ever(
    nora, run_tasks
):
    stuck = nora.data_exports.create(requested_at=clock.now() - timedelta(hours=49))

    jobs.enqueue("accounts.tasks.expire_exports")
    run_tasks()

    assert privacy.request_export(user_id=nora.pk, now=NOON) != stuck


def test_a_copy_that_is_too_large_fails_and_says_so(sandbox, nora, monkeypatch):
    export = privacy.request_export(user_id=nora.pk, now=NOON)
    monkeypatch.setattr(exports, "LIMIT", 100)

    with pytest.raises(exports.TooLarge, match="More than 100 bytes"):
        privacy.pack_export(export_id=export.pk, now=NOON)

    export.refresh_from_db()
    assert export.status == "requested"


def test_who_is_suspended_gets_no_copy():
    user = a_user(standing="suspended")

    with pytest.raises(NotAllowed):
        privacy.request_export(user_id=user.pk, now=NOON)


def test_looking_at_the_page_asks_for_nothing(browser):
    page = browser.get("/settings/privacy/")

    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert "Request a copy" in page.text
    assert not DataExport.objects.exists()


@pytest.mark.parametrize("copies", [0, 1, 3])
def test_the_page_asks_the_same_number_of_questions(
    browser, nora, django_assert_num_queries, copies
):
    for _ in range(copies):
        a_copy(nora)

    with django_assert_num_queries(5):
        browser.get("/settings/privacy/")


def test_the_page_says_that_a_copy_is_being_packed(browser):
    browser.post(ASK)

    page = browser.get("/settings/privacy/").text

    assert "being packed" in page
    assert "Request a copy" not in page


def test_asking_takes_a_post_of_our_own_form(nora):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(
        nora, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    assert browser.get(ASK).status_code == 405
    assert browser.post(ASK).status_code == 403
