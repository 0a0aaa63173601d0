"""Private files sent in several windows share the room of their sender."""

from functools import partial

import pytest

from accounts import quota
from accounts.actions.uploads import note_private_upload
from tests.factories import NOON, a_user
from tests.races.together import meet_at, take_locks_out, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("locks", [True, False])
def test_uploads_at_once_take_no_more_than_there_is(monkeypatch, locks):
    monkeypatch.setattr(quota, "PRIVATE_BYTES", 100)
    user = a_user()
    if not locks:
        take_locks_out(monkeypatch)
    meet_at(monkeypatch, "accounts.models.PrivateUpload.objects.create")

    together(*[partial(note_private_upload, actor=user, size=100, now=NOON)] * 2)

    assert user.private_uploads.count() == (1 if locks else 2)
