"""Parse addresses, for those who connect and those who listen."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

_HOST_PORT: Final = re.compile(r"(\[[0-9a-fA-F:.%]+\]|[^\s/:\[\]]+):(\d{1,5})")


def is_address(text: object) -> bool:
    """Whether it is "host:port" or "unix:/path"."""
    if not isinstance(text, str):
        return False
    if text.startswith("unix:"):
        return len(text) > len("unix:")
    match = _HOST_PORT.fullmatch(text)
    return match is not None and 0 < int(match[2]) < 1 << 16


def is_local(address: str) -> bool:
    """Whether only this machine reaches it. A name is not looked up: only localhost is known."""
    if address.startswith("unix:"):
        return True
    host = address.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def names_tls(text: object) -> bool:
    """Whether it is a URL of a server behind a proxy that ends TLS."""
    return isinstance(text, str) and text.startswith("https://")
