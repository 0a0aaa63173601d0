"""A heart that is pressed again and again, in several windows: no answer breaks."""

from functools import partial

import pytest

from accounts.actions import block, unblock
from accounts.models import Block
from gigs.actions import save, unsave
from gigs.models import Favorite
from tests.factories import NOON, a_gig, a_user
from tests.races.together import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def often(*verbs):
    def job():
        for _ in range(40):
            for verb in verbs:
                verb()

    return job


def test_saving_and_unsaving_at_once_break_nothing():
    gig, user = a_gig(), a_user()
    on = partial(save, gig_id=gig.pk, actor=user, now=NOON)
    off = partial(unsave, gig_id=gig.pk, actor=user)

    results = together(*[often(on, off)] * 6)

    assert results == [None] * 6
    assert not Favorite.objects.exists()


def test_blocking_and_unblocking_at_once_break_nothing():
    user, other = a_user(), a_user()
    on = partial(block, blocker=user, blocked_id=other.pk, now=NOON)
    off = partial(unblock, blocker=user, blocked_id=other.pk)

    results = together(*[often(on, off)] * 6)

    assert results == [None] * 6
    assert not Block.objects.exists()
