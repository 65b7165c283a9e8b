"""Refuse to listen where anybody could call: beyond this machine it takes TLS and tokens.

What is decided here is decided before anything listens, and fails closed.
"""

from __future__ import annotations

from cloche.contract.address import is_local
from cloche.contract.config import ServerConfig
from cloche.contract.settings import ConfigError, Named


def require_protected(config: ServerConfig) -> None:
    """Raises ConfigError where strangers could call, or listen on the way."""
    if is_local(config.listen) or config.unprotected:
        return
    lacking = []
    if config.access is None:
        lacking += ["tokens (", Named("access"), ")"]
    if config.tls_certificate is None:
        lacking += [
            *([" and "] if lacking else []), "TLS (", Named("tls_certificate"), ", ",
            Named("tls_key"), ")",
        ]  # fmt: skip
    if lacking:
        raise ConfigError(
            Named("listen"),
            f" is {config.listen!r}, which other machines reach, and the server has no ",
            *lacking,
            ". Give them, or listen on 127.0.0.1 or a Unix socket; where something in front of it "
            "does both, say so with ",
            Named("unprotected"),
        )
