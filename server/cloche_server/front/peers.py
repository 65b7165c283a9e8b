"""Tell where connections come from by what gRPC calls them: "ipv4:192.0.2.7:40112", "unix:"."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import unquote

# Whoever has one address of IPv6 has all of such a network: RFC 6177.
_IPV6_NETWORK_BITS: Final = 64


def origin(peer: str) -> str:
    """The address without its port, and of IPv6 the network. Anything else stays as it is."""
    kind, _, place = peer.partition(":")
    host, colon, _ = unquote(place).rpartition(":")
    if kind not in ("ipv4", "ipv6") or not colon:
        return peer
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return peer
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), _IPV6_NETWORK_BITS), strict=False))
