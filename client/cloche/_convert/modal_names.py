"""What in a source is Modal's: imports, the app, images, decorators.

None of it means anything inside a call, where the model is loaded and nothing can be started.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
import libcst.matchers as m

if TYPE_CHECKING:
    from cloche._convert.reading import Reading

# Decorators of methods, by what becomes of the method.
SETUP = frozenset({"enter", "exit", "build"})
ENTRY = frozenset({"method", "fastapi_endpoint", "web_endpoint"})
HARMLESS = frozenset({"concurrent"})

_IMPORTS = m.With(items=[m.WithItem(m.Call(m.Attribute(attr=m.Name("imports")), args=[]))])
_MAIN = m.If(
    test=m.Comparison(
        left=m.Name("__name__"),
        comparisons=[m.ComparisonTarget(m.Equal(), m.SimpleString())],
    )
)


class ModalNames:
    """`names`: everything at the top level that is Modal's or made with it."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._origin: dict[str, str] = {}
        if not reading.globals.assignments["modal"]:
            self._origin["modal"] = ""
        # In the source's order: an image is made by modal, a volume put into the image, and so on.
        for statement in reading.module.body:
            for small in getattr(statement, "body", ()) if _is_simple(statement) else ():
                self._note(small)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._origin)

    def _note(self, statement: cst.CSTNode) -> None:
        if isinstance(statement, (cst.Import, cst.ImportFrom)):
            for bound, origin in imported(statement):
                if origin == "modal" or origin.startswith("modal."):
                    self._origin[bound] = origin.rpartition(".")[2]
        elif isinstance(statement, (cst.Assign, cst.AnnAssign)) and self.made_with(statement.value):
            targets = (
                [target.target for target in statement.targets]
                if isinstance(statement, cst.Assign)
                else [statement.target]
            )
            for target in targets:
                for name in m.findall(target, m.Name()):
                    self._origin[cst.ensure_type(name, cst.Name).value] = ""

    def made_with(self, expression: cst.CSTNode | None) -> bool:
        """Whether an expression uses a name of Modal's."""
        if expression is None:
            return False
        return any(
            isinstance(name, cst.Name)
            and name.value in self._origin
            and not _is_attribute_name(name, self._reading)
            for name in m.findall(expression, m.Name())
        )

    def role(self, decorator: cst.Decorator) -> str | None:
        """What Modal calls a decorator ("method", "enter", "cls", ...); None: it is not Modal's."""
        inner = decorator.decorator
        last = ""
        while isinstance(inner, (cst.Call, cst.Attribute)):
            if isinstance(inner, cst.Attribute):
                last = last or inner.attr.value
            inner = inner.value if isinstance(inner, cst.Attribute) else inner.func
        if not isinstance(inner, cst.Name):
            return None
        origin = self._origin.get(inner.value)
        return None if origin is None else last or origin

    def is_import_block(self, statement: cst.CSTNode) -> bool:
        """`with image.imports():`, which imports what only the container has."""
        return (
            isinstance(statement, cst.With)
            and m.matches(statement, _IMPORTS)
            and self.made_with(statement.items[0].item)
        )

    def drops(self, statement: cst.CSTNode) -> bool:
        """Whether a statement at the top level is Modal's alone, or for running the file."""
        if runs_file(statement):
            return True
        if isinstance(statement, cst.FunctionDef):
            return any(self.role(decorator) is not None for decorator in statement.decorators)
        if not isinstance(statement, cst.SimpleStatementLine):
            return False
        return all(self._drops_small(small) for small in statement.body)

    def _drops_small(self, statement: cst.CSTNode) -> bool:
        if isinstance(statement, (cst.Import, cst.ImportFrom)):
            found = [origin.split(".")[0] for _, origin in imported(statement)]
            return bool(found) and set(found) == {"modal"}
        if isinstance(statement, (cst.Expr, cst.Assign, cst.AnnAssign)):
            return self.made_with(statement.value)
        return False


def runs_file(node: cst.CSTNode) -> bool:
    """`if __name__ == "__main__":`, which a technique never is."""
    return m.matches(node, _MAIN)


def _is_simple(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.SimpleStatementLine)


def imported(statement: cst.Import | cst.ImportFrom) -> list[tuple[str, str]]:
    """(bound name, dotted origin) of each name that a statement imports."""
    if isinstance(statement.names, cst.ImportStar):
        return []
    prefix = ""
    if isinstance(statement, cst.ImportFrom):
        if statement.relative or statement.module is None:
            return []
        prefix = _dotted(statement.module) + "."
    found = []
    for alias in statement.names:
        origin = prefix + _dotted(alias.name)
        if alias.asname is not None:
            bound = cst.ensure_type(alias.asname.name, cst.Name).value
        else:
            bound = _dotted(alias.name).split(".")[0]
        found.append((bound, origin))
    return found


def _dotted(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return cst.ensure_type(node, cst.Name).value


def _is_attribute_name(name: cst.CSTNode, reading: Reading) -> bool:
    parent = reading.parents.get(name)
    if isinstance(parent, cst.Attribute):
        return parent.attr is name
    return isinstance(parent, cst.Arg) and parent.keyword is name
