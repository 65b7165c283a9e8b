"""Write from the command line: results to stdout, everything else to stderr."""

import dataclasses
import io
import json
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cloche.contract.errors import ClocheError, InvalidRequestError, PolicyError, TechniqueError
from cloche.contract.text import in_json, visible

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def plain(text: str, style: str = "") -> Text:
    """Text from outside: shown as it is, never read as markup, control characters made visible."""
    return Text(visible(text), style=style)


def table(*columns: str, only_last_folds: bool = False, gap: int = 2) -> Table:
    """A table with these headings and no lines; a cell that has no room on its line folds."""
    made = Table(box=None, padding=(0, gap, 0, 0), header_style="bold", pad_edge=False)
    for number, column in enumerate(columns, 1):
        kept = only_last_folds and number < len(columns)
        made.add_column(column, overflow="fold", no_wrap=kept)
    return made


def print_json(value: object) -> None:
    """Writes one JSON document to stdout."""
    # Escapes of JSON's own where the stream cannot write all characters.
    ascii_only = not sys.stdout.encoding.lower().startswith("utf")
    sys.stdout.write(in_json(json.dumps(value, ensure_ascii=ascii_only, indent=2)) + "\n")


def write_anything() -> None:
    """Lets streams write what their encoding lacks as escapes, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def as_document(kind: str, message: str, code: int, error: object = None) -> dict[str, object]:
    """An error for programs: its class, its text, the exit code, and what else it carries."""
    more: dict[str, object] = {}
    if isinstance(error, PolicyError):
        more["diagnostics"] = [dataclasses.asdict(item) for item in error.diagnostics]
    if isinstance(error, TechniqueError):
        more["exception"] = {"type": error.type, "message": error.message}
        more["frames"] = [dataclasses.asdict(frame) for frame in error.frames]
        more["traceback"] = error.traceback
    if isinstance(error, InvalidRequestError) and error.field:
        more["field"] = error.field
    return {"error": {"type": kind, "message": message, "exit_code": code, **more}}


def complain(error: ClocheError) -> None:
    """Shows an error without a traceback of our own code."""
    err.print(Text("error: ", "bold red") + plain(str(error)), soft_wrap=True)
