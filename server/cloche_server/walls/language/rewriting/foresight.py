"""What names alone say will fail where it is reached: names that nothing binds, members of modules
that no row allows.

Said by a check, and never a reason not to run: a branch may not be taken. What may be otherwise is
left out, so that what is said can be relied on.
"""

from __future__ import annotations

import ast
from typing import Final

from ..diagnostics import closest
from ..names import is_dunder
from ..tables.modules import BUILTINS, has_member, import_hint, is_importable, member_refusal
from .scopes import Scope, Survey

#: A finding: its code, message and hint.
Foreseen = tuple[str, str, str]
_DEFINE: Final = "define or import it before it is used, or pass it as an argument"


class Foresight:
    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        #: Names that are being followed: `node = node.parent` leads back to itself.
        self._following: list[tuple[int, str]] = []

    def unbound(self, name: str, scopes: list[Scope]) -> Foreseen | None:
        """What to say of a name, read in the last of the nested `scopes`, that nothing binds."""
        survey = self._survey
        if name in BUILTINS or name in survey.shared or survey.imports_all:
            return None
        if name[0] == " " or is_dunder(name):
            return None
        seen = _seen_from(scopes)
        if any(name in scope.sources for scope in seen):
            return None
        hint = (
            import_hint(name)
            or closest(name, sorted(each for scope in seen for each in scope.sources), "")
            # `out` is no misspelt `oct`.
            or closest(name, sorted(BUILTINS), _DEFINE, cutoff=0.75)
        )
        return "name-undefined", f"the name '{name}' is not defined", hint

    def refused_member(self, node: ast.Attribute, scopes: list[Scope]) -> Foreseen | None:
        """What to say of an attribute that is a member of a module, and not to be had."""
        module = self._named(node.value, scopes)
        if not is_importable(module) or has_member(module, node.attr):
            return None
        if is_dunder(node.attr) or node.attr in self._survey.asked:
            return None
        return "attribute-refused", *member_refusal(module, node.attr)

    def _named(self, node: ast.expr, scopes: list[Scope]) -> str:
        """The dotted name of the module, or of its member, that an expression can only mean."""
        match node:
            case ast.Attribute(value=value, attr=attr):
                module = self._named(value, scopes)
                return f"{module}.{attr}" if has_member(module, attr) else ""
            case ast.Name(id=name) if name not in self._survey.shared:
                seen = [id(each) for each in _seen_from(scopes)]
                for depth in range(len(scopes), 0, -1):
                    scope = scopes[depth - 1]
                    if id(scope) in seen and name in scope.sources:
                        return self._bound(name, scopes[:depth])
        return ""

    def _bound(self, name: str, scopes: list[Scope]) -> str:
        """What a name of the last of `scopes` means: all that binds it there must say the same."""
        key = (id(scopes[-1]), name)
        if key in self._following:
            return ""
        self._following.append(key)
        try:
            return self._bound_alike(name, scopes)
        finally:
            self._following.pop()

    def _bound_alike(self, name: str, scopes: list[Scope]) -> str:
        scope = scopes[-1]
        found = {*scope.imports.get(name, ())}
        # What an import binds has no source.
        others = [each for each in scope.sources[name] if each is not None]
        unsaid = scope.sources[name].count(None) - len(scope.imports.get(name, ()))
        for source in others:
            match source:
                case ast.Constant(None):  # where an import fails
                    continue
                case ast.Name(id=other) if other == name:
                    return ""
                case ast.Name() | ast.Attribute():
                    found.add(self._named(source, scopes))
                case _:
                    return ""
        return found.pop() if len(found) == 1 and not unsaid else ""


def _seen_from(scopes: list[Scope]) -> list[Scope]:
    """The scopes whose names the last one sees: of classes, those that it stands in directly."""
    last = len(scopes)
    while last and scopes[last - 1].kind == "class":
        last -= 1
    return [each for each in scopes[:last] if each.kind != "class"] + scopes[last:]
