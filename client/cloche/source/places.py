"""Map a line of the source that was sent to the line that its caller wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloche.contract.errors import Diagnostic, Frame
from cloche.source.assemble import BOUND_ENTRY

if TYPE_CHECKING:
    from cloche.source.technique import Technique

# What the server calls the source in a traceback.
_FRAME_LINE = re.compile(
    r'^(?P<indent>\s*)File "<technique>", line (?P<line>\d+)(?P<rest>, in .*)?$'
)


@dataclass(frozen=True, kw_only=True)
class LocatedDiagnostic(Diagnostic):
    """A refusal that also knows the caller's file (empty for a bare string) and the line's text."""

    file: str = ""
    text: str = ""

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        if not self.line:
            return f"{self.message}{hint}"
        where = (
            f"{self.file}:{self.line}:{self.column}"
            if self.file
            else f"line {self.line}, col {self.column}"
        )
        return f"{where}: {self.message}{hint}{self._caret()}"

    def _caret(self) -> str:
        text = self.text.expandtabs(1)
        bare = text.lstrip()
        if not bare or self.column < 1:
            return ""
        start = self.column - 1 - (len(text) - len(bare))
        width = (
            self.end_column - self.column if self.end_line in (0, self.line) else len(bare) - start
        )
        marks = "^" * max(1, min(width, len(bare) - start))
        return f"\n    {bare}\n    {' ' * max(0, start)}{marks}"


@dataclass(frozen=True, kw_only=True)
class LocatedFrame(Frame):
    """A frame that also knows the caller's file; empty for a bare string."""

    file: str = ""


def locate_diagnostic(item: Diagnostic, technique: Technique) -> LocatedDiagnostic:
    """`item` in the lines of the file that the technique came from."""
    file, line, shift, text = _place(item.line, technique)
    end_line = item.end_line + (line - item.line) if item.end_line else 0
    return LocatedDiagnostic(
        code=item.code,
        message=item.message,
        hint=item.hint,
        line=line,
        column=item.column + shift if item.column else 0,
        end_line=end_line,
        end_column=item.end_column + shift if item.end_column else 0,
        file=file,
        text=text,
    )


def locate_frames(frames: tuple[Frame, ...], technique: Technique) -> tuple[LocatedFrame, ...]:
    """The technique's own frames; the one that only hands on bound values is left out."""
    located = []
    for frame in frames:
        if frame.function == BOUND_ENTRY and technique.entry_point == BOUND_ENTRY:
            continue
        file, line, shift, text = _place(frame.line, technique)
        located.append(
            LocatedFrame(
                function=frame.function,
                line=line,
                column=frame.column + shift if frame.column else 0,
                text=text.strip() or frame.text,
                file=file,
            )
        )
    return tuple(located)


def locate_traceback(text: str, technique: Technique) -> str:
    """The printed traceback with the caller's files and lines in place of the sent ones."""
    lines: list[str] = []
    skipping = False
    for raw in text.removesuffix("\n").split("\n"):
        match = _FRAME_LINE.match(raw)
        if match:
            ours = f", in {BOUND_ENTRY}" == match["rest"] and technique.entry_point == BOUND_ENTRY
            skipping = ours
            if not ours:
                file, line, _, _ = _place(int(match["line"]), technique)
                where = f'File "{file or "<technique>"}", line {line}'
                lines.append(f"{match['indent']}{where}{match['rest'] or ''}")
            continue
        if skipping and raw.startswith("    "):
            continue
        skipping = False
        lines.append(raw)
    return "\n".join(lines) + ("\n" if text.endswith("\n") else "")


def locate_line(text: str, line: int, technique: Technique) -> str:
    """`text` with the caller's own place for "line N" of the source that was sent."""
    if not line:
        return text
    file, where, _, _ = _place(line, technique)
    located = f"{file}:{where}" if file else f"line {where}"
    return re.sub(rf"\bline {line}\b", lambda _: located, text, count=1)


def _place(line: int, technique: Technique) -> tuple[str, int, int, str]:
    """(file, line, columns cut, text of the whole line)."""
    if 0 < line <= len(technique._origins):
        origin = technique._origins[line - 1]
        if origin is not None:
            return origin.file, origin.line, origin.shift, origin.text
    lines = technique.source.split("\n")
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return technique._file, line, 0, text
