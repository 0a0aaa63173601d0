import pytest
from django.contrib.auth.models import Group

from accounts import actions
from gigstream.core.errors import NotAllowed
from gigstream.core.models import AuditEntry
from tests.accounts.codes import prove
from tests.factories import NOON, a_seller, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    user = a_user(is_staff=True)
    user.groups.set(Group.objects.filter(name="moderator"))
    return user


def act(verb, user, actor):
    verb(user_id=user.pk, actor=actor, reason="Saw the passport", now=NOON)
    user.refresh_from_db()


def test_a_verified_seller_has_a_badge_until_it_is_withdrawn(moderator, client):
    seller = a_seller(username="maya")

    act(actions.verify_seller, seller, moderator)
    act(actions.verify_seller, seller, moderator)
    with_badge = client.get("/u/maya/").text
    act(actions.withdraw_verification, seller, moderator)

    assert "Verified seller" in with_badge
    assert "Verified seller" not in client.get("/u/maya/").text
    assert list(AuditEntry.objects.order_by("id").values_list("verb", "reason")) == [
        ("accounts.verify_seller", "Saw the passport"),
        ("accounts.withdraw_verification", "Saw the passport"),
    ]


def test_only_staff_vouches_and_nobody_for_themselves(moderator):
    moderator.selling_since = NOON
    moderator.save()

    for user, actor in [(a_seller(), a_user()), (moderator, moderator)]:
        with pytest.raises(NotAllowed):
            act(actions.verify_seller, user, actor)


def test_a_buyer_is_no_seller_to_verify(moderator):
    with pytest.raises(NotAllowed, match="no active seller"):
        act(actions.verify_seller, a_user(), moderator)


def test_the_list_of_people_verifies_those_who_are_chosen(moderator, as_user):
    seller = a_seller()
    form = {"action": "verify_seller", "_selected_action": [str(seller.pk)]}

    browser = as_user(moderator)
    prove(browser)
    browser.post(
        "/admin/accounts/user/", {**form, "sure": "yes", "reason": "Passport."}
    )

    seller.refresh_from_db()
    assert seller.seller_verified_at is not None
