"""The page on which staff see how fast pages were for real people."""

import pytest
from django.contrib.auth.models import Group

from gigstream.core import clock
from gigstream.core.monitoring import vitals
from tests.factories import a_user

PAGE = "/admin/core/webvital/"


def visit(path, **values):
    vitals.record(vitals.Visit(path=path, values=values), day=clock.now().date())


@pytest.mark.django_db
@pytest.mark.parametrize("pages", [0, 1, 3])
def test_figures_by_page_cost_the_same_for_any_number(
    as_user, pages, django_assert_num_queries
):
    for path in ["/", "/gigs/", "/about/"][:pages]:
        visit(path, LCP=1000, CLS=300)
    operator = a_user(is_staff=True)
    operator.groups.add(Group.objects.get(name="admin"))
    browser = as_user(operator)
    browser.get(PAGE)

    with django_assert_num_queries(5):
        answer = browser.get(PAGE, {"days": "1"})

    html = answer.content.decode()
    assert html.count("gigs:market") == (1 if pages > 1 else 0)
    assert html.count("poor</strong>") == pages
    assert ("No visit was told of yet." in html) == (pages == 0)
