from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from accounts.actions.privacy import close
from gigs import actions
from gigs.exports import saved_gigs
from gigs.models import Favorite
from gigs.status import GigStatus
from gigstream.core.errors import NotAllowed
from tests.factories import NOON, PASSWORD, a_gig, a_picture, a_seller, a_user

pytestmark = pytest.mark.django_db

HTMX = {
    "HX-Request": "true",
    "HX-Request-Type": "partial",
    "HX-Current-URL": "http://testserver/gigs/?q=logo",
}


def saved(user):
    return list(user.favorites.order_by("pk").values_list("gig_id", flat=True))


def heart_of(page, gig):
    """The state of a gig's heart, as the page was first drawn."""
    _before, _, rest = page.partition(f'data-heart="{gig.pk}" aria-pressed="')
    return rest.partition('"')[0]


def test_saving_twice_saves_once_and_so_does_taking_it_off():
    gig, user = a_gig(), a_user()

    for _ in range(2):
        actions.save(gig_id=gig.pk, actor=user, now=NOON)
    assert saved(user) == [gig.pk]

    for _ in range(2):
        actions.unsave(gig_id=gig.pk, actor=user)
    assert saved(user) == []


def test_there_is_an_end_to_what_can_be_saved(monkeypatch):
    monkeypatch.setattr("gigs.actions.favorites.MOST_SAVED", 1)
    first, second, user = a_gig(), a_gig(), a_user()
    actions.save(gig_id=first.pk, actor=user, now=NOON)

    with pytest.raises(NotAllowed, match="You have saved 1 gigs"):
        actions.save(gig_id=second.pk, actor=user, now=NOON)
    actions.save(gig_id=first.pk, actor=user, now=NOON)

    assert saved(user) == [first.pk]


@pytest.mark.parametrize("where", ["gigs:home", "gigs:market"])
def test_hearts_are_right_when_the_page_is_first_drawn(as_user, where):
    liked, other, user = a_gig(), a_gig(), a_user()
    actions.save(gig_id=liked.pk, actor=user, now=NOON)

    page = as_user(user).get(reverse(where)).text

    assert (heart_of(page, liked), heart_of(page, other)) == ("true", "false")


@pytest.mark.parametrize("place", ["gig", "profile"])
def test_the_pages_of_a_gig_and_its_seller_have_hearts(as_user, place):
    seller = a_seller(username="selma")
    gig, user = a_gig(seller=seller), a_user()
    actions.save(gig_id=gig.pk, actor=user, now=NOON)
    address = {"gig": gig.get_absolute_url(), "profile": "/u/selma/"}[place]

    assert heart_of(as_user(user).get(address).text, gig) == "true"


def test_a_pressed_heart_comes_back_with_a_toast_that_takes_it_back(as_user):
    gig, user = a_gig(title="A quiet logo"), a_user()

    answer = as_user(user).post(reverse("gigs:save", args=[gig.pk]), headers=HTMX)

    assert saved(user) == [gig.pk]
    assert heart_of(answer.text, gig) == "true"
    assert "Saved: A quiet logo" in answer.text
    undo = answer.text.partition('class="toast-undo"')[2]
    assert f'hx-post="{reverse("gigs:unsave", args=[gig.pk])}"' in undo


def test_without_javascript_a_heart_leads_back_to_the_same_card(as_user):
    gig, user = a_gig(), a_user()
    browser = as_user(user)

    answer = browser.post(
        reverse("gigs:save", args=[gig.pk]), {"next": "/gigs/?sort=price"}
    )

    assert answer.url == f"/gigs/?sort=price#gigs-card-{gig.pk}"
    assert saved(user) == [gig.pk]
    browser.post(reverse("gigs:unsave", args=[gig.pk]), {"next": "/"})
    assert saved(user) == []


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", ""])
def test_a_heart_leads_nowhere_else(as_user, elsewhere):
    gig = a_gig()

    answer = as_user(a_user()).post(
        reverse("gigs:save", args=[gig.pk]), {"next": elsewhere}
    )

    assert answer.url.startswith(gig.get_absolute_url())


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_visitors_heart_is_set_after_the_login(client, headers):
    gig, user = a_gig(), a_user()

    answer = client.post(
        reverse("gigs:save", args=[gig.pk]), {"next": "/gigs/?q=logo"}, headers=headers
    )

    login = answer.headers["HX-Redirect"] if headers else answer.url
    assert parse_qs(urlsplit(login).query)["next"] == ["/gigs/?q=logo"]
    assert not Favorite.objects.exists()

    back = client.post(login, {"login": user.email, "password": PASSWORD})

    assert back.url == "/gigs/?q=logo"
    assert saved(user) == [gig.pk]
    assert heart_of(client.get(back.url).text, gig) == "true"


def test_a_gig_that_went_before_the_login_is_not_saved(client):
    gig, user = a_gig(), a_user()
    login = client.post(reverse("gigs:save", args=[gig.pk])).url
    gig.status = GigStatus.PAUSED
    gig.save(update_fields=["status"])

    client.post(login, {"login": user.email, "password": PASSWORD})

    assert saved(user) == []


def test_nobody_saves_what_they_cannot_see(as_user):
    draft = a_gig(status=GigStatus.DRAFT, published_at=None)
    browser = as_user(a_user())

    for verb in ("save", "unsave"):
        answer = browser.post(reverse(f"gigs:{verb}", args=[draft.pk]))
        assert answer.status_code == 404


def test_a_refusal_keeps_the_heart_empty_and_says_why(as_user, monkeypatch):
    monkeypatch.setattr("gigs.actions.favorites.MOST_SAVED", 0)
    gig = a_gig()

    answer = as_user(a_user()).post(reverse("gigs:save", args=[gig.pk]), headers=HTMX)

    assert answer.status_code == 422
    assert "Remove some before you save more." in answer.text
    assert heart_of(answer.text, gig) == "false"


def test_the_page_of_saved_gigs_says_which_have_gone(as_user):
    user = a_user()
    here, paused = a_gig(title="Still here"), a_gig(title="Gone away")
    for gig in (here, paused):
        actions.save(gig_id=gig.pk, actor=user, now=NOON)
    paused.status = GigStatus.PAUSED
    paused.save(update_fields=["status"])

    page = as_user(user).get("/favorites/").text

    assert f'href="{here.get_absolute_url()}"' in page
    assert f'href="{paused.get_absolute_url()}"' not in page
    assert "Paused by its seller" in page
    assert page.index("Gone away") < page.index("Still here")


def test_a_gone_gig_can_be_taken_off_the_list(as_user):
    user, gig = a_user(), a_gig()
    actions.save(gig_id=gig.pk, actor=user, now=NOON)
    gig.status = GigStatus.ARCHIVED
    gig.save(update_fields=["status"])

    answer = as_user(user).post(reverse("gigs:unsave", args=[gig.pk]), headers=HTMX)

    assert saved(user) == []
    assert "toast-undo" not in answer.text


def test_an_empty_list_leads_to_the_marketplace(as_user):
    page = as_user(a_user()).get("/favorites/").text

    assert "Nothing saved yet" in page
    assert 'href="/gigs/"' in page


def test_saved_gigs_are_paged_by_key(as_user, monkeypatch):
    monkeypatch.setattr("gigs.views.favorites.SHOWN", 2)
    user, gigs = a_user(), [a_gig(title=f"Gig no {n}") for n in range(3)]
    for gig in gigs:
        actions.save(gig_id=gig.pk, actor=user, now=NOON)
    browser = as_user(user)

    first = browser.get("/favorites/")
    older = browser.get(f"/favorites/?before={first.context['next']}", headers=HTMX)

    assert [row.gig.title for row in first.context["rows"]] == ["Gig no 2", "Gig no 1"]
    assert [row.gig.title for row in older.context["rows"]] == ["Gig no 0"]
    assert older.context["next"] is None
    assert "<html" not in older.text
    assert browser.get("/favorites/?before=nonsense").status_code == 200


def test_saved_gigs_of_others_are_their_own_affair(as_user):
    actions.save(gig_id=a_gig(title="A secret wish").pk, actor=a_user(), now=NOON)

    assert "A secret wish" not in as_user(a_user()).get("/favorites/").text


@pytest.mark.parametrize("count", [1, 3])
def test_saved_gigs_ask_the_same_number_of_questions(
    as_user, django_assert_num_queries, count
):
    user = a_user()
    for _ in range(count):
        gig = a_gig()
        a_picture(gig=gig)
        actions.save(gig_id=gig.pk, actor=user, now=NOON)
    browser = as_user(user)

    with django_assert_num_queries(7):
        browser.get("/favorites/")


def test_saved_gigs_go_with_whoever_leaves_and_come_along_in_the_copy():
    user, gig = a_user(), a_gig(title="A quiet logo")
    actions.save(gig_id=gig.pk, actor=user, now=NOON)

    assert [row["gig__title"] for row in saved_gigs(user).data] == ["A quiet logo"]

    close(user_id=user.pk, keep_texts=True, now=NOON)
    assert not Favorite.objects.exists()
