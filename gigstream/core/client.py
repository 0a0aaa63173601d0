"""Who is at the other end of a request: the address, as far as our own proxies vouch for it."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

IPV6_HOME = 64
"""Bits of an IPv6 address that a provider gives to one customer; the rest is theirs to vary."""


def address(request: HttpRequest) -> str:
    """The client's address, or nothing where it cannot be known.

    Each proxy of ours appends to X-Forwarded-For whom it heard from, so only that many
    entries from the right can be believed; what stands before them anybody may have
    written. A request with fewer entries did not come through all of our proxies.
    """
    count = settings.TRUSTED_PROXY_COUNT
    heard_from = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if 0 < count <= len(heard_from) and (found := _parse(heard_from[-count])):
        return str(found)
    return str(_parse(request.META.get("REMOTE_ADDR", "")) or "")


def network(request: HttpRequest) -> str:
    """What a limit counts as one client: an IPv4 address, or a whole IPv6 home."""
    found = _parse(address(request))
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, IPV6_HOME), strict=False))
    return str(found or "unknown")


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, perhaps with a port, as proxies write it."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped
    return found
