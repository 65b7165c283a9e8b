"""Turn a technique's source into a function: behind the language wall, or plainly.

`PlainPython` is the same sandbox with the language wall switched off. It exists to show that the
kernel wall holds alone, and can be chosen only through `ServerConfig.unsafe_walls_off`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any, Final, Protocol, cast

from cloche_server.ipc import job
from cloche_server.sandbox import tracebacks
from cloche_server.sandbox.logs import LogSender
from cloche_server.sandbox.output import Output
from cloche_server.walls.language import (
    AccessRefused,
    Diagnostic,
    LanguageWall,
    PolicyViolation,
    check_technique,
    compile_technique,
)
from cloche_server.walls.language.tools import Outlets
from cloche_server.walls.language.wall import MODULE_NAME, reopening

FILENAME: Final = "<technique>"


@dataclass(frozen=True, kw_only=True)
class Program:
    """Compiled, not yet run."""

    code: CodeType
    functions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What there is to say of a source that does not run."""

    functions: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


class Language(Protocol):
    """What the session asks of a language."""

    def compile(self, source: str, filename: str = FILENAME) -> Program:
        """Raises PolicyViolation."""
        ...

    def check(self, source: str) -> Findings:
        """All that is seen without running the source: more than what keeps it from running."""
        ...

    def namespace(self, output: Output, logs: LogSender) -> dict[str, Any]:
        """Fresh globals for one call, or for all of a session."""
        ...

    def reopening(self, namespace: dict[str, Any]) -> Callable[[], None]:
        """What to call before each further program runs in `namespace`, where none has run yet."""
        ...

    def refusal(self, error: BaseException, line: int, column: int) -> Diagnostic | None:
        """What to tell the caller if `error` is the wall's own, met at run time."""
        ...


class RestrictedPython:
    """The language wall."""

    def __init__(self, wall: LanguageWall) -> None:
        self._wall = wall
        #: What was compiled last: the lines that a traceback shows.
        self._source = ""
        self._filename = FILENAME

    def compile(self, source: str, filename: str = FILENAME) -> Program:
        self._source, self._filename = source, filename
        compiled = compile_technique(source, filename)
        return Program(code=compiled.code, functions=compiled.functions)

    def check(self, source: str) -> Findings:
        checked = check_technique(source, FILENAME)
        return Findings(functions=checked.functions, diagnostics=checked.diagnostics)

    def namespace(self, output: Output, logs: LogSender) -> dict[str, Any]:
        def write(text: str) -> None:
            output.write("stdout", text)

        def write_error(text: str) -> None:
            output.write("stderr", text)

        def record(level: str, text: str) -> None:
            # What does not fit among the records is printed, as `logging` itself would.
            if not logs.record(cast(job.Level, level), text):
                write_error(f"{level.upper()}: {text}\n")

        def describe(error: BaseException) -> str:
            return tracebacks.as_text(error, self._source, self._filename)

        outlets = Outlets(record=record, write_error=write_error, describe=describe)
        return self._wall.namespace(write=write, progress=output.progress, outlets=outlets)

    def reopening(self, namespace: dict[str, Any]) -> Callable[[], None]:
        return reopening(namespace)

    def refusal(self, error: BaseException, line: int, column: int) -> Diagnostic | None:
        if not isinstance(error, AccessRefused):
            return None
        return Diagnostic(
            code=error.code,
            message=error.message,
            hint=error.hint,
            line=line,
            column=column,
            end_line=line,
            end_column=column,
        )


class PlainPython:
    """No language wall at all."""

    def compile(self, source: str, filename: str = FILENAME) -> Program:
        try:
            tree = ast.parse(source, filename)
            code = compile(tree, filename, "exec")
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            column = getattr(error, "offset", None) or 1
            raise PolicyViolation(
                (
                    Diagnostic(
                        code="syntax-error",
                        message=str(error),
                        hint="",
                        line=line,
                        column=column,
                        end_line=line,
                        end_column=column,
                    ),
                )
            ) from None
        names = tuple(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
        return Program(code=code, functions=names)

    def check(self, source: str) -> Findings:
        try:
            return Findings(functions=self.compile(source).functions, diagnostics=())
        except PolicyViolation as violation:
            return Findings(functions=(), diagnostics=violation.diagnostics)

    def namespace(self, output: Output, logs: LogSender) -> dict[str, Any]:
        report: Callable[..., None] = output.progress
        return {"__name__": MODULE_NAME, "progress": report}

    def reopening(self, namespace: dict[str, Any]) -> Callable[[], None]:
        return lambda: None

    def refusal(self, error: BaseException, line: int, column: int) -> Diagnostic | None:
        return None
