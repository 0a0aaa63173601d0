"""A field is judged when it is left, by the same form that judges it when it is sent.

The template draws a field with `components/_live_field.html`. A view that takes the
form's POST asks first whether only one field is meant:

    if asks_for_field(request):
        return judged_field(request, form)
"""

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

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
