import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import actions, quota
from accounts.models import User
from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from gigstream.services.cloudinary import Picture
from tests.factories import a_seller, a_user, a_work

pytestmark = pytest.mark.django_db

PATH = "/settings/profile/"
FIELDS = {
    "full_name": "Maya Lindqvist",
    "headline": "Logo designer",
    "bio": "Marks that last.",
    "location": "Malmö",
    "country": "SE",
    "spoken_languages": ["sv", "ar"],
    "skills": "Lettering, logo design,lettering , ",
}
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}


def test_what_is_saved_is_there(as_user):
    user = a_user()

    answer = as_user(user).post(PATH, FIELDS)

    user.refresh_from_db()
    assert answer.url == PATH
    assert (user.full_name, user.headline, user.bio, user.location) == (
        "Maya Lindqvist",
        "Logo designer",
        "Marks that last.",
        "Malmö",
    )
    assert user.country.code == "SE"
    assert user.spoken_languages == ["sv", "ar"]
    assert [skill.casefold() for skill in user.skills] == ["lettering", "logo design"]


def test_saved_is_said(as_user):
    page = as_user(a_user()).post(PATH, FIELDS, follow=True)

    assert "Saved." in page.text
    assert "Lettering" in page.text or "lettering" in page.text


@pytest.mark.parametrize("name", ["ש" * 300, "👩‍🎨" * 60, "Ἀριστοτέλης", "O'Neill <b>"])
def test_names_of_any_script_and_of_300_characters_survive(as_user, name):
    user = a_user()

    as_user(user).post(PATH, FIELDS | {"full_name": name})

    user.refresh_from_db()
    assert user.full_name == name


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("full_name", " ", "This field is required."),
        ("full_name", "x" * 301, "at most 300 characters"),
        ("headline", "x" * 121, "at most 120 characters"),
        ("bio", "x" * 2001, "at most 2000 characters"),
        ("country", "XX", "not one of the available choices"),
        ("spoken_languages", ["klingon"], "not one of the available choices"),
        ("skills", ",".join("abcdefghijklmnop"), "At most 15 skills"),
        ("skills", "x" * 41, "at most 40 characters"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(as_user, field, value, words):
    user = a_user(full_name="Old name")

    page = as_user(user).post(PATH, FIELDS | {field: value})

    user.refresh_from_db()
    assert page.status_code == 422
    assert words in page.text
    assert user.full_name == "Old name"


def test_a_seller_keeps_a_headline(as_user):
    page = as_user(a_seller(headline="Logos")).post(PATH, FIELDS | {"headline": ""})

    assert page.status_code == 422
    assert "say what you do" in page.text


def test_only_the_fields_of_the_form_can_change(as_user):
    user = a_user()

    as_user(user).post(PATH, FIELDS | {"is_staff": "on", "seller_verified_at": "2026"})

    user.refresh_from_db()
    assert (user.is_staff, user.seller_verified_at) == (False, None)


# --- Judged when a field is left ----------------------------------------------


def test_a_field_is_judged_alone_when_it_is_left(as_user):
    user = a_user(full_name="Old name")
    typed = FIELDS | {"headline": "x" * 121, "full_name": ""}

    answer = as_user(user).post(f"{PATH}?field=headline", typed, **HTMX)

    user.refresh_from_db()
    assert answer.status_code == 422
    assert "at most 120 characters" in answer.text
    assert "x" * 121 in answer.text
    assert "<html" not in answer.text
    assert "full_name" not in answer.text
    assert user.full_name == "Old name"


def test_a_good_field_comes_back_without_a_word_and_nothing_is_saved(as_user):
    user = a_user(headline="Old")

    answer = as_user(user).post(f"{PATH}?field=headline", FIELDS, **HTMX)

    user.refresh_from_db()
    assert answer.status_code == 200
    assert "field-error" not in answer.text
    assert user.headline == "Old"


def test_a_field_that_is_not_there_is_a_404(as_user):
    assert as_user(a_user()).post(f"{PATH}?field=is_staff").status_code == 404


# --- The picture --------------------------------------------------------------


def halves(size=(600, 300)):
    """A picture whose left half is red, and whose right half is blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    file = io.BytesIO()
    image.save(file, "PNG")
    return SimpleUploadedFile("me.png", file.getvalue())


@pytest.fixture
def kept(monkeypatch):
    """What would be uploaded, opened as pictures."""
    pictures = []

    def keep(file, *, folder, name):
        pictures.append(Image.open(file))
        return Picture(
            public_id=f"{folder}/{len(pictures)}",
            version=7,
            width=300,
            height=300,
            format="jpg",
            bytes=1,
        )

    monkeypatch.setattr("gigstream.services.cloudinary.upload_picture", keep)
    return pictures


def send(browser, **fields):
    fields = {"picture": halves(), "across": "50", "down": "50", **fields}
    return browser.post(f"{PATH}picture/", fields)


@pytest.mark.parametrize(
    ("across", "colours"),
    [(0, ("red", "red")), (50, ("red", "blue")), (100, ("blue", "blue"))],
)
def test_the_chosen_square_is_kept(as_user, kept, across, colours):
    user = a_user()

    send(as_user(user), across=across)

    user.refresh_from_db()
    (picture,) = kept
    assert picture.size == (300, 300)
    assert (_colour(picture, 5), _colour(picture, 294)) == colours
    assert (user.avatar_id, user.avatar_version) == ("faces/1", 7)


def _colour(picture, x):
    red, _, blue = picture.getpixel((x, 150))
    return "red" if red > blue else "blue"


def test_a_large_picture_is_kept_at_800_pixels(as_user, kept):
    send(as_user(a_user()), picture=halves((2000, 1200)))

    assert kept[0].size == (800, 800)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"picture": halves((600, 199))}, "at least 200 by 200"),
        ({"picture": SimpleUploadedFile("me.png", b"<svg/>")}, "not a JPEG"),
        ({"picture": ""}, "This field is required."),
        ({"across": "101"}, "less than or equal to 100"),
        ({"down": "x"}, "Enter a whole number."),
    ],
)
def test_a_bad_picture_is_refused_with_a_reason(as_user, kept, fields, words):
    user = a_user()

    page = send(as_user(user), **fields)

    user.refresh_from_db()
    assert page.status_code == 422
    assert words in page.text
    assert (kept, user.avatar_id) == ([], "")


def test_a_new_picture_takes_the_place_of_the_old_whose_file_is_deleted(
    as_user, kept, run_tasks, monkeypatch
):
    deleted = []
    monkeypatch.setattr("gigstream.services.cloudinary.destroy", deleted.append)
    user = a_user(avatar_id="faces/old")

    send(as_user(user))
    run_tasks()

    assert deleted == ["faces/old"]


def test_removing_the_picture_goes_back_to_initials(as_user, run_tasks, monkeypatch):
    deleted = []
    monkeypatch.setattr("gigstream.services.cloudinary.destroy", deleted.append)
    user = a_user(avatar_id="faces/old", avatar_version=3)

    as_user(user).post(f"{PATH}picture/remove/")
    run_tasks()

    user.refresh_from_db()
    assert (user.avatar_id, user.avatar_version) == ("", 0)
    assert deleted == ["faces/old"]


def test_a_file_that_somebody_shows_after_all_stays(run_tasks, monkeypatch):
    deleted = []
    monkeypatch.setattr("gigstream.services.cloudinary.destroy", deleted.append)
    a_user(avatar_id="faces/shared")

    actions.remove_face(user_id=a_user(avatar_id="faces/shared").pk)
    run_tasks()

    assert deleted == []


def test_a_face_that_nobody_shows_in_the_end_is_swept_away(
    as_user, sandbox, run_tasks, monkeypatch
):
    deleted = []
    monkeypatch.setattr("gigstream.services.cloudinary.destroy", deleted.append)
    user = a_user()
    send(as_user(user))
    user.refresh_from_db()
    # As if the worker had died before the account could show it.
    User.objects.update(avatar_id="", avatar_bytes=0)

    with clock.frozen(clock.now() + timedelta(hours=2)):
        run_tasks()

    assert deleted == [user.avatar_id]


def test_a_face_counts_against_the_quota_and_frees_what_it_replaces(
    as_user, kept, monkeypatch
):
    monkeypatch.setattr(quota, "QUOTA_BYTES", 100_000)
    user = a_seller(avatar_id="faces/old", avatar_bytes=40_000)
    a_work(owner=user, bytes=59_999)

    fits = send(as_user(user))
    a_work(owner=user, bytes=40_000)
    refused = send(as_user(user))

    user.refresh_from_db()
    assert (fits.status_code, user.avatar_id, user.avatar_bytes) == (302, "faces/1", 1)
    assert refused.status_code == 422
    assert "Your pictures fill" in refused.text
    assert len(kept) == 1


def test_a_face_that_no_longer_fits_once_it_is_stored_is_not_shown(monkeypatch):
    user = a_user()
    monkeypatch.setattr(quota, "QUOTA_BYTES", 1000)
    picture = Picture(
        public_id="faces/1", version=1, width=300, height=300, format="jpg", bytes=1001
    )

    with pytest.raises(NotAllowed, match="Your pictures fill"):
        actions.show_face(user_id=user.pk, picture=picture)

    user.refresh_from_db()
    assert user.avatar_id == ""
