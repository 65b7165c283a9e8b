"""`cloche audit verify` and `cloche usage`"""

import dataclasses
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from cloche import seam
from cloche.cli import _exit
from cloche.cli._console import err, out, plain, print_json, table
from cloche.cli._durations import parse_duration
from cloche.client.extras import require_server
from cloche.client.info import size

audit = typer.Typer(no_args_is_help=True, help="Look at a server's audit log.")

Record = Annotated[
    Path,
    typer.Option(
        "--record", envvar="CLOCHE_RECORD", help="The directory that cloche serve --record has."
    ),
]


@audit.command()
def verify(
    record: Record,
    head: Annotated[
        str | None,
        typer.Option(help="What verify printed before: the log must still go on from there."),
    ] = None,
) -> None:
    """Say whether the log is as it was written: each line follows the one before it."""
    with _told():
        try:
            found = seam.verify(record, head=head)
        except seam.ChainFault as fault:
            err.print(plain(f"not as it was written: {fault}"), soft_wrap=True)
            raise typer.Exit(_exit.FAILED) from None
    if found.first > 1:
        err.print(f"it begins with line {found.first}: older files are elsewhere", markup=False)
    if found.half_line:
        err.print("its last line is half written: a server writes now, or was killed", markup=False)
    err.print(
        f"lines {found.first} to {found.last} in {found.files} files are as they were written; "
        f"{len(found.open)} calls have no end (yet)",
        markup=False,
    )
    typer.echo(found.head)


def usage(
    record: Record,
    since: Annotated[str, typer.Option(help="For how long back: 12h, 30d.")] = "30d",
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show what each tenant's tokens have used of a server, as its audit log has it."""
    began = time.time() - parse_duration("--since", since)
    with _told():
        try:
            found = seam.usage(record, since=began)
        except seam.ChainFault as fault:
            raise typer.BadParameter(f"--record: {fault}; see cloche audit verify") from None
    rows = sorted(found.items())
    if as_json:
        print_json(
            [
                {"tenant": tenant, "token": token, **dataclasses.asdict(used)}
                for (tenant, token), used in rows
            ]
        )
        return
    shown = table("tenant", "token", "calls", "seconds", "results", "outcomes")
    for (tenant, token), used in rows:
        outcomes = ", ".join(f"{name} {count}" for name, count in sorted(used.outcomes.items()))
        cells = (tenant or "-", token or "-", str(used.calls), f"{used.seconds:.1f}")
        shown.add_row(*map(plain, (*cells, size(used.result_bytes), outcomes)))
    out.print(shown)


@contextmanager
def _told() -> Iterator[None]:
    require_server("the audit log is the server's")
    try:
        yield
    except OSError as error:
        raise typer.BadParameter(f"--record: {error}") from None
