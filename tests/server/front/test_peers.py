"""Connections from one place are one caller to those from others."""

from __future__ import annotations

import pytest
from cloche_server.front.peers import origin


@pytest.mark.parametrize(
    ("peer", "found"),
    [
        ("ipv4:192.0.2.7:40112", "192.0.2.7"),
        ("ipv4:192.0.2.7:1", "192.0.2.7"),
        ("ipv6:%5B2001:db8:1:2:3:4:5:6%5D:443", "2001:db8:1:2::/64"),
        ("ipv6:[2001:db8:1:2::9]:5", "2001:db8:1:2::/64"),
        ("ipv6:%5B::1%5D:443", "::/64"),
        ("ipv6:%5B::ffff:192.0.2.7%5D:443", "192.0.2.7"),
        ("ipv6:%5Bfe80::1%25eth0%5D:443", "fe80::/64"),
        ("unix:", "unix:"),
        ("unix:/tmp/s:1", "unix:/tmp/s:1"),
        ("ipv4:nonsense:1", "ipv4:nonsense:1"),
        ("ipv4:", "ipv4:"),
        ("", ""),
    ],
)
def test_where_a_connection_comes_from(peer: str, found: str) -> None:
    assert origin(peer) == found
