"""The conversion: read, find what to convert, decide on names, rewrite, lay out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import libcst as cst
import libcst.matchers as m

from cloche._convert.layout import Apply, Lines, as_function, as_line, docstring_moved
from cloche._convert.leftovers import Leftovers, block_of
from cloche._convert.meanings import Meanings
from cloche._convert.modal_names import ModalNames
from cloche._convert.names import Names, module_level, private, snake_case
from cloche._convert.owners import HELD, Member, Owner, find_owners, made_outside
from cloche._convert.reading import Problems, Reading, read
from cloche._convert.rewriting import Rewriting
from cloche.errors import ConversionError, Diagnostic, SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloche._convert.layout import Statement

_FUTURE = m.SimpleStatementLine([m.ImportFrom(module=m.Name("__future__"))])
_DOCSTRING = m.SimpleStatementLine([m.Expr(m.SimpleString() | m.ConcatenatedString())])


def convert(source: str) -> str:
    """See `convert_technique_to_standalone`."""
    try:
        return _Conversion(read(source)).result(source)
    except RecursionError:
        raise SourceError("the source is nested too deep to be read") from None


class _Conversion:
    """One source's way from classes to functions."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._problems = Problems(reading)
        self._modal = ModalNames(reading)
        self._owners = find_owners(reading, self._modal, self._problems)
        self._members = {
            member.node: member for owner in self._owners for member in owner.members.values()
        }
        self._meanings = {owner.name: Meanings(owner, reading) for owner in self._owners}
        self._functools_name = ""
        self._added_import = ""

    def result(self, source: str) -> str:
        """Raises ConversionError with every problem; returns `source` where there is nothing."""
        module = self._reading.module
        if not self._owners:
            if any(isinstance(statement, cst.FunctionDef) for statement in module.body):
                return source
            self._refuse_nothing()
        self._gone = Leftovers(
            self._reading, self._modal, self._owners, self._members, self._meanings
        )
        self._names = Names(self._reading, self._own_names())
        self._name_members()
        self._rewriting = Rewriting(
            self._reading, self._problems, self._names, self._members, self._partial
        )
        for owner in self._owners:
            self._name_constants(owner)
        self._rename_kept()
        self._rewrite()
        self._refuse_gone_names()
        self._problems.raise_if_any()
        return self._lay_out()

    def _refuse_nothing(self) -> NoReturn:
        for node in self._reading.module.body:
            if isinstance(node, cst.ClassDef) and (uses := made_outside(node, self._reading)):
                self._problems.add(
                    node.name,
                    "nothing",
                    f"class {node.name.value} stays as it is, because line "
                    f"{self._reading.line(uses[0])} uses it; nothing else is left to convert",
                    "to convert it, leave that line out",
                )
        self._problems.raise_if_any()
        text = "the source has neither a function nor a class with methods"
        hint = "write def name(model, tokenizer, ...)"
        item = Diagnostic(code="nothing", message=text, hint=hint, line=0, column=0)
        raise ConversionError((item,))

    # Names

    def _own_names(self) -> list[cst.Name]:
        own = [member.node.name for member in self._members.values()]
        for owner in self._owners:
            if owner.node is None:
                for member in owner.members.values():
                    uses = self._reading.uses(member.node.name.value, self._reading.globals)
                    own.extend(use for use in uses if isinstance(use, cst.Name))
            for name in owner.attributes:
                own.extend(self._class_names(owner, name))
        own.extend(function.name for function in self._gone.kept_functions)
        return own

    def _class_names(self, owner: Owner, name: str) -> list[cst.Name]:
        """Where the class's own body binds or reads an attribute by its bare name."""
        assert owner.node is not None  # noqa: S101  # bare functions have no attributes
        scope = self._reading.scopes[owner.node.body.body[0]]
        if scope is None:
            return []
        nodes: list[cst.CSTNode] = [a.node for a in scope.assignments[name] if hasattr(a, "node")]
        nodes.extend(self._reading.uses(name, scope))
        named = [n.name if isinstance(n, cst.ClassDef) else n for n in nodes]
        return [n for n in named if isinstance(n, cst.Name)]

    def _name_members(self) -> None:
        kept = {function.name.value for function in self._gone.kept_functions}
        elsewhere = module_level(self._reading) - kept
        entries: set[str] = set()
        for owner in self._owners:
            for name, member in owner.members.items():
                if not member.is_entry:
                    continue
                member.name = snake_case(owner.name) if name == "__call__" else name
                bare = owner.node is None
                if member.name in entries or (not bare and member.name in elsewhere):
                    self._problems.add(
                        member.node.name,
                        "name",
                        f"{member.name} is a name of something else in this source too",
                        "rename the method",
                    )
                entries.add(member.name)
                self._names.take(member.name)
        for owner in self._owners:
            for name, member in owner.members.items():
                if not member.is_entry:
                    member.name = name if owner.node is None else self._names.fresh(private(name))

    def _name_constants(self, owner: Owner) -> None:
        for attribute in owner.attributes:
            choices = [attribute, f"{owner.name or 'class'}_{attribute}"]
            new = self._names.fresh(*choices)
            self._rewriting.rename_constant(owner, attribute, new)
            for name in self._class_names(owner, attribute):
                self._rename(name, new)

    def _rename_kept(self) -> None:
        """Other public functions would be taken for entry points: they get an underscore."""
        for function in self._gone.kept_functions:
            name = function.name.value
            params = [p.name.value for p in function.params.params[:2]]
            uses = self._reading.uses(name, self._reading.globals)
            entries = any(member.is_entry for member in self._members.values())
            # What libcst's scopes do not follow: `global`, and these two ways to bind.
            spelled = m.Name(name)
            mentioned = m.findall(
                self._reading.module,
                m.NameItem(spelled)
                | m.NamedExpr(target=spelled)
                | m.MatchAs(name=spelled)
                | m.MatchStar(name=spelled),
            )
            movable = (
                len(self._reading.globals.assignments[name]) == 1
                and not mentioned
                and all(isinstance(use, cst.Name) for use in uses)
            )
            if not entries or name.startswith("_") or params == list(HELD) or not movable:
                self._names.take(name)
                continue
            new = self._names.fresh(private(name))
            self._rename(function.name, new)
            for use in uses:
                self._rename(use, new)

    def _rename(self, node: cst.CSTNode, new: str) -> None:
        self._rewriting.replace(
            node, lambda name: cst.ensure_type(name, cst.Name).with_changes(value=new)
        )

    # Functions of functools that the result needs

    def _functools(self) -> str:
        if not self._functools_name:
            imported = [
                statement
                for statement in self._reading.module.body
                if m.matches(
                    statement,
                    m.SimpleStatementLine([m.Import([m.ImportAlias(m.Name("functools"), None)])]),
                )
            ]
            alone = len(self._reading.globals.assignments["functools"]) == 1
            first = min(self._reading.line(member.node) for member in self._members.values())
            if imported and alone and self._reading.line(imported[0]) < first:
                self._functools_name = "functools"
            else:
                name = self._names.fresh("functools", "_functools")
                self._functools_name = name
                renamed = "" if name == "functools" else f" as {name}"
                self._added_import = f"import functools{renamed}"
        return self._functools_name

    def _partial(self) -> str:
        return f"{self._functools()}.partial"

    # Rewriting

    def _rewrite(self) -> None:
        for member in self._members.values():
            if member.takes_model:
                self._rewriting.hand_over(member)
        for owner in self._owners:
            meanings = self._meanings[owner.name]
            meanings.check_setups(self._problems)
            if owner.node is None:
                for member in owner.members.values():
                    name = member.node.name.value
                    for use in self._reading.uses(name, self._reading.globals):
                        self._rewriting.of_function(use, member)
            elif owner.name:
                self._rewrite_class_name(owner, meanings)
            if owner.node is not None:
                self._refuse_names_of_methods(owner)
        for owner in self._owners:
            for member in owner.members.values():
                if member.self_name:
                    self._rewriting.rewrite(owner, member, self._meanings[owner.name])
        for member in self._members.values():
            extra = f"{self._functools()}.cache" if member.kind == "cached" else ""
            self._shape(member, extra)

    def _shape(self, member: Member, extra: str) -> None:
        handed = self._rewriting.handed.get(member.node)
        around = self._reading.parents[member.node]
        indent = ""
        if isinstance(around, cst.IndentedBlock):
            indent = around.indent or self._reading.module.default_indent
        self._rewriting.replace(
            member.node,
            lambda node: as_function(
                member, cst.ensure_type(node, cst.FunctionDef), handed, extra, indent
            ),
        )

    def _rewrite_class_name(self, owner: Owner, meanings: Meanings) -> None:
        for use in self._reading.uses(owner.name, self._reading.globals):
            parent = self._reading.parents[use]
            if self._gone.holds(use):
                continue
            if isinstance(parent, cst.Attribute) and parent.value is use:
                self._rewriting.of_class(parent, owner, meanings)
            else:
                self._problems.add(
                    use,
                    "class",
                    f"{owner.name} becomes functions, and cannot be named here",
                    "leave this out, or call the functions",
                )

    def _refuse_names_of_methods(self, owner: Owner) -> None:
        """A decorator or a default that is a method of the class itself."""
        assert owner.node is not None  # noqa: S101  # by the caller
        scope = self._reading.scopes[owner.node.body.body[0]]
        for name in owner.members:
            for use in self._reading.uses(name, scope):
                if not self._gone.holds(use):
                    self._problems.add(
                        use,
                        "class",
                        f"{name} is used in the class's body before there is an object",
                        "move it out of the class",
                    )

    def _refuse_gone_names(self) -> None:
        for name in sorted(self._modal.names):
            for use in self._reading.uses(name, self._reading.globals):
                if not self._gone.holds(use):
                    self._problems.add(
                        use,
                        "modal",
                        f"{name} is Modal's, and there is nothing of Modal's in a call",
                        "leave it out; take what the technique needs as arguments",
                    )
        for statement in self._reading.module.body:
            if isinstance(statement, cst.FunctionDef) and statement in self._gone.nodes:
                for use in self._reading.uses(statement.name.value, self._reading.globals):
                    if not self._gone.holds(use):
                        self._problems.add(
                            use,
                            "modal",
                            f"{statement.name.value} (line {self._reading.line(statement)}) is "
                            "run by Modal and left out",
                            "write what is needed into a function without Modal's decorators",
                        )

    # Layout

    def _lay_out(self) -> str:
        module = self._reading.module
        apply = Apply(self._rewriting.replacements, self._rewriting.idle)
        changed = module.visit(apply)
        assert isinstance(changed, cst.Module)  # noqa: S101  # replaced by nothing else
        lines = Lines()
        for before, after in zip(module.body, changed.body, strict=True):
            self._lay_out_statement(lines, before, after)
        body = self._with_import(lines.body)
        made = changed.with_changes(body=body, footer=[*lines.footer(), *changed.footer])
        return made.code

    def _lay_out_statement(self, lines: Lines, before: Statement, after: Statement) -> None:
        owner = next((o for o in self._owners if o.node is before), None)
        if owner is not None:
            self._lay_out_class(lines, owner, cst.ensure_type(after, cst.ClassDef))
        elif before in self._gone.nodes:
            lines.drop(after)
        elif self._modal.is_import_block(before):
            block = cst.ensure_type(after, cst.With)
            lines.drop(block)
            for was, now in zip(block_of(before), block_of(block), strict=True):
                if was in self._gone.nodes:
                    lines.drop(as_line(now))
                else:
                    lines.keep(self._without_gone_imports(as_line(was), as_line(now)))
        else:
            lines.keep(self._without_gone_imports(before, after))
            self._add_alias(lines, before)

    def _without_gone_imports(self, before: Statement, after: Statement) -> Statement:
        """`import modal, torch` keeps torch."""
        if not m.matches(before, m.SimpleStatementLine([m.Import() | m.ImportFrom()])):
            return after
        old = cst.ensure_type(before, cst.SimpleStatementLine).body[0]
        line = cst.ensure_type(after, cst.SimpleStatementLine)
        aliases = getattr(old, "names", ())
        if not isinstance(aliases, tuple) or not self._gone.nodes.intersection(aliases):
            return after
        new: Any = line.body[0]
        kept = [
            now for was, now in zip(aliases, new.names, strict=True) if was not in self._gone.nodes
        ]
        if getattr(new, "rpar", None) is None:
            kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return line.with_changes(body=[new.with_changes(names=kept)])

    def _lay_out_class(self, lines: Lines, owner: Owner, after: cst.ClassDef) -> None:
        assert owner.node is not None  # noqa: S101  # by the caller
        if not self._reading.indented:
            lines.comments(after.leading_lines)
        indent = ""
        if isinstance(after.body, cst.IndentedBlock):
            indent = after.body.indent or self._reading.module.default_indent
            if after.body.header.comment is not None:
                lines.comments([cst.EmptyLine(comment=after.body.header.comment)])
        after_body: Sequence[Statement | cst.BaseSmallStatement] = after.body.body
        for before, inner in zip(owner.node.body.body, after_body, strict=True):
            statement = as_line(inner)
            if self._stays(owner, before):
                lines.lift(docstring_moved(statement, indent))
                self._add_alias(lines, before)
            else:
                lines.drop(statement)
        if isinstance(after.body, cst.IndentedBlock):
            lines.comments([line for line in after.body.footer if line.comment is not None])

    def _stays(self, owner: Owner, statement: cst.CSTNode) -> bool:
        if statement in self._members or m.matches(statement, _DOCSTRING):
            return True
        return statement not in self._gone.nodes and any(
            statement in statements
            or any(statement in getattr(line, "body", ()) for line in statements)
            for statements in owner.attributes.values()
        )

    def _add_alias(self, lines: Lines, before: cst.CSTNode) -> None:
        member = self._members.get(before) if isinstance(before, cst.FunctionDef) else None
        if member is not None and member.alias:
            lines.alias(member.alias, member.name)

    def _with_import(self, body: list[Statement]) -> list[Statement]:
        if not self._added_import:
            return body
        index = 0
        while index < len(body) and (
            m.matches(body[index], _FUTURE) or (index == 0 and m.matches(body[index], _DOCSTRING))
        ):
            index += 1
        added = cst.parse_statement(self._added_import)
        if index < len(body):
            following = body[index]
            lines = list(following.leading_lines)  # type: ignore[attr-defined]
            is_import = m.matches(following, m.SimpleStatementLine([m.Import() | m.ImportFrom()]))
            if is_import:
                added = added.with_changes(leading_lines=lines)
                body[index] = following.with_changes(leading_lines=())
            else:
                before = [cst.EmptyLine(indent=False)] if index else []
                added = added.with_changes(leading_lines=before)
                blanks = [cst.EmptyLine(indent=False)] * max(0, 2 - len(lines))
                body[index] = following.with_changes(leading_lines=[*blanks, *lines])
        return [*body[:index], added, *body[index:]]
