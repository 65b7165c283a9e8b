"""`cloche convert FILE`"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cloche.cli import _exit
from cloche.cli._console import err, out, plain
from cloche.contract.errors import ConversionError
from cloche.convert import convert_technique_to_standalone
from cloche.source.technique import read_source


def convert(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file with a technique class.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of to stdout.")
    ] = None,
) -> None:
    """Give techniques that are methods of a class entry points."""
    source = read_source(file, newline="")  # line ends are kept as they are
    try:
        converted = convert_technique_to_standalone(source)
    except ConversionError as error:
        for item in error.problems:
            where = f"{file}:{item.line}:{item.column}" if item.line else str(file)
            hint = f"; {item.hint}" if item.hint else ""
            out.print(plain(f"{where}: {item.message}{hint}"), soft_wrap=True)
        count = len(error.problems)
        err.print(f"{count} finding{'s' if count != 1 else ''}, nothing converted")
        raise typer.Exit(_exit.FAILED) from None
    if output is None:
        sys.stdout.write(converted)
        return
    try:
        output.write_bytes(converted.encode())
    except OSError as error:
        raise typer.BadParameter(f"cannot write {output}: {error.strerror}") from None
    err.print(f"wrote {output}", markup=False)
