"""`cloche login` and `cloche logout`"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cloche.cli._connect import CONNECT_TIMEOUT_S
from cloche.cli._console import err
from cloche.client.connection import check_address
from cloche.client.credentials import Credentials
from cloche.client.interp_client import InterpClient
from cloche.client.logins import Login, forget_login, store_login
from cloche.contract.address import names_tls
from cloche.tls import Tls

_Server = Annotated[
    str,
    typer.Option("--address", "-a", envvar="CLOCHE_ADDRESS", help="host:port or unix:/path."),
]


def login(
    address: _Server,
    ca: Annotated[
        Path | None, typer.Option(help="A PEM file with who signs the server's certificate.")
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="A PEM file with your own certificate; with --key.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="A PEM file with its key.")] = None,
) -> None:
    """Store a token for a server, once the server has taken it.

    It is asked for on a terminal, and read from standard input elsewhere; never an argument, which
    everybody on the machine could see.
    """
    if names_tls(address):
        raise typer.BadParameter(
            "a server behind a proxy takes a proxy token, which is not stored: set "
            "MODAL_PROXY_TOKEN_ID and MODAL_PROXY_TOKEN_SECRET, or give proxy_token="
        )
    check_address(address)
    token = _asked()
    tls = None
    if ca is not None or certificate is not None or key is not None:
        tls = Tls(ca=ca, certificate=certificate, key=key)
    # What it is checked with is what is stored, an earlier login's files too.
    found = Credentials.of(address, token, tls)
    with InterpClient(
        address=address, token=token, tls=found.tls, connect_timeout=CONNECT_TIMEOUT_S
    ) as client:
        client.info()
    try:
        path = store_login(address, Login(token=token, tls=found.tls))
    except OSError as error:
        raise typer.BadParameter(f"cannot store the token: {error}") from None
    err.print(f"{address} takes the token; it is stored in {path}", markup=False)


def logout(address: _Server) -> None:
    """Forget the token that is stored for a server."""
    try:
        found = forget_login(address)
    except OSError as error:
        raise typer.BadParameter(f"cannot forget the token: {error}") from None
    err.print(
        f"forgot the token for {address}" if found else f"no token is stored for {address}",
        markup=False,
    )


def _asked() -> str:
    if sys.stdin.isatty():
        text: str = typer.prompt("token", hide_input=True, err=True)
    else:
        text = sys.stdin.readline()
    if not text.strip():
        raise typer.BadParameter("no token was given; pipe it in, or type it where it is asked for")
    return text.strip()
