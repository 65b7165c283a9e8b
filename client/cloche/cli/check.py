"""`cloche check FILE...`"""

from pathlib import Path
from typing import Annotated

import typer

from cloche.cli import _exit
from cloche.cli._connect import Address, App, Model, connect
from cloche.cli._console import err, out, plain


def check(
    targets: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files with a technique each.")
    ],
    address: Address = None,
    model: Model = None,
    app: App = None,
) -> None:
    """Say what the language wall would refuse, without running anything."""
    found = 0
    with connect(address, model, app=app) as client:
        for target in targets:
            for item in client.check(target):
                found += 1
                text = str(item) if item.line else f"{target}: {item}"
                out.print(plain(text), soft_wrap=True)
    if found:
        err.print(f"{found} finding{'s' if found != 1 else ''}")
        raise typer.Exit(_exit.FAILED)
    err.print(f"{len(targets)} file{'s' if len(targets) != 1 else ''} checked, nothing refused")
