"""What staff do by programs: figures and rules; and demo data where the sandbox is."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Body, Query
from pydantic.alias_generators import to_camel

from accounts.api_access import needs, refuse_others, refuse_stale_login
from accounts.http import AuthedRequest
from accounts.models import Scope
from admin_panel.income import revenue
from admin_panel.schemas import (
    Accepted,
    AllSettings,
    RevenueOut,
    RevenueWish,
    SeedIn,
    SettingsIn,
    SettingsOut,
)
from gigstream.core import clock, jobs, limits, policy
from gigstream.core.api import Problem, Routes
from gigstream.core.models import PlatformSetting, Settings
from gigstream.core.money import CHARGED

routes = Routes("Staff")
ADMIN = Scope.ADMIN
MAY_COUNT = "payments.view_ledgertransaction"
MAY_LOOK, MAY_CHANGE = "core.view_platformsetting", policy.MAY_CHANGE
NAMES = {to_camel(name): name for name in Settings.model_fields}


@routes.get("/admin/analytics/revenue", auth=needs(ADMIN), answer=RevenueOut)
def get_revenue(request: AuthedRequest, wanted: Query[RevenueWish]) -> RevenueOut:
    """What came in and what of it is ours, by day or by month; the chart of the overview."""
    refuse_others(request, MAY_COUNT)
    currency = PlatformSetting.objects.in_force().currency
    series = revenue(period=wanted.period, currency=currency, now=clock.now())
    return RevenueOut.model_validate(series, from_attributes=True)


@routes.get("/admin/settings", auth=needs(ADMIN), answer=SettingsOut)
def get_settings(request: AuthedRequest) -> SettingsOut:
    """The rules for orders that are placed now, and how the site shows itself."""
    refuse_others(request, MAY_LOOK)
    return _settings()


@routes.patch("/admin/settings", auth=needs(ADMIN), answer=SettingsOut)
def change_settings(request: AuthedRequest, wanted: Body[SettingsIn]) -> SettingsOut:
    """Put new rules in force for orders from now on, and the rest at once."""
    refuse_others(request, MAY_CHANGE)
    refuse_stale_login(request)
    changes = {NAMES.get(name, name): value for name, value in wanted.settings.items()}
    if changes.get("currency", "usd") not in CHARGED:
        raise Problem(422, _("The marketplace is not run in this currency."))
    policy.change_settings(
        changes=changes,
        seen_version=wanted.version,
        actor=request.user,
        reason=wanted.reason,
        now=clock.now(),
    )
    return _settings()


def _settings() -> SettingsOut:
    version, in_force = PlatformSetting.objects.newest()
    return SettingsOut(version=version, settings=AllSettings(**in_force.model_dump()))


def seed(request: HttpRequest, wanted: Body[SeedIn]) -> Accepted:
    """Have demo people and gigs made. This operation is only where the sandbox is."""
    limits.spend(request, "seed")
    jobs.enqueue("admin_panel.tasks.seed", gigs=wanted.gigs)
    return Accepted(message=_("The demo data is being made."))


if settings.SANDBOX:
    routes.post("/seed", auth=None, answer=Accepted, status=202)(seed)
