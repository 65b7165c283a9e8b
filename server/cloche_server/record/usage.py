"""Sum up what tenants and tokens have used, from the audit log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cloche_server.record import chain
from cloche_server.record.chain import Fields


@dataclass(kw_only=True)
class Usage:
    """Of one token in a time; `outcomes` counts calls by how they ended."""

    calls: int = 0
    seconds: float = 0.0
    arguments_bytes: int = 0
    output_bytes: int = 0
    result_bytes: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    def add(self, ended: Fields) -> None:
        """One call's end."""
        self.calls += 1
        self.seconds += float(ended.get("ran_s", 0.0))
        self.arguments_bytes += int(ended.get("arguments_bytes", 0))
        self.output_bytes += int(ended.get("output_bytes", 0))
        self.result_bytes += int(ended.get("result_bytes", 0))
        # An exception's name is its caller's to choose.
        outcome = str(ended.get("outcome", "")).partition(" ")[0]
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


def usage(folder: Path, *, since: float) -> dict[tuple[str, str], Usage]:
    """By tenant and token id, of calls that ended since then, seconds since 1970.

    Raises:
        ChainFault: a line is no JSON; `verify` says more.
        OSError: a file cannot be read.
    """
    found: defaultdict[tuple[str, str], Usage] = defaultdict(Usage)
    for ended in _ended(folder, since):
        found[str(ended.get("tenant", "")), str(ended.get("token", ""))].add(ended)
    return dict(found)


def _ended(folder: Path, since: float) -> Iterator[Fields]:
    files = chain.files_of(folder)
    for path, later in zip(files, [*files[1:], None], strict=True):
        if later is not None and _begun_at(later) < since:
            continue  # all of it was before
        for index, (line, whole) in enumerate(chain.lines_of(path)):
            if whole:
                fields = chain.parse(line, f"{path.name}, line {index + 1}")
                if fields.get("event") == "ended" and float(fields["time"]) >= since:
                    yield fields


def _begun_at(path: Path) -> float:
    line, _ = next(chain.lines_of(path), (b"", False))
    return float(chain.parse(line, f"{path.name}, line 1")["time"])
