"""The site, and two things to compare it with: a list of one query, and a task that does nothing."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from gigs.models import Gig
from gigstream.core.jobs import task
from gigstream.urls import *
from gigstream.urls import urlpatterns as of_the_site

PAGE = """<!doctype html><title>Gigs</title><ul>
{% for gig in gigs %}<li><a href="/gigs/{{ gig.slug }}/">{{ gig.title }}</a> {{ gig.starting_price }}</li>
{% endfor %}</ul>"""


@login_not_required
def listed(request):
    """24 rows of one table by the simplest of templates."""
    gigs = Gig.objects.order_by("pk")[:24]
    page = engines["django"].from_string(PAGE)
    return HttpResponse(page.render({"gigs": gigs}, request))


@task
def nothing(*, number):
    """What the queue itself costs."""


urlpatterns = [path("bench/list/", listed), *of_the_site]
