"""Private files, for the two people of an order and nobody else."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from itertools import chain
from uuid import UUID

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import AuthedRequest
from gigstream.core import client, clock, pictures
from gigstream.core.archives import Member, zipped
from gigstream.services import cloudinary
from orders import actions
from orders.downloads import POLICY, hand_over, headers_of
from orders.models import Order, OrderFile
from orders.views.access import get_order

MOST_AT_ONCE = 500 * 1024 * 1024
"""Bytes of files in one archive: it keeps a thread busy until the last one has left."""
PREVIEW = pictures.Square(side=160)
A_DAY = 24 * 3600


@require_GET
def download(request: AuthedRequest, pk: UUID) -> HttpResponseBase:
    """Pass the file on as a download; who may have it is decided now, not when it was linked."""
    file = get_object_or_404(OrderFile.objects.visible_to(request.user), pk=pk)
    return send(request, file)


def send(request: AuthedRequest, file: OrderFile) -> HttpResponseBase:
    """The file, for whoever was found to be allowed to have it; that they took it is noted."""
    try:
        return hand_over(
            file,
            to=request.user,
            address=client.address(request),
            now=clock.now(),
        )
    except cloudinary.StorageUnavailable:
        return _away(request)


@require_GET
def download_delivery(
    request: AuthedRequest, pk: UUID, number: int
) -> HttpResponseBase:
    """All files of one delivery as a ZIP."""
    order = get_order(request, pk)
    files = order.files.filter(delivery__number=number).order_by("id")
    name = f"{order.reference}-delivery-{number}.zip"
    return _archive(request, order, list(files), name, lambda file: file.name)


@require_GET
def download_all(request: AuthedRequest, pk: UUID) -> HttpResponseBase:
    """All files of an order as a ZIP, each delivery in a folder of its own."""
    order = get_order(request, pk)
    files = order.files.select_related("delivery").order_by("delivery__number", "id")
    return _archive(request, order, list(files), f"{order.reference}.zip", _place)


def _place(file: OrderFile) -> str:
    if file.delivery:
        folder = f"delivery-{file.delivery.number}"
    else:
        folder = "dispute" if file.statement_id else "answers"
    return f"{folder}/{file.name}"


def _archive(
    request: AuthedRequest,
    order: Order,
    files: Sequence[OrderFile],
    name: str,
    place: Callable[[OrderFile], str],
) -> HttpResponseBase:
    """The files in one download, while it is made; the first byte comes from the store."""
    if not files:
        raise Http404
    if sum(file.size for file in files) > MOST_AT_ONCE:
        messages.error(
            request,
            _("These are more than 500 MB. Please take the deliveries one by one."),
        )
        return redirect(order)
    now = clock.now()
    members: Iterator[Member] = (
        (place(file), cloudinary.open_private(file.public_id, "raw")) for file in files
    )
    content = zipped(members, at=now.astimezone(request.user.zone))
    try:
        first = next(content)
    except cloudinary.StorageUnavailable:
        return _away(request)
    _note(request, files)
    return StreamingHttpResponse(
        chain([first], content),
        content_type="application/zip",
        headers=headers_of(name),
    )


def _note(request: AuthedRequest, files: Iterable[OrderFile]) -> None:
    actions.note_downloads(
        files=files,
        user=request.user,
        address=client.address(request),
        now=clock.now(),
    )


def _away(request: AuthedRequest) -> HttpResponse:
    """The store cannot be reached; the browser may ask again soon."""
    response = render(request, "503.html", status=503)
    response.headers["Retry-After"] = "30"
    return response


@require_GET
def preview(request: AuthedRequest, pk: UUID) -> HttpResponse:
    """A small picture of a picture: written anew by us, so that no byte of the file gets through."""
    file = get_object_or_404(OrderFile.objects.visible_to(request.user), pk=pk)
    if not file.is_picture:
        raise Http404
    try:
        small = _small(file)
    except cloudinary.StorageUnavailable:
        return _away(request)
    if not small:
        raise Http404
    headers = {"Content-Security-Policy": POLICY}
    return HttpResponse(small, content_type="image/jpeg", headers=headers)


def _small(file: OrderFile) -> bytes:
    """The picture as a square JPEG, made once a day; nothing of what we would not decode."""
    key = f"preview:{file.pk.hex}"
    kept: str | None = cache.get(key)  # the cache keeps text alone
    if kept is None:
        kept = b64encode(_shrink(file)).decode()
        cache.set(key, kept, A_DAY)
    return b64decode(kept)


def _shrink(file: OrderFile) -> bytes:
    whole = BytesIO(b"".join(cloudinary.open_private(file.public_id, "raw")))
    try:
        made = pictures.clean(whole, file.size, smallest=(1, 1), square=PREVIEW)
    except pictures.Refused:
        return b""
    return made.file.read()
