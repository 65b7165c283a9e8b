"""How members look at the top level: blank lines, comments, docstrings, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloche._convert.owners import Member
    from cloche._convert.parameters import Handed
    from cloche._convert.rewriting import Replacement

Statement = cst.BaseStatement

_BLANK = cst.EmptyLine(indent=False)
_DEFINITION = (cst.FunctionDef, cst.ClassDef)


class Apply(cst.CSTTransformer):
    """Puts the replacements into the tree, and leaves out the idle statements."""

    def __init__(
        self,
        replacements: dict[cst.CSTNode, Replacement],
        idle: set[cst.SimpleStatementLine],
    ) -> None:
        super().__init__()
        self._replacements = replacements
        self._idle = idle

    def on_leave(self, original: cst.CSTNode, updated: cst.CSTNode) -> cst.CSTNode:  # type: ignore[override]
        replacement = self._replacements.get(original)
        if replacement is not None:
            return replacement(updated)
        if isinstance(original, cst.IndentedBlock) and isinstance(updated, cst.IndentedBlock):
            return self._without_idle(original, updated)
        return updated

    def _without_idle(
        self, original: cst.IndentedBlock, updated: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        if not self._idle.intersection(original.body):
            return updated
        body: list[Statement] = []
        waiting: list[cst.EmptyLine] = []
        for before, statement in zip(original.body, updated.body, strict=True):
            if before in self._idle:
                waiting.extend(_comments_of(statement))
                continue
            body.append(_with_lines(statement, [*waiting, *_lines(statement)], first=not body))
            waiting = []
        if not body:
            body.append(cst.SimpleStatementLine([cst.Pass()]))
        return updated.with_changes(body=body, footer=[*waiting, *updated.footer])


def as_line(statement: Statement | cst.BaseSmallStatement) -> Statement:
    """A statement of a one-line body (`class A: x = 1`) as one with a line of its own."""
    if isinstance(statement, cst.BaseSmallStatement):
        return cst.SimpleStatementLine([statement])
    return statement


def _comments_of(statement: Statement) -> list[cst.EmptyLine]:
    """The comments above and behind a statement that goes."""
    kept = [line for line in _lines(statement) if line.comment is not None]
    trailing = getattr(statement, "trailing_whitespace", None)
    if trailing is not None and trailing.comment is not None:
        kept.append(cst.EmptyLine(comment=trailing.comment))
    return kept


def _lines(statement: Statement) -> list[cst.EmptyLine]:
    return list(getattr(statement, "leading_lines", ()))


def _with_lines(statement: Statement, lines: Sequence[cst.EmptyLine], *, first: bool) -> Statement:
    kept = list(lines)
    while first and kept and kept[0].comment is None:
        kept.pop(0)
    return statement.with_changes(leading_lines=kept)


def as_function(
    member: Member, updated: cst.FunctionDef, handed: Handed | None, extra: str, indent: str
) -> cst.FunctionDef:
    """The method as a function: name, parameters, decorators, docstring."""
    dropped = [
        index
        for index, decorator in enumerate(member.node.decorators)
        if decorator in member.dropped_decorators
    ]
    decorators = [d for index, d in enumerate(updated.decorators) if index not in dropped]
    if extra:
        decorators.insert(0, cst.Decorator(cst.parse_expression(extra)))
    lines = [*updated.leading_lines]
    for index in dropped:
        above = updated.decorators[index].leading_lines
        lines.extend(line for line in above if line.comment is not None)
    params = updated.params
    if handed is not None:
        params = _with_handed(params, handed)
    elif member.kind == "class":
        params = _without_first(params)
    return updated.with_changes(
        name=cst.Name(member.name),
        params=params,
        decorators=decorators,
        leading_lines=lines,
        lines_after_decorators=updated.lines_after_decorators if decorators else (),
        body=_with_docstring(updated.body, indent),
    )


def _with_handed(params: cst.Parameters, handed: Handed) -> cst.Parameters:
    group = "posonly_params" if params.posonly_params else "params"
    first, *others = getattr(params, group)
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    if others and isinstance(first.comma, cst.Comma):
        comma = first.comma
    new = [
        cst.Param(cst.Name(handed.model), comma=comma),
        cst.Param(cst.Name(handed.tokenizer), comma=first.comma),
    ]
    return params.with_changes(**{group: [*new, *others]})


def _without_first(params: cst.Parameters) -> cst.Parameters:
    if params.posonly_params:
        rest = params.posonly_params[1:]
        slash = params.posonly_ind if rest else cst.MaybeSentinel.DEFAULT
        return params.with_changes(posonly_params=rest, posonly_ind=slash)
    return params.with_changes(params=params.params[1:])


def _with_docstring(body: cst.BaseSuite, indent: str) -> cst.BaseSuite:
    """A docstring moves to the left with its function; other strings are values and do not."""
    if not isinstance(body, cst.IndentedBlock) or not body.body:
        return body
    first = body.body[0]
    moved = docstring_moved(first, indent)
    return body if moved is first else body.with_changes(body=[moved, *body.body[1:]])


def docstring_moved(statement: Statement, indent: str) -> Statement:
    """The statement, if it is a docstring, without `indent` before its further lines."""
    if not isinstance(statement, cst.SimpleStatementLine) or not indent:
        return statement
    held = statement.body[0]
    if not isinstance(held, cst.Expr) or not isinstance(held.value, cst.SimpleString):
        return statement
    lines = held.value.value.split("\n")
    if not all(line.startswith(indent) or not line.strip() for line in lines[1:]):
        return statement
    text = "\n".join([lines[0], *(line.removeprefix(indent) for line in lines[1:])])
    string = held.value.with_changes(value=text)
    return statement.with_changes(body=[held.with_changes(value=string), *statement.body[1:]])


class Lines:
    """The module's new body, with the blank lines that its statements need."""

    def __init__(self) -> None:
        self.body: list[Statement] = []
        self._waiting: list[cst.EmptyLine] = []

    def keep(self, statement: Statement) -> None:
        """A statement that was at the top level already."""
        self._append(statement, self._after_waiting(_lines(statement)))

    def drop(self, statement: Statement) -> None:
        """A statement that goes, with the comment that stands right above it."""
        lines = _lines(statement)
        last_blank = max((i for i, line in enumerate(lines) if line.comment is None), default=-1)
        self._waiting = self._after_waiting(lines[: last_blank + 1])

    def _after_waiting(self, lines: list[cst.EmptyLine]) -> list[cst.EmptyLine]:
        """What waits, then `lines`; of blank lines alone, whichever are more."""
        if any(line.comment is not None for line in self._waiting):
            return [*self._waiting, *lines]
        return [*self._waiting[_blanks(lines) :], *lines]

    def lift(self, statement: Statement) -> None:
        """A member of a class; two blank lines before and after a definition."""
        after = bool(self.body) and isinstance(self.body[-1], _DEFINITION)
        lines = [*self._waiting, *_lines(statement)]
        blanks = 2 if after or isinstance(statement, _DEFINITION) else min(2, _blanks(lines))
        while lines and lines[0].comment is None:
            lines.pop(0)
        while lines and lines[-1].comment is None:
            lines.pop()
        self._append(statement, [*[_BLANK] * blanks, *lines])

    def alias(self, new: str, old: str) -> None:
        """Another name for a function, right below it."""
        why = cst.Comment(f"# Where {old} is a local variable.")
        assign = cst.Assign([cst.AssignTarget(cst.Name(new))], cst.Name(old))
        line = cst.SimpleStatementLine([assign])
        self._append(line, [_BLANK, _BLANK, cst.EmptyLine(comment=why)])

    def comments(self, lines: Sequence[cst.EmptyLine]) -> None:
        """Comments that stood inside the class, before the next statement."""
        self._waiting.extend(line.with_changes(indent=True) for line in lines)

    def footer(self) -> list[cst.EmptyLine]:
        """What is left at the end."""
        return [line for line in self._waiting if line.comment is not None]

    def _append(self, statement: Statement, lines: Sequence[cst.EmptyLine]) -> None:
        self.body.append(_with_lines(statement, lines, first=not self.body))
        self._waiting = []


def _blanks(lines: Sequence[cst.EmptyLine]) -> int:
    """How many blank lines come first."""
    return next((i for i, line in enumerate(lines) if line.comment is not None), len(lines))
