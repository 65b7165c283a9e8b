"""Verify that an audit log is as it was written, and that each call in it has an end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cloche_server.record import chain
from cloche_server.record.chain import ChainFault


@dataclass(frozen=True, kw_only=True)
class Verified:
    """`first` and `last` are lines' numbers; `head` is the last line's SHA-256.

    `open` are calls without an end: those that run now, where a server writes. `half_line` says
    that the last line is being written, or was when its writer was killed.
    """

    files: int
    first: int
    last: int
    head: str
    open: tuple[str, ...]
    half_line: bool


def verify(folder: Path, *, head: str | None = None) -> Verified:
    """Args: head: what it was once; the log must still go on from there.

    Raises:
        ChainFault: the first line that is not what was written there.
        OSError: a file cannot be read.
    """
    files = chain.files_of(folder)
    if not files:
        raise ChainFault(f"there is no audit log in {folder}")
    before, number, first = "", 0, 0
    running: dict[str, None] = {}
    half_line, found_head = False, False
    expected = chain.number_of(files[0])
    for path in files:
        if chain.number_of(path) != expected:
            raise ChainFault(f"{chain.file_name(expected)} is missing")
        expected += 1
        for index, (line, whole) in enumerate(chain.lines_of(path)):
            where = f"{path.name}, line {index + 1}"
            if not whole:
                if path != files[-1]:
                    raise ChainFault(f"{where} has no end")
                half_line = True
                break
            fields = chain.parse(line, where)
            if index == 0 and fields.get("event") != "opened":
                raise ChainFault(f"{where} does not begin a file: lines before it are missing")
            if not first:
                # Older files may be kept elsewhere: then it is what the first one says.
                before, number = str(fields.get("before")), int(fields.get("number", 1)) - 1
                first = number + 1
                if first == 1 and before != chain.NO_LINE:
                    raise ChainFault(f"{where} follows nothing, and says otherwise")
                running = dict.fromkeys(fields.get("open", ()))
            if fields.get("before") != before or fields.get("number") != number + 1:
                raise ChainFault(f"{where} does not follow the line before it")
            before, number = chain.digest(line), number + 1
            found_head = found_head or before == head
            match fields.get("event"):
                case "begun":
                    running[str(fields.get("call_id"))] = None
                case "ended":
                    running.pop(str(fields.get("call_id")), None)
    if head is not None and not found_head:
        raise ChainFault("no line has the head that was given: lines were cut off, or all replaced")
    return Verified(
        files=len(files), first=first, last=number, head=before, open=tuple(running),
        half_line=half_line,
    )  # fmt: skip
