"""A field is judged when it is left, by the same form that judges it when it is sent.

The template draws a field with `components/_live_field.html`. A view that takes the
form's POST asks first whether only one field is meant:

    if asks_for_field(request):
        return judged_field(request, form)

Where the whole form would ask about an account, or cost a password hash, the field is
judged by its own rules alone, with `judges_fields` around the view and its limits.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.forms import BaseForm, Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

View = Callable[..., HttpResponseBase]

FIELD = "components/_live_field.html"


def asks_for_field(request: HttpRequest) -> bool:
    return request.method == "POST" and "field" in request.GET


def judged_field(request: HttpRequest, form: BaseForm) -> HttpResponse:
    """The field that was left, with what was typed and what is wrong with it: 422 or 200.

    The other fields may not have been reached yet, so nothing is said of them.
    """
    name = request.GET["field"]
    if name not in form.fields:
        raise Http404
    wrong = bool(form.errors.get(name))
    context = {"field": form[name]}
    return render(request, FIELD, context, status=422 if wrong else 200)


def judges_fields(made: Callable[[Any], BaseForm]) -> Callable[[View], View]:
    """Judge a single field before the view, its limits and its form come to know of it.

    `made` builds the form that the page shows, which is never validated: a field alone
    cannot tell whether an account exists, nor does it count as a try.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @sensitive_post_parameters()
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if asks_for_field(request):
                return judged_field(request, _alone(request, made(request)))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def _alone(request: HttpRequest, form: BaseForm) -> Form:
    """A form of this one field; the rules between fields and of the form stay behind."""
    name = request.GET["field"]
    alone = Form(request.POST, prefix=form.prefix)
    if name in form.fields:
        alone.fields[name] = form.fields[name]
    return alone
