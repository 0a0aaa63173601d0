"""Messages, news and uploads for programs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.datastructures import MultiValueDict
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from ninja import Body, File, Form, Query
from ninja.files import UploadedFile

import accounts.actions
import orders.actions
import orders.uploads
from accounts.api_access import needs
from accounts.forms.profile import FaceForm
from accounts.http import AuthedRequest
from accounts.models import Scope, Standing, User
from accounts.uploads import send_face
from gigs import gallery, pictures
from gigs.api import own_gig
from gigs.models import Gig
from gigstream.core import clock, limits
from gigstream.core.api import Page, Problem, Routes, derived_key
from gigstream.core.api.paging import encoded
from gigstream.core.api.routes import FILE
from gigstream.core.uploads import CheckedFile, check_file
from gigstream.services import cloudinary
from messaging import actions, uploads
from messaging.models import Attachment, Message, Notification, Participant
from messaging.moments import from_moment, to_moment
from messaging.reading_news import newest
from messaging.schemas import (
    ConversationOut,
    ConversationSearch,
    MessageIn,
    MessageOut,
    MessageSearch,
    NotificationOut,
    NotificationPaging,
    NotificationsIn,
    StartIn,
    Unread,
    UploadFor,
    UploadOut,
)
from messaging.thread import other_side
from orders.schemas import CustomOfferIn, CustomOfferOut

routes = Routes("Messages")
READ, WRITE, MESSAGES = Scope.READ, Scope.WRITE, Scope.MESSAGES
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


# --- Conversations ----------------------------------------------------------------


@routes.get("/conversations", auth=needs(MESSAGES), answer=Page[ConversationOut])
def list_conversations(
    request: AuthedRequest, wanted: Query[ConversationSearch]
) -> Page[ConversationOut]:
    """Your conversations, the latest first."""
    sides = Participant.objects.visible_to(request.user).begun().with_people()
    sides = sides.filter(archived_at__isnull=wanted.show != "archived")
    if wanted.show == "unread":
        sides = sides.unread()
    elif wanted.show == "orders":
        sides = sides.about_orders()
    elif wanted.show == "starred":
        sides = sides.filter(is_starred=True)
    if words := wanted.q.strip():
        sides = sides.speaking_of(words)
    if before := _moment(wanted.after_number):
        sides = sides.stirred_before(before)
    rows = list(sides.newest_first()[: wanted.limit + 1])
    shown = [ConversationOut.of(side) for side in rows[: wanted.limit]]
    more = len(rows) > len(shown)
    return Page[ConversationOut](
        items=shown, next=encoded(to_moment(shown[-1].last_at)) if more else None
    )


@routes.post("/conversations", auth=needs(MESSAGES), answer=ConversationOut, status=201)
def start_conversation(
    request: AuthedRequest, wanted: Body[StartIn]
) -> ConversationOut:
    """Find or begin the conversation with somebody who sells."""
    limits.spend(request, "contact", account=str(request.user.pk))
    people = User.objects.filter(standing=Standing.ACTIVE)
    person = get_object_or_404(people, pk=wanted.user_id)
    opened = actions.approach(sender=request.user, person=person, now=clock.now())
    mine = Participant.objects.visible_to(request.user).with_people().newest_first()
    return ConversationOut.of(mine.get(conversation=opened))


@routes.post("/conversations/{uuid:pk}/read", auth=needs(MESSAGES))
def read_conversation(request: AuthedRequest, pk: UUID) -> None:
    """Say that you have read all there is."""
    _my_side(request, pk)
    actions.mark_read(conversation_id=pk, user=request.user, now=clock.now())


@routes.post(
    "/conversations/{uuid:pk}/offers",
    auth=needs(Scope.ORDERS),
    answer=CustomOfferOut,
    status=201,
)
def make_offer(
    request: AuthedRequest, pk: UUID, wanted: Body[CustomOfferIn]
) -> CustomOfferOut:
    """Offer the other one of a conversation work of its own, in the name of a gig of yours."""
    side = _my_side(request, pk)
    limits.spend(request, "message", account=str(request.user.pk))
    mine = Gig.objects.on_offer().filter(seller=request.user)
    said = {**dict(wanted), "gig_id": get_object_or_404(mine, pk=wanted.gig_id).pk}
    offer = orders.actions.make_offer(
        actor=request.user,
        buyer=side.partner(),
        client_id=derived_key(request),
        now=clock.now(),
        **said,
    )
    return CustomOfferOut.of(offer, request.user)


@routes.get("/messages", auth=needs(MESSAGES), answer=Page[MessageOut])
def list_messages(
    request: AuthedRequest, wanted: Query[MessageSearch]
) -> Page[MessageOut]:
    """What was said in a conversation of yours, the newest first."""
    side = _my_side(request, wanted.conversation_id)
    said = Message.objects.filter(conversation=side.conversation_id)
    said = said.select_related("offer")
    if before := _moment(wanted.after_number):
        said = said.filter(sent_at__lt=before)
    said = said.order_by("-sent_at", "-id").prefetch_related("attachments")
    rows, other = list(said[: wanted.limit + 1]), other_side(side)
    shown = [
        MessageOut.of(message, other=other, files=message.attachments.all())
        for message in rows[: wanted.limit]
    ]
    more = len(rows) > len(shown)
    return Page[MessageOut](
        items=shown, next=encoded(to_moment(shown[-1].sent_at)) if more else None
    )


@routes.post("/messages", auth=needs(MESSAGES), answer=MessageOut, status=201)
def send_message(request: AuthedRequest, wanted: Body[MessageIn]) -> MessageOut:
    """Say something, with files that were sent to /api/upload before."""
    side = _my_side(request, wanted.conversation_id)
    limits.spend(request, "message", account=str(request.user.pk))
    message = actions.send(
        conversation_id=side.conversation_id,
        sender=request.user,
        body=wanted.body,
        client_id=derived_key(request),
        order_id=wanted.order_id,
        attachment_ids=wanted.attachments,
        now=clock.now(),
    )
    files = message.attachments.all()
    return MessageOut.of(message, other=other_side(side), files=files)


@routes.get("/attachments/{uuid:pk}", auth=needs(MESSAGES), answer=FILE)
def get_attachment(request: AuthedRequest, pk: UUID) -> StreamingHttpResponse:
    """A file of one of your conversations, as a download."""
    file = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    return StreamingHttpResponse(
        cloudinary.open_private(file.public_id, "raw"),
        content_type=file.media_type,
        headers={
            "Content-Disposition": content_disposition_header(True, file.name) or "",
            "Content-Length": str(file.size),
            "Content-Security-Policy": POLICY,
        },
    )


def _my_side(request: AuthedRequest, pk: UUID) -> Participant:
    sides = Participant.objects.visible_to(request.user).with_people()
    return get_object_or_404(sides, conversation=pk)


def _moment(number: int) -> datetime | None:
    return from_moment(str(number)) if number else None


# --- News ----------------------------------------------------------------


@routes.get("/notifications", auth=needs(READ), answer=Page[NotificationOut])
def list_notifications(
    request: AuthedRequest, paging: Query[NotificationPaging]
) -> Page[NotificationOut]:
    """What the site told you, the newest first."""
    rows = newest(request.user)
    if paging.unread:
        rows = rows.filter(read_at__isnull=True)
    key = paging.after_key
    if key and (last := newest(request.user).filter(pk=key).first()):
        earlier = rows.filter(created_at__lt=last.created_at)
        rows = earlier | rows.filter(created_at=last.created_at, pk__lt=last.pk)
    found = list(rows[: paging.limit + 1])
    shown = found[: paging.limit]
    return Page[NotificationOut](
        items=[NotificationOut.of(news) for news in shown],
        next=encoded(shown[-1].pk) if len(found) > len(shown) else None,
    )


@routes.patch("/notifications", auth=needs(WRITE), answer=Unread)
def mark_notifications(request: AuthedRequest, wanted: Body[NotificationsIn]) -> Unread:
    """Mark some or all as read, or have some wait again; tells how many wait then."""
    with transaction.atomic():
        if wanted.all and wanted.read:
            actions.read_all(user=request.user, now=clock.now())
        for pk in wanted.ids:
            if wanted.read:
                actions.read_notification(
                    notification_id=pk, user=request.user, now=clock.now()
                )
            else:
                actions.unread_notification(notification_id=pk, user=request.user)
    waiting = Notification.objects.visible_to(request.user).unread()
    return Unread(unread=waiting.count())


# --- Files ----------------------------------------------------------------


@routes.post("/upload", auth=needs(WRITE), answer=UploadOut, status=201)
def upload(
    request: AuthedRequest, file: File[UploadedFile], wanted: Form[UploadFor]
) -> UploadOut:
    """Send one file: a picture of a gig, your face, or a private file.

    A private file for an order or a dispute is named there by `file`, one for a message
    by `id`. The same picture of a gig sent again is the same picture.
    """
    limits.spend(request, "upload", account=str(request.user.pk))
    if wanted.purpose == "gig":
        return _hang(request, wanted.gig or "", file)
    if wanted.purpose == "avatar":
        return _show_face(request, file)
    try:
        checked = check_file(file)
    except ValidationError as wrong:
        raise Problem(422, wrong.messages[0], code="file") from wrong
    if wanted.purpose == "order":
        return _keep(request, checked)
    return _attach(request, wanted.conversation_id, checked)


def _hang(request: AuthedRequest, slug: str, file: UploadedFile) -> UploadOut:
    gig = own_gig(request, slug)
    try:
        image = gallery.hang(file, gig=gig, actor=request.user, now=clock.now())
    except pictures.Refused as refusal:
        raise Problem(422, str(refusal), code="file") from refusal
    return UploadOut(
        id=image.pk,
        file=None,
        url=image.small,
        public_id=image.public_id,
        width=image.width,
        height=image.height,
        format="jpg",  # as we write them all
        name=file.name or "",
        size=file.size or 0,
    )


def _show_face(request: AuthedRequest, file: UploadedFile) -> UploadOut:
    files: Any = MultiValueDict({"picture": [file]})
    form = FaceForm(data={"across": 50, "down": 50}, files=files)
    if not form.is_valid():
        words = " ".join(str(each) for each in form.errors.get("picture", []))
        raise Problem(422, words, code="file")
    kept = send_face(form.cleaned_data["face"], owner=request.user)
    accounts.actions.show_face(user_id=request.user.pk, picture=kept)
    person = User.objects.get(pk=request.user.pk)
    return UploadOut(
        id=None,
        file=None,
        url=person.avatar_large,
        public_id=kept.public_id,
        width=kept.width,
        height=kept.height,
        format=kept.format,
        name=file.name or "",
        size=kept.bytes,
    )


def _keep(request: AuthedRequest, checked: CheckedFile) -> UploadOut:
    stored = orders.uploads.store([checked], owner=request.user, now=clock.now())
    token = orders.uploads.sealed(stored[0], by=request.user)
    return _private(checked, file=token)


def _attach(
    request: AuthedRequest, conversation_id: UUID | None, checked: CheckedFile
) -> UploadOut:
    if conversation_id is None:
        raise Problem(422, _("Name the conversation."), code="invalid")
    side = _my_side(request, conversation_id)
    stored = uploads.store([checked], owner=request.user, now=clock.now())
    attached = actions.attach(
        conversation=side.conversation,
        actor=request.user,
        file=stored[0],
        now=clock.now(),
    )
    return _private(
        checked, id=attached.pk, width=attached.width, height=attached.height
    )


def _private(checked: CheckedFile, **known: object) -> UploadOut:
    nothing = dict.fromkeys(
        ("id", "file", "url", "public_id", "width", "height", "format")
    )
    return UploadOut(**{**nothing, **known, "name": checked.name, "size": checked.size})
