"""The directory with who may call, for the subcommands of a server's operator."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from cloche import seam
from cloche.client.extras import require_server

Access = Annotated[
    Path,
    typer.Option(
        "--access",
        envvar="CLOCHE_ACCESS",
        help="The directory that cloche serve --access has. A server that runs sees what changes.",
    ),
]


@contextmanager
def told() -> Iterator[None]:
    """Raises typer.BadParameter for what cannot be read, written or meant."""
    require_server("who may call is the server's to say")
    import msgspec

    try:
        yield
    except seam.TokenFault as error:
        raise typer.BadParameter(str(error)) from None
    except (OSError, msgspec.MsgspecError) as error:
        raise typer.BadParameter(f"--access: {error}") from None
