"""`cloche check FILE...`"""

import dataclasses
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from cloche.cli import _exit
from cloche.cli._connect import Address, App, Model, connect
from cloche.cli._console import err, out, plain, print_json
from cloche.cli._hosting import Environment
from cloche.client.local_check import check_here
from cloche.contract.errors import Diagnostic, SourceError
from cloche.source.technique import Technique


def check(
    targets: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Files with a technique each, directories of such files, or - for stdin.",
        ),
    ],
    address: Address = None,
    model: Model = None,
    app: App = None,
    environment: Environment = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print findings only, no summary.")
    ] = False,
) -> None:
    """Say what the language wall would refuse, without running anything.

    Without a server the source alone is looked at.
    """
    found: list[tuple[str, tuple[Diagnostic, ...]]] = []
    with ExitStack() as stack:
        client = None
        if address is not None or model is not None or app is not None:
            client = stack.enter_context(connect(address, model, app=app, environment=environment))
        for name, technique in _techniques(targets):
            if isinstance(technique, SourceError):
                said = str(technique)
                items: tuple[Diagnostic, ...] = (
                    Diagnostic(code="source", message=said, hint="", line=0, column=0),
                )
            else:
                items = check_here(technique) if client is None else client.check(technique)
            found.append((name, items))
    count = sum(len(items) for _, items in found)
    if as_json:
        files = [
            {"file": name, "findings": [dataclasses.asdict(item) for item in items]}
            for name, items in found
        ]
        print_json({"ok": not count, "files": files})
    else:
        for name, items in found:
            for item in items:
                known = item.line or name in item.message
                out.print(plain(str(item) if known else f"{name}: {item}"), soft_wrap=True)
    if count:
        if not quiet:
            err.print(f"{count} finding{'s' if count != 1 else ''}")
        raise typer.Exit(_exit.FAILED)
    if not quiet:
        number = len(found)
        err.print(f"{number} file{'s' if number != 1 else ''} checked, nothing refused")


def _techniques(targets: list[Path]) -> list[tuple[str, Technique | SourceError]]:
    """Each target by its name; of a directory, its files that are no helpers."""
    names: list[tuple[str, Path | str]] = []
    for target in targets:
        if str(target) == "-":
            names.append(("<stdin>", sys.stdin.read()))
        elif target.is_dir():
            files = sorted(
                entry.path
                for entry in os.scandir(target)
                if entry.name.endswith(".py")
                and not entry.name.startswith(("_", "."))
                and entry.is_file()
            )
            if not files:
                raise SourceError(f"{target}: there is no technique in it, NAME.py")
            names += [(file, Path(file)) for file in files]
        elif len(targets) > 1 and target.name.startswith("_"):
            continue  # a shell's *.py: helpers are checked with what imports them
        else:
            names.append((str(target), target))
    read: list[tuple[str, Technique | SourceError]] = []
    for name, held in names:
        try:
            read.append((name, Technique.of(held)))
        except SourceError as error:
            read.append((name, error))
    return read
