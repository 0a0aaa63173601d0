"""How fast pages were for real people: the percentiles of the Core Web Vitals, page by page."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext

from gigstream.core import clock
from gigstream.core.admin import ReadOnlyAdmin
from gigstream.core.models import WebVital
from gigstream.core.monitoring import vitals

PERIODS = (1, 7, 28)


@admin.register(WebVital)
class WebVitalAdmin(ReadOnlyAdmin):
    """Its list is the page of figures; a single bucket tells nobody anything."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        asked = request.GET.get("days", "")
        days = next((each for each in PERIODS if str(each) == asked), 7)
        since = clock.now().date() - timedelta(days=days - 1)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Web vitals"),
            "opts": self.opts,
            "days": days,
            "periods": [(each, _said(each)) for each in PERIODS],
            "metrics": [(name, *vitals.RATED[name]) for name in vitals.METRICS],
            "pages": vitals.by_page(since=since),
        }
        return TemplateResponse(request, "admin/core/vitals.html", context)


def _said(days: int) -> str:
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
