"""The server's certificates: read from files, and again when these change, while it serves.

gRPC asks at each handshake, from threads of its own. What cannot be read, or does not belong
together, as between the writing of one file and of the other, leaves the certificates of before.
"""

from __future__ import annotations

import logging
import os
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path

import grpc
from cloche.contract.config import ConfigError, ServerConfig
from cloche.contract.settings import Named

from cloche_server.identity.watched_file import Stamp, stamp

_log = logging.getLogger(__name__)


class CertificateFault(Exception):
    """Files that are no certificates of ours; the message says which, and what is wrong."""


@dataclass(frozen=True)
class _Read:
    certificate: bytes
    key: bytes
    client_ca: bytes | None


class Certificates:
    """Raises CertificateFault at first; later it logs and keeps what it has."""

    def __init__(self, certificate: Path, key: Path, client_ca: Path | None) -> None:
        self._paths = tuple(path for path in (certificate, key, client_ca) if path is not None)
        self._lock = threading.Lock()
        self._seen = self._look()
        self._wants_clients = client_ca is not None
        self._first = _configuration(self._checked())

    def server_credentials(self) -> grpc.ServerCredentials:
        """For `add_secure_port`."""
        return grpc.dynamic_ssl_server_credentials(
            self._first,
            self._changed,  # type: ignore[arg-type]  # the stubs lack None, gRPC's "unchanged"
            require_client_authentication=self._wants_clients,
        )

    def _changed(self) -> grpc.ServerCertificateConfiguration | None:
        """None: what gRPC has is good."""
        with self._lock:
            try:
                seen = self._look()
                if seen == self._seen:
                    return None
                read = self._checked()
            except CertificateFault as error:
                _log.error("the certificates of before are kept: %s", error)
                return None
            self._seen = seen
        _log.info("certificates were read again")
        return _configuration(read)

    def _look(self) -> tuple[Stamp, ...]:
        try:
            return tuple(stamp(os.stat(path)) for path in self._paths)
        except OSError as error:
            raise CertificateFault(f"{error.filename}: {error.strerror}") from None

    def _checked(self) -> _Read:
        try:
            certificate, key, *rest = [path.read_bytes() for path in self._paths]
        except OSError as error:
            raise CertificateFault(f"{error.filename}: {error.strerror}") from None
        _require_pair(certificate, key, self._paths)
        client_ca = rest[0] if rest else None
        if client_ca is not None:
            try:
                ssl.create_default_context(cadata=client_ca.decode("ascii"))
            except (ssl.SSLError, UnicodeDecodeError) as error:
                raise CertificateFault(f"{self._paths[2]}: {error}") from None
        return _Read(certificate, key, client_ca)


def certificates_of(config: ServerConfig) -> Certificates | None:
    """None: no TLS. Raises ConfigError."""
    if config.tls_certificate is None or config.tls_key is None:
        return None
    client_ca = None if config.tls_client_ca is None else Path(config.tls_client_ca)
    try:
        return Certificates(Path(config.tls_certificate), Path(config.tls_key), client_ca)
    except CertificateFault as error:
        raise ConfigError(Named("tls_certificate"), f": {error}") from None


def _require_pair(certificate: bytes, key: bytes, paths: tuple[Path, ...]) -> None:
    """Of the bytes that will be used, not of what the files hold a moment later."""
    # The ssl module reads files only: one of memory, so that the key is on no disk it was not on.
    with os.fdopen(os.memfd_create("certificates"), "wb") as both:
        both.write(certificate + b"\n" + key)
        both.flush()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            # A password that is asked for would hang the server.
            context.load_cert_chain(f"/proc/self/fd/{both.fileno()}", password=lambda: "")
        except (ssl.SSLError, ValueError) as error:
            raise CertificateFault(
                f"{paths[0]} and {paths[1]} are no certificate with its key, without a password: "
                f"{error}"
            ) from None


def _configuration(read: _Read) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration(
        [(read.key, read.certificate)], root_certificates=read.client_ca
    )
