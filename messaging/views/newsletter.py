"""The newsletter, seen from outside: ask for it, say yes, leave."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from gigstream.core import clock
from gigstream.core.csrf import strangers_need_no_token
from gigstream.core.errors import Stale
from gigstream.core.http import render_page_or_fragment, sent
from gigstream.core.limits import limited
from messaging import actions, links
from messaging.forms import SubscribeForm

PAGE, FRAGMENT = "messaging/newsletter.html", "messaging/_subscribe.html"


@strangers_need_no_token
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("newsletter", account="email")
def subscribe(request: HttpRequest) -> HttpResponse:
    """Take an address. The answer is the same for one that is on the list already."""
    form = SubscribeForm(sent(request))
    is_done = request.method == "POST" and form.is_valid()
    if is_done:
        actions.subscribe(email=form.cleaned_data["email"], now=clock.now())
    context = {"form": form, "is_done": is_done}
    status = 422 if form.errors else 200
    return render_page_or_fragment(request, PAGE, FRAGMENT, context, status=status)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The second yes. It takes a click, because mail programs open links by themselves."""
    state, status = "ask", 200
    try:
        subscriber_id = links.read_confirm(token)
        if request.method == "POST":
            actions.confirm(subscriber_id=subscriber_id, now=clock.now())
            state = "done"
    except (links.Unreadable, Stale):
        state, status = "over", 404
    context = {"state": state}
    return render(request, "messaging/newsletter_confirm.html", context, status=status)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Off the list: by the button here, or by a mail program's own, which has no token of ours."""
    state, status = "ask", 200
    try:
        subscriber_id = links.read_leave(token)
    except links.Unreadable:
        state, status = "over", 404
    else:
        if request.method == "POST":
            actions.leave(subscriber_id=subscriber_id)
            state = "done"
    context = {"state": state}
    return render(request, "messaging/newsletter_leave.html", context, status=status)
