"""The options by which a verb that serves HTTP says where, and behind what."""

from pathlib import Path
from typing import Annotated

import typer

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
