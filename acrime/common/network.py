"""Where a request came from, when proxies stand before the portal.

Anybody can write a forwarding header, so it counts only as far as trusted proxies wrote it:
each proxy adds at the right the address that it was spoken to from.
"""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def networks_from(text: str) -> tuple[Network, ...]:
    """The networks of *text*, commas between, such as ``10.1.0.0/24,::1``.

    Raises:
        ValueError: a part is no network, or has bits set beyond its prefix.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Whether *address* lies in one of *networks*; what is no address lies in none."""
    found = _address(address)
    return found is not None and any(found in network for network in networks)


def source_address(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The address that a request came from.

    It is the peer's own unless the peer is a trusted proxy. Then it is the right-most
    address of the header that is no trusted proxy's; everything left of it was written by
    somebody unknown. Where the header holds something that is no address, the last address
    known for certain stands.

    Args:
        peer: the address of whoever speaks to the portal (``REMOTE_ADDR``).
        forwarded: the value of ``X-Forwarded-For``, possibly empty.
        trusted: networks of the proxies (``ACRIME_TRUSTED_PROXIES``).

    Returns:
        An address without port or brackets, IPv4 also where it came mapped into IPv6;
        *peer* as it is where that is no address.
    """
    known = _address(peer)
    if known is None:
        return peer
    if is_within(peer, trusted):
        for part in reversed(forwarded.split(",")):
            hop = _address(_without_port(part.strip()))
            if hop is None:
                break
            known = hop
            if not any(hop in network for network in trusted):
                break
    return str(known)


def _address(text: str) -> Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    # A zone names an interface of the machine that wrote it and means nothing here.
    if isinstance(found, IPv6Address):
        if found.scope_id is not None:
            return None
        return found.ipv4_mapped or found
    return found


def _without_port(text: str) -> str:
    """``192.0.2.1:4711`` and ``[2001:db8::1]:4711`` without port and brackets."""
    if text.startswith("["):
        inner, closing, port = text[1:].partition("]")
        sound = closing and (not port or (port[0] == ":" and port[1:].isdecimal()))
        return inner if sound else text
    host, colon, port = text.partition(":")
    return host if colon and "." in host and port.isdecimal() else text
