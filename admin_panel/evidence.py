"""What speaks for us when a buyer contests a payment: the whole of an order, for their bank.

A ZIP with the story as PDF, the deal, the messages and the delivered files. `SHA256SUMS`
in it names them all, so that `sha256sum -c` tells whether anything was changed.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gigstream.core.money import written
from gigstream.core.pdf import new_paper
from gigstream.core.site import site_name
from gigstream.services import cloudinary
from messaging.models import Message
from orders.models import Download, Order, OrderFile
from orders.status import OrderStatus
from payments.models import Chargeback

IN_MEMORY = 5_000_000
LONGEST_FIELD = 18_000
"""Letters in one field of Stripe's evidence, which takes a little more."""


def pack(chargeback: Chargeback) -> IO[bytes]:
    """The ZIP, from its beginning. Raises `StorageUnavailable` if the files are away."""
    order = chargeback.order
    assert order is not None  # noqa: S101 - only those of an order are offered
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - returned
    try:
        _write(file, chargeback, order)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _write(file: IO[bytes], chargeback: Chargeback, order: Order) -> None:
    sums = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, chunks in _parts(chargeback, order):
            digest = hashlib.sha256()
            with archive.open(name, "w", force_zip64=True) as entry:
                for chunk in chunks:
                    digest.update(chunk)
                    entry.write(chunk)
            sums.append(f"{digest.hexdigest()}  {name}\n")
        archive.writestr("SHA256SUMS", "".join(sums))


def fields(chargeback: Chargeback) -> dict[str, str]:
    """The same in short, for the fields of Stripe's form."""
    order = chargeback.order
    assert order is not None  # noqa: S101 - only those of an order are offered
    delivered = order.deliveries.order_by("number").first()
    found = {
        "product_description": _deal(order),
        "customer_name": order.buyer.full_name,
        "customer_email_address": order.buyer.email,
        "service_date": f"{delivered.at:%Y-%m-%d}" if delivered else "",
        "access_activity_log": "\n".join(_downloads(order)),
        "uncategorized_text": "\n".join(
            [*_timeline(order), *_files(order), *_messages(order)]
        ),
    }
    return {name: text[:LONGEST_FIELD] for name, text in found.items() if text}


def _parts(
    chargeback: Chargeback, order: Order
) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "evidence.pdf", [paper(chargeback)]
    terms = json.dumps(order.terms, indent=2, ensure_ascii=False, sort_keys=True)
    yield "deal.json", [terms.encode()]
    yield "messages.txt", ["\n".join(_messages(order)).encode()]
    for number, each in enumerate(_delivered(order), start=1):
        name = each.name.replace("/", "_").replace("\\", "_")
        yield (
            f"deliveries/{number:02}-{name}",
            cloudinary.open_private(each.public_id, "raw"),
        )


def paper(chargeback: Chargeback) -> bytes:
    """The story as PDF, which goes to the bank as it is."""
    order = chargeback.order
    assert order is not None  # noqa: S101 - only those of an order are offered
    site = site_name()
    sheet = new_paper(
        _("Evidence"), site=site, footer=f"{site}  {chargeback.stripe_id}"
    )
    sheet.facts(
        [
            (_("Order"), f"{order.title} ({order.pk})"),
            (_("Buyer"), f"{order.buyer.full_name} <{order.buyer.email}>"),
            (_("Seller"), order.seller.full_name),
            (_("Paid"), written(order.total, order.currency)),
            (_("Contested"), written(chargeback.amount, chargeback.currency)),
            (_("The buyer says"), chargeback.claim),
            (_("Accepted"), _accepted(order)),
        ]
    )
    sheet.heading(_("The deal"))
    sheet.text(_deal(order))
    sheet.text(f"SHA-256 {order.terms_hash}", muted=True)
    for title, lines in (
        (_("What happened"), _timeline(order)),
        (_("What was delivered"), _files(order)),
        (_("Who downloaded it"), _downloads(order)),
        (_("What was said"), _messages(order)),
    ):
        sheet.heading(title)
        sheet.text("\n".join(lines) or _("Nothing."))
    return sheet.content()


def _deal(order: Order) -> str:
    package = order.terms["package"]
    lines = [
        f"{order.title}: {package['name']}",
        package["description"],
        *(f"- {feature}" for feature in package["features"]),
        *(
            f"{answer['question']} {answer['answer']}"
            for answer in order.terms["answers"]
        ),
    ]
    return "\n".join(lines)


def _timeline(order: Order) -> list[str]:
    events = order.events.select_related("actor").order_by("at", "id")
    return [
        f"{_at(event.at)}  {event.get_to_status_display()} ({event.get_role_display()})"
        + (f": {event.reason}" if event.reason else "")
        for event in events
    ]


def _accepted(order: Order) -> str:
    done = order.events.filter(to_status=OrderStatus.COMPLETED).order_by("id").last()
    return f"{_at(done.at)} ({done.get_role_display()})" if done else _("Not yet")


def _delivered(order: Order) -> Iterable[OrderFile]:
    return order.files.filter(delivery__isnull=False).order_by("at", "id")


def _files(order: Order) -> list[str]:
    return [
        f"{_at(file.at)}  {file.name}, {file.size} bytes, SHA-256 {file.sha256}"
        for file in _delivered(order)
    ]


def _downloads(order: Order) -> list[str]:
    log = Download.objects.filter(file__order=order).select_related("file", "user")
    return [
        f"{_at(each.at)}  {each.file.name}: {each.user.full_name}, {each.address or '-'}"
        for each in log.order_by("at", "id")
    ]


def thread(order: Order) -> QuerySet[Message]:
    """What the two said since the order was placed, the oldest first."""
    people = [order.buyer_id, order.seller_id]
    between = Message.objects.filter(
        conversation__first__in=people, conversation__second__in=people
    )
    said = between.filter(sent_at__gte=order.placed_at)
    return said.select_related("sender", "offer").order_by("sent_at", "id")


def _messages(order: Order) -> list[str]:
    return [
        f"{_at(message.sent_at)}  {message.sender.full_name}: {message.words}"
        for message in thread(order)
    ]


def _at(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M %Z}"
