import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from PIL import Image

from accounts import quota
from accounts.actions import portfolio as actions
from accounts.actions import privacy
from accounts.models import Work
from gigstream.core.errors import NotAllowed, Stale
from gigstream.services import cloudinary
from gigstream.services.cloudinary import Picture
from tests.factories import NOON, a_seller, a_user, a_work

pytestmark = pytest.mark.django_db

PATH = "/settings/portfolio/"


def stored(number=1):
    return Picture(
        public_id=f"portfolio/{number}",
        version=7,
        width=800,
        height=600,
        format="jpg",
        bytes=1,
    )


def add(owner, number=1, **fields):
    fields = {
        "picture": stored(number),
        "sha256": f"{number:064x}",
        "title": f"Work {number}",
        "text": "",
        **fields,
    }
    return actions.add_work(actor=owner, now=NOON, **fields)


def titles(owner):
    return [work.title for work in owner.works.in_order()]


@pytest.fixture
def deleted(monkeypatch):
    gone = []
    monkeypatch.setattr(cloudinary, "destroy", gone.append)
    return gone


# --- What sellers do ------------------------------------------------------------


def test_works_are_shown_in_the_order_in_which_they_came():
    owner = a_seller()

    for number in (1, 2, 3):
        add(owner, number)

    assert titles(owner) == ["Work 1", "Work 2", "Work 3"]


def test_the_same_file_is_one_work_and_its_copy_is_deleted(run_tasks, deleted):
    owner = a_seller()
    first = add(owner)

    again = add(owner, picture=stored(2))
    run_tasks()

    assert again == first
    assert deleted == ["portfolio/2"]


def test_there_are_twelve_at_most():
    owner = a_seller()
    for number in range(actions.MOST_WORKS):
        a_work(owner=owner, sha256=f"{number + 100:064x}")

    with pytest.raises(NotAllowed, match="at most 12"):
        add(owner)

    assert owner.works.count() == 12


@pytest.mark.parametrize("owner", [a_user, lambda: a_seller(standing="suspended")])
def test_only_sellers_have_one(owner):
    with pytest.raises(NotAllowed, match="Only sellers"):
        add(owner())


@pytest.mark.parametrize(
    ("which", "to", "expected"),
    [
        (2, "earlier", ["Work 1", "Work 3", "Work 2"]),
        (0, "later", ["Work 2", "Work 1", "Work 3"]),
        (0, "earlier", ["Work 1", "Work 2", "Work 3"]),
        (2, "later", ["Work 1", "Work 2", "Work 3"]),
    ],
)
def test_a_work_moves_by_one_place(which, to, expected):
    owner = a_seller()
    works = [add(owner, number) for number in (1, 2, 3)]

    actions.move_work(actor=owner, work_id=works[which].pk, to=to)

    assert titles(owner) == expected


def test_a_work_that_is_removed_takes_its_file_along(run_tasks, deleted):
    owner = a_seller()
    work = add(owner)

    actions.remove_work(actor=owner, work_id=work.pk)
    run_tasks()

    assert deleted == ["portfolio/1"]
    with pytest.raises(Stale):
        actions.remove_work(actor=owner, work_id=work.pk)


def test_nobody_changes_the_works_of_another():
    work, other = a_work(owner=a_seller()), a_seller()

    for verb in (
        lambda: actions.describe_work(actor=other, work_id=work.pk, title="x", text=""),
        lambda: actions.move_work(actor=other, work_id=work.pk, to="later"),
        lambda: actions.remove_work(actor=other, work_id=work.pk),
    ):
        with pytest.raises(Stale):
            verb()

    assert Work.objects.get() == work


def test_the_portfolio_goes_with_the_account(run_tasks, deleted):
    owner = a_seller()
    add(owner)

    privacy.close(user_id=owner.pk, keep_texts=True, now=NOON)
    run_tasks()

    assert not Work.objects.exists()
    assert deleted == ["portfolio/1"]


def test_a_work_without_a_title_cannot_be_kept():
    with pytest.raises(IntegrityError, match="work_has_a_title"):
        a_work(owner=a_seller(), title="")


# --- The pages -------------------------------------------------------------------


def a_picture_file(size=(800, 600), colour="red"):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return SimpleUploadedFile("work.png", file.getvalue())


@pytest.fixture
def store(monkeypatch):
    sent = []

    def keep(file, *, folder, name):
        sent.append(folder)
        return stored(len(sent))

    monkeypatch.setattr(cloudinary, "upload_picture", keep)
    return sent


def test_a_work_is_added_described_and_shown(as_user, client, store):
    owner = a_seller(username="maya")
    browser = as_user(owner)

    added = browser.post(
        PATH, {"picture": a_picture_file(), "title": "Boat yard", "text": "2009"}
    )
    work = Work.objects.get()
    saved = browser.post(f"{PATH}{work.pk}/", {"title": "Boats", "text": "A mark"})

    page = client.get("/u/maya/").text
    assert (added.url, saved.url) == (PATH, PATH)
    assert store == ["portfolio"]
    assert "Boats" in browser.get(PATH).text
    assert 'id="portfolio"' in page
    assert "Boats" in page
    assert "A mark" in page
    assert work.large in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "This field is required"),
        ({"title": "x" * 81}, "at most 80"),
        ({"picture": a_picture_file((399, 300))}, "at least 400 by 300"),
        ({"picture": SimpleUploadedFile("a.png", b"<svg/>")}, "not a JPEG"),
        ({"picture": ""}, "This field is required"),
    ],
)
def test_a_bad_work_is_refused_and_what_was_typed_stays(as_user, store, fields, words):
    form = {
        "picture": a_picture_file(),
        "title": "Boats",
        "text": "Typed long",
        **fields,
    }

    page = as_user(a_seller()).post(PATH, form)

    assert page.status_code == 422
    assert words in page.text
    assert "Typed long" in page.text
    assert (store, Work.objects.count()) == ([], 0)


def test_a_full_portfolio_is_told_before_anything_is_uploaded(as_user, store):
    owner = a_seller()
    for _ in range(actions.MOST_WORKS):
        a_work(owner=owner)

    page = as_user(owner).post(PATH, {"picture": a_picture_file(), "title": "Boats"})

    assert page.status_code == 422
    assert "at most 12 works" in page.text
    assert store == []


def test_a_picture_store_that_is_away_loses_no_words(as_user, monkeypatch):
    def away(file, *, folder, name):
        raise cloudinary.StorageUnavailable

    monkeypatch.setattr(cloudinary, "upload_picture", away)

    page = as_user(a_seller()).post(
        PATH, {"picture": a_picture_file(), "title": "Boats"}
    )

    assert page.status_code == 422
    assert "cannot be reached" in page.text
    assert 'value="Boats"' in page.text


def test_a_buyer_is_led_to_start_selling(as_user):
    answer = as_user(a_user()).get(PATH)

    assert answer.url == "/sell/start/?next=%2Fsettings%2Fportfolio%2F"


@pytest.mark.parametrize("works", [1, 3])
def test_the_page_asks_the_same_number_of_questions(
    as_user, django_assert_num_queries, works
):
    owner = a_seller()
    for _ in range(works):
        a_work(owner=owner)
    browser = as_user(owner)

    with django_assert_num_queries(4):
        browser.get(PATH)


# --- What machines read on a profile -----------------------------------------------


def test_a_profile_describes_its_person_to_search_engines(client):
    person = a_seller(
        username="maya",
        full_name="Maya </script><script>",
        headline="Logos",
        skills=["Lettering"],
        spoken_languages=["sv"],
        location="Gothenburg",
        country="SE",
        avatar_id="faces/1",
        avatar_version=2,
    )

    page = client.get("/u/maya/").text

    script = re.search(r'application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)[1]
    who = json.loads(script)["mainEntity"]
    assert who["@type"] == "Person"
    assert who["name"] == person.full_name
    assert who["url"].endswith("/u/maya/")
    assert (who["jobTitle"], who["knowsAbout"]) == ("Logos", ["Lettering"])
    assert who["homeLocation"]["name"] == "Gothenburg, Sweden"
    assert "email" not in who
    assert re.search(r'og:image" content="http[^"]+faces/1', page)
    assert 'og:description" content="Logos"' in page


def test_works_count_against_the_quota(as_user, store, monkeypatch):
    monkeypatch.setattr(quota, "QUOTA_BYTES", 400_000)
    owner = a_seller(avatar_id="faces/1", avatar_bytes=100_000)
    a_work(owner=owner, bytes=300_000)

    page = as_user(owner).post(PATH, {"picture": a_picture_file(), "title": "Boats"})

    assert page.status_code == 422
    assert "Your pictures fill" in page.text
    assert store == []
    with pytest.raises(NotAllowed, match="Your pictures fill"):
        add(owner, picture=stored(2))
