"""Where a server may listen without tokens and TLS."""

from __future__ import annotations

import pytest
from cloche.contract.config import ConfigError, ModelConfig, ServerConfig
from cloche_server.identity.exposure import require_protected

MODEL = ModelConfig(name="m")
OTHERS = ["0.0.0.0:1", "[::]:1", "192.0.2.1:1", "host.example:1", "127.0.0.1.example:1"]


@pytest.mark.parametrize(
    "listen", ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1", "unix:/run/x"]
)
def test_this_machine_needs_neither(listen: str) -> None:
    require_protected(ServerConfig(model=MODEL, listen=listen))


@pytest.mark.parametrize("listen", OTHERS)
@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({}, r"has no tokens \(access\) and TLS \(tls_certificate, tls_key\)"),
        ({"access": "d"}, r"has no TLS \(tls_cert"),
        ({"tls_certificate": "c", "tls_key": "k"}, r"has no tokens \(access\)\."),
        ({"tls_certificate": "c", "tls_key": "k", "tls_client_ca": "a"}, "has no tokens"),
    ],
    ids=["nothing", "tokens", "tls", "mtls"],
)
def test_other_machines_need_both(listen: str, given: dict[str, str], lacking: str) -> None:
    with pytest.raises(ConfigError, match=lacking):
        require_protected(ServerConfig(model=MODEL, listen=listen, **given))  # type: ignore[arg-type]


@pytest.mark.parametrize("listen", OTHERS)
def test_both_are_enough_and_so_is_one_explicit_word(listen: str) -> None:
    tls = {"tls_certificate": "c", "tls_key": "k"}
    require_protected(ServerConfig(model=MODEL, listen=listen, access="d", **tls))  # type: ignore[arg-type]
    require_protected(ServerConfig(model=MODEL, listen=listen, unprotected=True))


@pytest.mark.parametrize(
    "given",
    [{"tls_certificate": "c"}, {"tls_key": "k"}, {"tls_client_ca": "a"}],
)
def test_half_of_tls_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="tls_certificate"):
        ServerConfig(model=MODEL, **given)  # type: ignore[arg-type]
