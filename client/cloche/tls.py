"""Authenticate the server, and the client to it, by TLS from files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import grpc

from cloche.contract.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Tls:
    """PEM files. Without `ca` the server's certificate must be signed by who gRPC trusts anyway.

    `certificate` and `key` are the caller's own, for servers that want them (mTLS).
    """

    ca: str | Path | None = None
    certificate: str | Path | None = None
    key: str | Path | None = None

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise InvalidRequestError(
                "tls: certificate and key belong together; give both", field="tls"
            )

    @classmethod
    def of(cls, given: object) -> Self | None:
        """What `tls=` means: True, a CA's file, or all of it; False: none.

        Raises InvalidRequestError for anything else.
        """
        if given is False:
            return None
        if given is True:
            return cls()
        if isinstance(given, (str, Path)):
            return cls(ca=given)
        if isinstance(given, cls):
            return given
        raise InvalidRequestError(
            f"tls is {given!r}; give True, a file with the CA's certificate, or cloche.Tls(...)",
            field="tls",
        )

    @classmethod
    def from_fields(cls, fields: Mapping[str, str]) -> Self:
        """What `fields` gave."""
        return cls(**fields)

    def fields(self) -> dict[str, str]:
        """Absolute paths, by name; those that are given."""
        given = {"ca": self.ca, "certificate": self.certificate, "key": self.key}
        return {
            name: os.path.abspath(os.path.expanduser(path))
            for name, path in given.items()
            if path is not None
        }

    def credentials(self) -> grpc.ChannelCredentials:
        """Reads the files now. Raises InvalidRequestError where one cannot be read."""
        roots = self.ca or os.environ.get("SSL_CERT_FILE")
        return grpc.ssl_channel_credentials(
            None if roots is None else _read(roots),
            None if self.key is None else _read(self.key),
            None if self.certificate is None else _read(self.certificate),
        )


def _read(path: str | Path) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise InvalidRequestError(
            f"tls: cannot read {path}: {error.strerror}", field="tls"
        ) from None
