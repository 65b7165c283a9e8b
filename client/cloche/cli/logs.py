"""`cloche logs APP`"""

import sys
from typing import Annotated

import typer

from cloche.cli._hosting import AppName, Environment
from cloche.contract.text import visible


def logs(
    app_name: AppName,
    entries: Annotated[int, typer.Option("--entries", "-n", min=1, help="At most so many.")] = 100,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with new ones.")] = False,
    environment: Environment = None,
) -> None:
    """Show what a deployment's containers logged."""
    from cloche import modal

    for entry in modal.logs(app_name, entries=entries, follow=follow, environment=environment):
        sys.stdout.write(visible(entry) if entry.endswith("\n") else visible(entry) + "\n")
        sys.stdout.flush()
