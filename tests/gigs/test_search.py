"""The same searches on both engines: which one answers is for the database to say."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import languages
from accounts.models import Standing
from gigs import listings, search, tasks
from gigs.actions import archive, pause, resume
from gigs.models import Gig, Listing, PopularSearch, Tag
from gigs.search import spelling
from gigs.search.popular import popular_searches
from gigs.search.words import Words
from gigs.status import GigStatus
from tests.factories import (
    NOON,
    a_category,
    a_gig,
    a_picture,
    a_seller,
    a_user,
)

pytestmark = pytest.mark.django_db


def found(typed):
    words = Words.read(typed)
    rows, total = search.cut(Listing.objects.all(), words)
    assert total == len(rows)
    titles = dict(Gig.objects.values_list("pk", "title"))
    return [titles[row.gig_id] for row in rows]


@pytest.fixture
def shop():
    a_gig(title="I will design a café logo", description="With a fox in it.")
    a_gig(title="I will build your website", description="It will hold a logo too.")
    gig = a_gig(title="I will draw a naïve portrait", description="In ink or gouache.")
    gig.tags.add(Tag.objects.create(name="illustration"))


CAFE = "I will design a café logo"
SITE = "I will build your website"
PORTRAIT = "I will draw a naïve portrait"


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("logo", [CAFE, SITE]),
        ("LOGO", [CAFE, SITE]),
        ("logos designing", [CAFE]),
        ("cafe", [CAFE]),
        ("CAFÉ", [CAFE]),
        ("naive", [PORTRAIT]),
        ("illustrations", [PORTRAIT]),
        ("gouache", [PORTRAIT]),
        ('"café logo"', [CAFE]),
        ('"logo café"', []),
        ("café-logo", [CAFE]),
        ("logo -fox", [SITE]),
        ('logo -"a fox"', [SITE]),
        ("fox or gouache", [CAFE, PORTRAIT]),
        ("fox or website logo", [CAFE, SITE]),
        ("fox or website portrait", []),
        ('logo -"logo café"', [CAFE, SITE]),
        ('"café logo" or gouache', [CAFE, PORTRAIT]),
        ("the logo of a website", [SITE]),
        ("unicorn", []),
        ("logo unicorn", []),
    ],
)
def test_words_are_found(shop, typed, titles):
    assert sorted(found(typed)) == sorted(titles)


@pytest.mark.parametrize("typed", ["", "the", "-logo", "--", '""', "!?", "or"])
def test_what_says_nothing_looks_for_nothing(shop, typed):
    assert not Words.read(typed)
    assert len(found(typed)) == 3


def test_the_title_counts_more_than_the_description(shop):
    assert found("logo") == [CAFE, SITE]


def test_of_equal_words_the_better_gig_comes_first():
    good, plain = a_gig(title="A kite"), a_gig(title="A kite")
    Listing.objects.filter(gig=good).update(quality=900)
    Listing.objects.filter(gig=plain).update(quality=100)

    best, _total = search.cut(Listing.objects.all(), Words.read("kite"))
    assert [row.gig_id for row in best] == [good.pk, plain.pk]


def test_sellers_are_found_by_their_name():
    a_gig(title="A kite", seller=a_seller(full_name="Zoë Quist"))

    assert found("zoe quist") == ["A kite"]


# --- Listed as it is ------------------------------------------------------------


def test_a_gig_is_listed_while_it_is_on_offer():
    gig = a_gig(title="A kite")
    a_picture(gig=gig)
    gig.description = "Long enough to be on offer. " * 5
    gig.save()
    steps = [
        (lambda: pause(gig_id=gig.pk, actor=gig.seller, now=NOON), False),
        (lambda: resume(gig_id=gig.pk, actor=gig.seller, now=NOON), True),
        (lambda: _stand(gig.seller, Standing.SUSPENDED), False),
        (lambda: _stand(gig.seller, Standing.ACTIVE), True),
        (lambda: archive(gig_id=gig.pk, actor=gig.seller, now=NOON), False),
    ]

    for step, is_listed in steps:
        step()

        assert bool(found("kite")) is is_listed
        assert listings.out_of_step() == []


def test_somebody_may_speak_every_language():
    a_gig(
        title="A kite",
        seller=a_seller(spoken_languages=[code for code, _name in languages.choices()]),
    )

    assert found("kite") == ["A kite"]


def _stand(user, standing):
    user.standing = standing
    user.save(update_fields=["standing"])


def test_every_change_of_a_card_is_a_new_version():
    gig = a_gig()
    tag = Tag.objects.create(name="kite")
    changes = [
        lambda: a_picture(gig=gig),
        lambda: gig.images.update(alt="Another"),
        lambda: gig.tags.add(tag),
        lambda: gig.tags.remove(tag),
        lambda: gig.packages.update(delivery_days=9),
        lambda: Gig.objects.filter(pk=gig.pk).update(completed_orders=4),
        lambda: type(gig.seller).objects.update(full_name="Somebody Else"),
        lambda: gig.images.all().delete(),
    ]

    for change in changes:
        before = gig.listing.version
        change()
        gig.listing.refresh_from_db()

        assert gig.listing.version > before
    assert (gig.listing.delivery_days, gig.listing.completed_orders) == (9, 4)


def test_a_deleted_gig_leaves_the_list_with_its_words():
    a_gig(title="A kite").delete()
    a_gig(title="A boat")

    assert (found("kite"), found("boat")) == ([], ["A boat"])


def test_what_triggers_missed_is_made_good():
    gig = a_gig(title="A kite")
    Listing.objects.filter(gig=gig).delete()
    Listing.objects.filter(gig=a_gig(title="A boat")).update(price=1)
    assert len(listings.out_of_step()) == 2

    assert tasks.check_listings.func() == 2

    assert listings.out_of_step() == []
    assert found("kite") == ["A kite"]


# --- Spelling -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lgoo", "logo"),
        ("webiste", "website"),
        ("ilustration", "illustration"),
        ("logo desing", "logo design"),
        ("lgoo desing webiste", "logo design website"),
        ("portrat", "portrait"),
        ("logo", ""),
        ("xyzzyq", ""),
    ],
)
def test_words_that_nobody_uses_are_mended(shop, typed, meant):
    tasks.look_over.func()

    assert spelling.mend(typed, Words.read(typed)) == meant


def test_words_are_learnt_even_if_the_gigs_were_judged_before(shop):
    tasks.judge_all.func()
    tasks.look_over.func()

    assert spelling.mend("lgoo", Words.read("lgoo")) == "logo"


def test_a_misspelt_search_finds_what_was_meant_and_says_so(client, shop):
    tasks.look_over.func()

    page = client.get("/gigs/?q=webiste")

    assert "I will build your website" in page.text
    assert "Nothing was found for “webiste”" in page.text
    assert "Results for “website”" in page.text


@pytest.mark.parametrize("typed", ["webiste", "webiste+buidl"])
def test_a_misspelt_search_asks_no_more_than_any_page_of_the_market_may(
    client, shop, typed, django_assert_num_queries
):
    tasks.look_over.func()

    with django_assert_num_queries(7):
        client.get(f"/gigs/?q={typed}")


# --- Suggestions ----------------------------------------------------------------

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def suggested(client, typed):
    page = client.get("/search/suggestions/", {"q": typed}, headers=HTMX)
    return {
        group.key: [row.text for row in group.rows] for group in page.context["groups"]
    }


def test_searches_categories_and_sellers_are_suggested(client):
    category = a_category(name="Logo design", slug="logo-design")
    seller = a_seller(full_name="Lola Logan", username="lola")
    gig = a_gig(title="A lofty kite", category=category, seller=seller)
    gig.tags.add(Tag.objects.create(name="logbook"))
    a_user(full_name="Lou Who Sells Nothing")
    PopularSearch.objects.create(text="logo for a bakery", times=9, last_at=NOON)
    PopularSearch.objects.create(text="logo for me alone", times=1, last_at=NOON)

    assert suggested(client, "lo") == {
        "queries": ["logo for a bakery", "logbook"],
        "categories": ["Logo design"],
        "sellers": ["Lola Logan"],
    }
    assert suggested(client, "l") == {}
    assert suggested(client, "zzz") == {}
    assert suggested(client, "%\\" * 3000) == {}


def test_what_stands_in_a_draft_is_suggested_to_nobody(client):
    draft = a_gig(status=GigStatus.DRAFT, published_at=None)
    draft.tags.add(Tag.objects.create(name="loud advertising"))

    assert suggested(client, "loud") == {}


def test_without_javascript_the_suggestions_are_the_search(client):
    response = client.get("/search/suggestions/?q=a+logo")

    assert (response.status_code, response["Location"]) == (302, "/gigs/?q=a+logo")


@pytest.mark.parametrize("count", [1, 3])
def test_suggestions_ask_the_same_number_of_questions(
    client, django_assert_num_queries, count
):
    for _ in range(count):
        a_gig(seller=a_seller(full_name="Kit Kater"))

    with django_assert_num_queries(5):
        client.get("/search/suggestions/?q=ki", headers=HTMX)


def test_a_search_becomes_popular_by_many_people(client):
    a_gig(title="A kite")
    for last in (1, 1, 1, 2, 3):
        client.get("/gigs/?q=Kite", REMOTE_ADDR=f"192.0.2.{last}")

    assert PopularSearch.objects.get().times == 3
    assert popular_searches() == ["kite"]


def test_a_new_search_is_counted_by_one_question_more(
    client, django_assert_num_queries
):
    a_gig(title="A kite")
    client.get("/gigs/?q=kite")

    with django_assert_num_queries(4):
        client.get("/gigs/?q=a+kite")


def test_what_was_mended_is_nobodys_search(client, shop):
    tasks.look_over.func()

    client.get("/gigs/?q=webiste")

    assert not PopularSearch.objects.exists()


@pytest.mark.parametrize(
    "typed", ["anna@example.com kite", "kite 0171 2345678", "kite -boat", "unicorn"]
)
def test_what_is_somebodys_own_or_finds_nothing_is_not_kept(client, typed):
    a_gig(title="A kite for anna@example.com 0171 2345678")

    client.get("/gigs/", {"q": typed})

    assert not PopularSearch.objects.exists()


# --- By index -------------------------------------------------------------------


READS = ("SELECT", "WITH")
ASKED = [
    "",
    "q=kite",
    "q=kite&sort=price",
    "sort=newest",
    "sort=price",
    "sort=price-high",
    "sort=rating",
    "sort=selling",
    "sort=fastest",
    "category=design&min=10&max=20",
    "delivery=1&rating=4.5",
    "language=de&online=1&verified=1",
    "online=1",
    "q=zzz&max=20",
    "q=%22a+kite%22&category=design",
]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL")
def test_no_page_of_the_market_reads_through_all_gigs(client):
    a_gig(category=a_category(slug="design"), title="A kite")
    with connection.cursor() as cursor:
        # A table as small as this one is always read as a whole, unless that is forbidden.
        cursor.execute("SET LOCAL enable_seqscan = off")

    with CaptureQueriesContext(connection) as asked:
        for query in ASKED:
            client.get(f"/gigs/?{query}")
        client.get("/search/suggestions/?q=ki", headers=HTMX)

    big = ("gigs_listing", "gigs_gig", "accounts_user", "gigs_searchword")
    assert len(asked) > 3 * len(ASKED)
    for sql in {each["sql"] for each in asked if each["sql"].startswith(READS)}:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert not [table for table in big if f"Seq Scan on {table}" in plan], plan
