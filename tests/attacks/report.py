"""The table of attacks: a row for each class, a column for each configuration.

`python -m tests.attacks.report FILE --title TITLE` prints what another run handed out, and exits
with 1 if anything escaped or nothing ran.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

BOTH: Final = "both walls"
LANGUAGE: Final = "language wall alone"
KERNEL: Final = "kernel wall alone"
# Not a wall: here every attack must have its effect.
PLAIN: Final = "plain Python"
WALLS: Final = (BOTH, LANGUAGE, KERNEL)


@dataclass(frozen=True)
class Record:
    """One attack in one configuration."""

    kind: str
    attack: str
    configuration: str
    effect: str | None


def escapes(records: Iterable[Record]) -> list[Record]:
    return [each for each in records if each.configuration in WALLS and each.effect is not None]


def table(records: list[Record], title: str) -> Table:
    found = len(escapes(records))
    attacks = len({each.attack for each in records if each.configuration in WALLS})
    drawn = Table(
        title=f"{title}: {attacks} attacks, escapes {found}",
        caption="attacks run / escapes; in plain Python, where nothing holds them: succeeded / run",
        show_footer=True,
    )
    drawn.add_column("class", footer="total")
    for each in WALLS:
        drawn.add_column(each, footer=_cell(records, each), justify="right")
    drawn.add_column(PLAIN, footer=_teeth(records), justify="right", style="dim")
    for kind in sorted({each.kind for each in records}):
        row = [each for each in records if each.kind == kind]
        drawn.add_row(kind, *(_cell(row, each) for each in WALLS), _teeth(row))
    return drawn


def show(records: list[Record], title: str, console: Console) -> None:
    console.print(table(records, title))
    for each in escapes(records):
        console.print(f"ESCAPED {each.attack}, {each.configuration}: {each.effect}", markup=False)


def write(records: Iterable[Record], path: Path) -> None:
    """As JSON lines."""
    path.write_text("".join(json.dumps(asdict(each)) + "\n" for each in records))


def read(path: Path) -> list[Record]:
    return [Record(**json.loads(line)) for line in path.read_text().splitlines()]


def _cell(records: list[Record], configuration: str) -> str:
    run = [each for each in records if each.configuration == configuration]
    if not run:
        return "-"
    found = len(escapes(run))
    return f"[bold red]{len(run)} / {found}[/]" if found else f"{len(run)} / 0"


def _teeth(records: list[Record]) -> str:
    run = [each for each in records if each.configuration == PLAIN]
    return f"{sum(each.effect is not None for each in run)} / {len(run)}" if run else "-"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--title", default="attacks")
    options = parser.parse_args(arguments)
    records = read(options.file)
    show(records, options.title, Console(width=110))
    return 1 if escapes(records) or not records else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
