"""What the wall says when it refuses: where, what, why, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """One problem in a source. Lines and columns are 1-based; columns count characters."""

    code: str
    message: str
    hint: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        text = f"line {self.line}, col {self.column}: {self.message}"
        return f"{text}; {self.hint}" if self.hint else text


class PolicyViolation(Exception):
    """The source is refused. `diagnostics` holds every problem of one pass, in source order."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("\n".join(str(each) for each in diagnostics))
        self.diagnostics = diagnostics


class AccessRefused(Exception):
    """A guard refused an access at run time. A technique may catch it; nothing was handed over."""

    def __init__(self, message: str, *, hint: str = "", code: str = "access-refused") -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
        self.message = message
        self.hint = hint
        self.code = code
