"""The desks, as a moderator and an admin use them: by keys, with ready reasons, many at once."""

import re

from playwright.sync_api import expect

from tests.journeys.test_withdraw import PASSWORD, log_in

STAFF = f"""
from django.contrib.auth.models import Group
from allauth.account.models import EmailAddress
from accounts.models import Report, User
import accounts.actions
from gigs.models import Gig
from gigstream.core import clock
from django_tasks_db.models import DBTaskResult
person = User.objects.create_user(
    email="mo@example.com", full_name="Mo Moderator", password="{PASSWORD}",
    is_staff=True, joined_at=clock.now(),
)
EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
person.groups.add(Group.objects.get(name="moderator"))
gigs = Gig.objects.on_offer().exclude(seller__email__in=["seller@example.com"])
for gig in gigs.order_by("pk")[:2]:
    accounts.actions.report(
        reporter=User.objects.get(email="buyer@example.com"), target="gig",
        target_id=gig.pk, reason="copy", text="I made this.", now=clock.now(),
    )
from datetime import timedelta
from gigstream.core.tasks import prune_cache
later = clock.now() + timedelta(days=1)
task = DBTaskResult.objects.get(pk=prune_cache.using(run_after=later).enqueue().id)
DBTaskResult.objects.filter(pk=task.pk).update(
    status="FAILED", finished_at=clock.now(), worker_ids=["one"],
    exception_class_path="builtins.TimeoutError", traceback="TimeoutError: sk_test_abcdef",
    run_after=clock.now(),
)
"""


def test_a_moderator_decides_by_keys_and_an_admin_tries_a_task_again(site, person):
    site.command("shell", "-c", STAFF)
    moderator = person()
    log_in(moderator, "mo@example.com")
    moderator.goto("/admin/moderation/?queue=gig")
    moderator.locator("#result_list tbody a").first.click()
    expect(moderator.get_by_text("I made this.")).to_be_visible()
    moderator.wait_for_load_state()

    moderator.keyboard.press("r")
    ready = moderator.get_by_label("Ready reasons")
    expect(ready).to_be_focused()
    ready.select_option(index=1)
    reason = moderator.locator("#id_reason")
    expect(reason).to_have_value(re.compile("^This shows work"))
    reason.press("End")
    reason.type(" Thank you.")
    reason.blur()
    moderator.keyboard.press("r")
    expect(moderator.get_by_text("Done. Its owner and")).to_be_visible()
    moderator.wait_for_load_state()

    moderator.keyboard.press("a")
    expect(moderator.get_by_text("It stays. Whoever reported it")).to_be_visible()
    expect(moderator.get_by_text("Nothing waits here.")).to_be_visible()
    assert moderator.complaints == []

    admin = person()
    log_in(admin, "admin@example.com")
    admin.goto("/admin/django_tasks_database/dbtaskresult/")
    admin.get_by_role("link", name="gigstream.core.tasks.prune_cache").first.click()
    expect(admin.get_by_text("TimeoutError: ********")).to_be_visible()
    admin.go_back()
    admin.locator("input[name=_selected_action]").first.check()
    admin.locator("select[name=action]").select_option(label="Try again")
    admin.get_by_role("button", name="Go", exact=True).click()
    expect(admin.get_by_text("1 row is chosen")).to_be_visible()
    admin.locator("#id_reason").fill("The network is back.")
    admin.get_by_role("button", name="Try again: 1").click()
    expect(admin.get_by_text("Try again: done for one of 1.")).to_be_visible()
    # Django's sign would lie on our words.
    admin.goto("/admin/payments/payout/gone/")
    expect(admin.locator(".messagelist .warning")).to_have_css(
        "background-image", "none"
    )
    assert admin.complaints == []
