"""The pages of reviews: writing one, and reading those of a gig or a person."""

import pytest

from gigstream.core import clock
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry
from orders import actions
from orders.models import Review
from orders.status import OrderStatus
from tests.accounts.codes import prove
from tests.factories import (
    NOON,
    a_gig,
    a_moderator,
    a_review,
    a_seller,
    a_user,
    an_order,
)

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}
STARS = {"rating": 4, "communication": 5, "quality": 4, "as_described": 5}


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def order():
    return an_order(status=OrderStatus.COMPLETED)


def page_of(order):
    return f"/orders/{order.pk}/review/"


def test_both_sides_write_and_then_read_each_other(order, as_user):
    buyer, seller = as_user(order.buyer), as_user(order.seller)

    invited = buyer.get(order.get_absolute_url()).text
    buyer.post(page_of(order), {**STARS, "text": "Lovely lines."})
    hidden = seller.get(page_of(order)).text
    seller.post(page_of(order), {"rating": 5, "text": "Clear wishes."})
    seller.post(f"/orders/{order.pk}/reply/", {"text": "My pleasure."})

    assert page_of(order) in invited
    assert "Lovely lines." not in hidden
    assert "has written already" in hidden
    both = buyer.get(page_of(order)).text
    for words in ("Lovely lines.", "Clear wishes.", "My pleasure."):
        assert words in both


def test_stars_are_radios_with_names_and_only_buyers_get_the_criteria(order, as_user):
    bought = as_user(order.buyer).get(page_of(order)).text
    sold = as_user(order.seller).get(page_of(order)).text

    assert bought.count('type="radio"') == 20
    assert 'aria-label="1 star"' in bought
    assert sold.count('type="radio"') == 5


@pytest.mark.parametrize(
    "said",
    [
        {},
        {**STARS, "text": ""},
        {**STARS, "text": "x" * 5001},
        {**STARS, "rating": 6, "text": "x"},
        {**STARS, "rating": "٤", "text": "x"},
        {**STARS, "rating": "4.5", "text": "x"},
        {**STARS, "quality": "", "text": "x"},
    ],
)
def test_what_cannot_be_read_is_asked_again(order, as_user, said):
    answer = as_user(order.buyer).post(page_of(order), said)

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert not Review.objects.exists()


def test_a_second_review_is_told_so_and_keeps_what_was_typed(order, as_user):
    browser = as_user(order.buyer)
    browser.post(page_of(order), {**STARS, "text": "First."})

    again = browser.post(page_of(order), {**STARS, "text": "Second."})

    assert again.status_code == 409
    assert "You have reviewed this order already." in again.text
    assert "Second." in again.text
    assert Review.objects.get().text == "First."


def test_it_is_changed_on_the_page_once(order, as_user):
    browser = as_user(order.buyer)
    browser.post(page_of(order), {**STARS, "text": "First."})
    assert "Change it, once" in browser.get(page_of(order)).text

    edit = f"/orders/{order.pk}/edit-review/"
    browser.post(edit, {**STARS, "text": "Better."})
    again = browser.post(edit, {**STARS, "text": "Best."})

    assert again.status_code == 422
    assert "Change it, once" not in browser.get(page_of(order)).text
    assert Review.objects.get().text == "Better."


def test_a_gig_shows_what_buyers_said(order, client):
    a_review(order=order, rating=4, text="Lovely lines.")
    actions.reply(order_id=order.pk, actor=order.seller, text="My pleasure.", now=NOON)

    gig = client.get(order.gig.get_absolute_url()).text
    panel = client.get(f"/gigs/{order.gig.slug}/reviews/", **HTMX).text

    assert f"/gigs/{order.gig.slug}/reviews/" in gig
    assert '"ratingValue": "4.00"' in gig
    for words in ("Lovely lines.", "My pleasure.", "$100 – $250", "Basic package"):
        assert words in panel
    assert "<html" not in panel


def test_a_person_is_shown_by_initials_and_what_sellers_say_only_to_sellers(
    order, client, as_user
):
    order.buyer.full_name, order.buyer.username = "Nora van Dijk", "nora"
    order.buyer.save()
    a_review(order=order)

    public = client.get(f"/gigs/{order.gig.slug}/reviews/").text
    path = "/u/nora/reviews/?as=buyer"

    assert "Nora D." in public
    assert "van Dijk" not in public
    assert client.get(path).status_code == 404
    assert as_user(a_user()).get(path).status_code == 404
    assert "prompt answers" in as_user(a_seller()).get(path).text


def test_hidden_and_removed_reviews_are_read_by_nobody(client):
    gig = a_gig()
    a_review(
        order=an_order(gig=gig, status=OrderStatus.COMPLETED),
        published=False,
        text="Hidden words",
    )
    removed = a_review(
        order=an_order(gig=gig, status=OrderStatus.COMPLETED), text="Removed words"
    )
    actions.remove_review(
        review_id=removed.pk,
        actor=a_user(is_superuser=True),
        reason="Insults",
        now=NOON,
    )

    page = client.get(f"/gigs/{gig.slug}/reviews/").text

    assert "Hidden words" not in page
    assert "Removed words" not in page
    assert "There are no reviews yet." in page


@pytest.fixture
def much_reviewed():
    """A gig with twelve reviews: a few days apart, of one to five stars."""
    gig = a_gig()
    buyer = a_user()
    order = an_order(gig=gig, buyer=buyer, status=OrderStatus.COMPLETED)
    first = a_review(order=order, rating=1)
    ratings = [1, 5, 4, 3, 5, 2, 5, 4, 5, 4, 3, 5]
    # The rules about writing are tested above; here only the reading matters.
    for rating in ratings[1:]:
        other = an_order(gig=gig, buyer=buyer)
        Review.objects.create(
            order=other,
            gig=gig,
            side="buyer",
            author=buyer,
            subject=gig.seller,
            rating=rating,
            communication=5,
            quality=4,
            as_described=5,
            text=f"{rating} stars",
            written_at=NOON,
            window_ends_at=NOON,
            published_at=NOON,
        )
    actions.count_ratings(seller_id=gig.seller_id, gig_id=gig.pk)
    assert first.gig == gig
    return gig, ratings


@pytest.mark.parametrize(
    ("sort", "key"),
    [("newest", lambda row: 0), ("highest", lambda r: -r), ("lowest", lambda r: r)],
)
def test_reviews_are_sorted_and_paged_by_key(much_reviewed, client, sort, key):
    gig, ratings = much_reviewed
    latest = ratings[::-1]

    first = client.get(f"/gigs/{gig.slug}/reviews/?sort={sort}")
    more = client.get(first.context["page"].more, **HTMX)

    rows = first.context["page"].rows + more.context["page"].rows
    assert [row.rating for row in rows] == sorted(latest, key=key)
    assert len({row.pk for row in rows}) == len(ratings)
    assert (len(first.context["page"].rows), more.context["page"].more) == (8, "")
    assert "Load more" in first.text


def test_a_bar_of_the_histogram_filters_and_lets_go_again(much_reviewed, client):
    gig, _ratings = much_reviewed

    page = client.get(f"/gigs/{gig.slug}/reviews/?stars=5")

    assert {row.rating for row in page.context["page"].rows} == {5}
    assert "5 stars:" in page.text
    chosen = [bar for bar in page.context["bars"] if bar.is_chosen]
    assert [(bar.count, bar.url) for bar in chosen] == [
        (5, f"/gigs/{gig.slug}/reviews/")
    ]


@pytest.mark.parametrize(
    "query", ["stars=9", "stars=x", "sort=odd", "after=x", "after=" + "9" * 9000]
)
def test_odd_wishes_are_read_as_none(order, client, query):
    a_review(order=order)

    page = client.get(f"/gigs/{order.gig.slug}/reviews/?{query}")

    assert (page.status_code, len(page.context["page"].rows)) == (200, 1)


QUERIES = {"gig": 4, "person": 4}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("what", QUERIES)
def test_reading_takes_as_many_queries_however_many_there_are(
    client, django_assert_num_queries, what, count
):
    seller = a_seller(username="maya")
    gig = a_gig(seller=seller)
    for _ in range(count):
        a_review(order=an_order(gig=gig, status=OrderStatus.COMPLETED))
    paths = {"gig": f"/gigs/{gig.slug}/reviews/", "person": "/u/maya/reviews/"}

    with django_assert_num_queries(QUERIES[what]):
        client.get(paths[what], **HTMX)


def test_a_review_is_reported_to_the_moderators(order, as_user):
    review = a_review(order=order)
    path = f"/reviews/{review.pk}/report/"
    browser = as_user(a_user())

    done = browser.post(path, {"reason": "abuse", "text": "Rude."})
    twice = browser.post(path, {"reason": "abuse", "text": "Rude."})

    assert (done.status_code, twice.status_code) == (302, 422)
    assert "reported this already" in twice.text


def test_a_review_that_was_removed_comes_back_and_counts_again(as_user):
    review = a_review(rating=2)
    moderator = a_moderator()
    browser = as_user(moderator)
    prove(browser)
    page = f"/admin/orders/review/{review.pk}/"

    browser.post(f"{page}remove/", {"reason": "Rude."})
    review.gig.refresh_from_db()
    gone = review.gig.rating
    browser.post(f"{page}restore/", {"reason": "It was not rude."})
    twice = browser.post(f"{page}restore/", {"reason": "x"})

    review.refresh_from_db()
    review.gig.refresh_from_db()
    assert (gone, review.gig.rating) == (None, 2)
    assert (review.removed_at, twice.status_code) == (None, 409)
    for actor, reason in ((review.author, "x"), (moderator, " ")):
        with pytest.raises(NotAllowed):
            actions.restore_review(
                review_id=review.pk, actor=actor, reason=reason, now=NOON
            )
    assert AuditEntry.objects.get(verb="orders.restore_review").reason
    titles = [str(news.title) for news in review.author.notifications.all()]
    assert f"Your review of “{review.order.title}” is back" in titles
