"""`cloche stop APP`"""

from typing import Annotated

import typer

from cloche.cli._console import err
from cloche.cli._hosting import AppName, Environment


def stop(
    app_name: AppName,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    environment: Environment = None,
) -> None:
    """End a deployment on Modal, its containers and the calls in them."""
    from cloche import modal

    if not yes:
        typer.confirm(f"Stop {app_name} and its containers?", abort=True)
    modal.stop(app_name, environment=environment)
    err.print(f"{app_name} is stopped", markup=False)
