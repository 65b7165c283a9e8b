"""The options by which a verb that serves HTTP says where, and behind what."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from cloche.agents.http.callers import passes_tokens
from cloche.agents.http.listening import Listening

TlsCertificate = Annotated[
    Path | None, typer.Option("--tls-cert", help="A PEM file with the certificates to show.")
]
TlsKey = Annotated[Path | None, typer.Option("--tls-key", help="A PEM file with its key.")]
Unprotected = Annotated[
    bool,
    typer.Option(
        "--unprotected",
        help="Listen beyond this machine without TLS or tokens: something in front has both.",
    ),
]
OwnToken = Annotated[
    bool,
    typer.Option(
        "--own-token",
        help="Call the server with this program's own token (CLOCHE_TOKEN, or cloche login), not "
        "with those that callers bring.",
    ),
]


def listening(
    address: str,
    certificate: Path | None,
    key: Path | None,
    *,
    unprotected: bool,
    settings: Mapping[str, Any],
    own_token: bool,
) -> Listening:
    """Where to serve callers of the server that `settings` name.

    Raises InvalidRequestError where strangers could call, or listen on the way.
    """
    where = Listening(address=address, certificate=certificate, key=key, unprotected=unprotected)
    where.require_protected(passes_tokens=passes_tokens(settings) and not own_token)
    return where
