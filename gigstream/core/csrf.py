"""Forms that strangers send without a token, so that pages for strangers set no cookie."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponseBase]


def strangers_need_no_token(view: View) -> View:
    """Take a stranger's form from a page of ours; others need the token, as everywhere.

    Another site could do nothing with a stranger's browser that it cannot do itself. Even
    so the form must come from here: browsers say it in a header that no page can change.
    """
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def take(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        here = f"{request.scheme}://{request.get_host()}"
        is_ours = request.headers.get("Origin") == here
        is_stranger = not request.user.is_authenticated
        answer = view if is_stranger and is_ours else checked
        return answer(request, *args, **kwargs)

    return take
