"""From source text to a code object that cannot name, read or call anything but through a guard.

Pure `ast` work: imports no torch. Raises PolicyViolation for every kind of bad source, and nothing
else. The policy class is RestrictedPython's, ours; its `compile_restricted_exec` is not used for
the last step because it compiles with the `annotations` future of its own file switched on.
"""

from __future__ import annotations

import ast
import re
import threading
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .diagnostics import Diagnostic, PolicyViolation
from .rewriting import Finding, TechniqueTransformer
from .rewriting.program import leave_out_program
from .rewriting.sealing import compile_sealed

#: The parser keeps the whole tree in memory: about 200 bytes of tree for a byte of source.
SOURCE_MAX_CHARS = 2_000_000
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
# `warnings.catch_warnings` changes the filters of the whole process.
_WARNINGS_LOCK = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class CompiledTechnique:
    """`functions` names the functions that the module's top level defines, in order.

    `code` runs in a namespace of the wall's, once; see rewriting/sealing.py.
    """

    code: types.CodeType
    functions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CheckedTechnique:
    """All there is to say of a source without running it, in source order.

    `diagnostics` holds what the wall refuses, and what is sure to fail where it is reached.
    """

    functions: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class _Rewritten:
    tree: ast.Module
    functions: tuple[str, ...]
    refusals: tuple[Diagnostic, ...]
    foreseen: tuple[Diagnostic, ...]


def compile_technique(
    source: str, filename: str = "<technique>", *, fast: bool = True
) -> CompiledTechnique:
    """Compiles one source file.

    Args:
        fast: whether code asks no guard where the source or an exact type settles the answer.
            Otherwise every read, write, call and item asks: slower, and the same in all it does.

    Raises:
        PolicyViolation: the source is refused.
    """
    with _reading(source):
        found = _rewrite(source, filename, fast=fast)
        if found.refusals:
            raise PolicyViolation(found.refusals)
        code = compile_sealed(found.tree, filename)
        return CompiledTechnique(code=code, functions=found.functions)


def check_technique(source: str, filename: str = "<technique>") -> CheckedTechnique:
    """Looks one source file over. What cannot be read at all is one diagnostic."""
    try:
        with _reading(source):
            found = _rewrite(source, filename, fast=True)
            if not found.refusals:
                compile_sealed(found.tree, filename)
    except PolicyViolation as violation:
        return CheckedTechnique(functions=(), diagnostics=violation.diagnostics)
    diagnostics = sorted((*found.refusals, *found.foreseen), key=_place)
    functions = () if found.refusals else found.functions
    return CheckedTechnique(functions=functions, diagnostics=tuple(diagnostics))


@contextmanager
def _reading(source: str) -> Iterator[None]:
    """Within: work on a source, whose every fault becomes a PolicyViolation."""
    if type(source) is not str:
        raise _violation("syntax-error", "the source is not text", "send the file as a str")
    if len(source) > SOURCE_MAX_CHARS:
        raise _violation(
            "source-too-large",
            f"the source has {len(source)} characters, more than {SOURCE_MAX_CHARS}",
            "pass data as an argument instead of writing it into the source",
        )
    with _WARNINGS_LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except SyntaxError as error:
            raise PolicyViolation((_from_syntax_error(error),)) from None
        except (RecursionError, MemoryError):
            raise _violation(
                "too-deep",
                "the source is nested too deeply to compile",
                "split the expression, or build it in a loop",
            ) from None
        except (ValueError, OverflowError, SystemError) as error:
            # Null bytes and lone surrogates end here.
            raise _violation(
                "syntax-error", f"the source cannot be read: {error}", "send plain Python text"
            ) from None


def _rewrite(source: str, filename: str, *, fast: bool) -> _Rewritten:
    tree = ast.parse(source, filename, "exec", type_comments=False)
    # What Python refuses is refused in Python's own words: rewritten, it might mean something else.
    compile(tree, filename, "exec", dont_inherit=True)
    leave_out_program(tree)
    functions = tuple(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    errors: list[str] = []
    warned: list[str] = []
    TechniqueTransformer(errors, warned, fast=fast).visit(tree)
    lines = _LINE_BREAK.split(source)
    return _Rewritten(tree, functions, _diagnostics(errors, lines), _diagnostics(warned, lines))


def _diagnostics(findings: list[str], lines: list[str]) -> tuple[Diagnostic, ...]:
    found = [_from_finding(each, lines) for each in findings if isinstance(each, Finding)]
    # What is written out twice is visited twice.
    return tuple(sorted(dict.fromkeys(found), key=_place))


def _place(found: Diagnostic) -> tuple[int, int]:
    return found.line, found.column


def _from_finding(finding: Finding, lines: list[str]) -> Diagnostic:
    def column(line: int, offset: int) -> int:
        if not 1 <= line <= len(lines):
            return offset + 1
        # ast counts UTF-8 bytes; people and editors count characters.
        return len(lines[line - 1].encode()[:offset].decode(errors="ignore")) + 1

    return Diagnostic(
        code=finding.code,
        message=str(finding),
        hint=finding.hint,
        line=finding.line,
        column=column(finding.line, finding.offset),
        end_line=finding.end_line,
        end_column=column(finding.end_line, finding.end_offset),
    )


def _from_syntax_error(error: SyntaxError) -> Diagnostic:
    line = error.lineno or 1
    column = max(error.offset or 1, 1)
    end_line = error.end_lineno or line
    end_column = error.end_offset or column
    if (end_line, end_column) < (line, column):
        end_line, end_column = line, column
    return Diagnostic(
        code="syntax-error",
        message=f"syntax error: {error.msg}",
        hint="",
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
    )


def _violation(code: str, message: str, hint: str) -> PolicyViolation:
    here = Diagnostic(
        code=code, message=message, hint=hint, line=1, column=1, end_line=1, end_column=1
    )
    return PolicyViolation((here,))
