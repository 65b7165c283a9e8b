"""Share what the subcommands for Modal have in common."""

from typing import Annotated

import typer

AppName = Annotated[str, typer.Argument(metavar="APP", help="The app's name on Modal.")]
Environment = Annotated[
    str | None,
    typer.Option(
        "--env", envvar="MODAL_ENVIRONMENT", help="Modal's environment; none: the default one."
    ),
]
