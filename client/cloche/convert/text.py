"""Edit a source by the places of its syntax tree; what is not edited stays to the byte."""

from __future__ import annotations

import ast
import bisect
import re
import warnings
from dataclasses import dataclass, field

from cloche.contract.errors import ConversionError, Diagnostic, SourceError

_ENDS = re.compile(rb"\r\n|\r|\n")


@dataclass
class Source:
    """A source, its tree, and the edits and problems collected for it.

    `indent` is what was taken off each line: a method is indented as its class has it.
    """

    text: bytes
    tree: ast.Module
    indent: int
    problems: list[Diagnostic] = field(default_factory=list)
    _edits: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._starts = [0, *(match.end() for match in _ENDS.finditer(self.text))]
        found = _ENDS.search(self.text)
        self.newline = found.group() if found else b"\n"
        self.parents = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }

    @classmethod
    def read(cls, source: str) -> Source:
        """Parses a source.

        Raises:
            ConversionError: it is not Python; the one problem says where.
            SourceError: it is nested too deep.
        """
        first = next((line for line in source.splitlines() if line.strip()), "")
        indent = len(first) - len(first.lstrip(" \t"))
        text = re.sub(f"^{first[:indent]}", "", source, flags=re.MULTILINE)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # invalid escapes are the caller's own affair
                tree = ast.parse(text)
            return cls(text.encode(), tree, indent)
        except SyntaxError as error:
            line, column = error.lineno or 0, (error.offset or 0) + indent
            found = Diagnostic(
                code="syntax", message=error.msg, hint="", line=line, column=column if line else 0
            )
        except ValueError as error:  # null bytes, surrogates
            found = Diagnostic(code="syntax", message=str(error), hint="", line=0, column=0)
        except (RecursionError, MemoryError):
            raise SourceError("the source is nested too deep to be read") from None
        raise ConversionError((found,))

    def problem(self, node: ast.AST, code: str, message: str, hint: str) -> None:
        line, column = self._named_place(node)
        column = len(self.text[self._starts[line - 1] :][:column].decode()) + 1 + self.indent
        self.problems.append(
            Diagnostic(code=code, message=message, hint=hint, line=line, column=column)
        )

    def raise_if_problems(self) -> None:
        if self.problems:
            found = sorted(self.problems, key=lambda item: (item.line, item.column))
            raise ConversionError(tuple(found))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node begins and ends, decorators included, in bytes."""
        decorators = getattr(node, "decorator_list", [])
        start = self._at(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        if decorators:
            start = min(start, self.text.rindex(b"@", 0, self.span(decorators[0])[0]))
        return start, self._at(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def segment(self, node: ast.AST) -> bytes:
        start, end = self.span(node)
        return self.text[start:end]

    def replace(self, node: ast.AST, new: str | bytes) -> None:
        self.replace_span(*self.span(node), new)

    def replace_span(self, start: int, end: int, new: str | bytes) -> None:
        self._edits[start, end] = new.encode() if isinstance(new, str) else new

    def insert(self, at: int, new: str | bytes) -> None:
        before = self._edits.get((at, at), b"")
        self._edits[at, at] = before + (new.encode() if isinstance(new, str) else new)

    def indent_of(self, node: ast.AST) -> bytes:
        """The blanks that the line of a node begins with."""
        start = self._starts[node.lineno - 1]  # type: ignore[attr-defined]
        return self.text[
            start : start + len(self.text[start:]) - len(self.text[start:].lstrip(b" \t"))
        ]

    def line_start(self, node: ast.AST) -> int:
        """Where the line begins that a statement stands on, or the comments right above it."""
        start = self._line_start(self.span(node)[0])
        while start:
            above = self._line_start(start - 1)
            if not self.text[above:start].lstrip().startswith(b"#"):
                break
            start = above
        return start

    def is_removed(self, node: ast.AST) -> bool:
        """Whether a node lies in a statement that is removed, or in what is replaced."""
        at = self._at(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        return any(start <= at < end for start, end in self._edits)

    def remove(self, node: ast.AST, *, leave_empty: bool = False) -> None:
        """Removes a statement with its lines, and for a definition the comments right above it.

        A line that holds more keeps a `pass`, and so does a block that would be empty, unless
        `leave_empty` says that something will be put there.
        """
        start, end = self.span(node)
        line_start, line_end = self._line_start(start), self._line_end(end)
        around = self.text[line_start:start] + self.text[end:line_end].split(b"#")[0]
        if around.strip() or (not leave_empty and self._is_last_of_block(node)):
            self.replace_span(start, end, b"pass")
            return
        defined = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        if defined:
            line_start = self.line_start(node)
        at_top = isinstance(self.parents[node], ast.Module)
        # Of the blank lines around it, the longer run stays.
        spare = self._blanks_before(line_start) if at_top else len(self.text)
        while (defined or at_top) and spare and line_end < len(self.text):
            after = self._line_end(line_end)
            if self.text[line_end:after].strip():
                break
            line_end, spare = after, spare - 1
        self.replace_span(line_start, line_end, b"")

    def remove_decorator(self, decorator: ast.expr) -> None:
        start, end = self.span(decorator)
        self.replace_span(self._line_start(start), self._line_end(end), b"")

    def dedent_body(self, block: ast.With) -> None:
        """Puts the body of a block where the block stands."""
        first, last = block.body[0], block.body[-1]
        if first.lineno == block.lineno:
            self.replace_span(self.span(block)[0], self.span(first)[0], b"")
            return
        start, end = self._line_start(self.span(first)[0]), self.span(last)[1]
        self.replace_span(self._line_start(self.span(block)[0]), start, b"")
        depth = len(self.indent_of(first)) - len(self.indent_of(block))
        while start < end:
            if self.text[start : start + depth].isspace():
                self.replace_span(start, start + depth, b"")
            start = self._line_end(start)

    def result(self, appended: str = "") -> str:
        """Applies the edits; what lies inside a removed place goes with it."""
        pieces: list[bytes] = []
        at = 0
        for (start, end), new in sorted(self._edits.items(), key=_order):
            if start < at:
                continue
            pieces += [self.text[at:start], new]
            at = end
        text = b"".join([*pieces, self.text[at:]])
        if appended:
            added = appended.encode().replace(b"\n", self.newline)
            text = text.rstrip() + self.newline * 3 + added if text.strip() else added
        return text.decode()

    def _at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def _line_start(self, at: int) -> int:
        return self._starts[bisect.bisect_right(self._starts, at) - 1]

    def _line_end(self, at: int) -> int:
        """Where the next line begins."""
        found = _ENDS.search(self.text, at)
        return found.end() if found else len(self.text)

    def _blanks_before(self, at: int) -> int:
        """How many blank lines end where a line begins; at the start of a source, any number."""
        count = 0
        while at:
            above = self._line_start(at - 1)
            if self.text[above:at].strip():
                return count
            at, count = above, count + 1
        return len(self.text)

    def _is_last_of_block(self, node: ast.AST) -> bool:
        """Whether nothing else of the block that holds a statement is left."""
        parent = self.parents[node]
        if isinstance(parent, ast.Module):
            return False
        for _, block in ast.iter_fields(parent):
            if isinstance(block, list) and node in block:
                return all(other is node or self.is_removed(other) for other in block)
        return False

    def _named_place(self, node: ast.AST) -> tuple[int, int]:
        """Line and byte column of a node; of a definition, of its name."""
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            keyword = b"def" if isinstance(node, ast.FunctionDef) else b"class"
            rest = self.text[self._at(line, column) :]
            column += (
                len(keyword) + len(rest[len(keyword) :]) - len(rest[len(keyword) :].lstrip(b" \t"))
            )
        return line, column


def _order(edit: tuple[tuple[int, int], bytes]) -> tuple[int, bool, int]:
    """Sorts insertions before what is replaced at the same place, and the longer first."""
    (start, end), _ = edit
    return start, start != end, -end
