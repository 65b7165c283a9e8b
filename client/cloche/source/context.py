"""Look a name up: in a definition's closure, then in its module."""

from __future__ import annotations

import ast
import builtins
import dis
import types
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cloche.contract.errors import SourceError
from cloche.source.files import Function, SourceFile
from cloche.source.live import closure_of, default_values

MISSING: Any = object()


@dataclass(frozen=True)
class Context:
    """The names that one definition sees. `user` is "steer (steer.py:12)", for messages."""

    file: SourceFile
    module: dict[str, Any]
    closure: Mapping[str, object]
    user: str

    @classmethod
    def of(cls, function: types.FunctionType, file: SourceFile) -> Context:
        """What a function sees in its body."""
        user = f"{function.__name__} ({file.label}:{function.__code__.co_firstlineno})"
        return cls(file, function.__globals__, closure_of(function), user)

    def lookup(self, name: str) -> tuple[object, bool]:
        """The value, and whether the closure holds it rather than the module."""
        if name in self.closure:
            return self.closure[name], True
        return self.module.get(name, MISSING), False

    def with_defaults(self, function: types.FunctionType, node: Function | ast.Lambda) -> Context:
        """The same for the whole `def`: in `def f(x=size)`, size is what it was then.

        Raises:
            SourceError: the body uses the same name, and there it is something else by now.
        """
        closure = dict(self.closure)
        for name, held in default_values(function, node).items():
            now, _ = self.lookup(name)
            if now is MISSING:
                now = getattr(builtins, name, MISSING)
            if now is held:
                continue
            if name in _reads(function.__code__):
                raise SourceError(
                    f"{name!r} is the default of a parameter of {self.user} and was bound again "
                    "since; the body reads it too, so it would have to be two things: use another "
                    "name for one of them"
                )
            closure[name] = held
        return replace(self, closure=closure)


def _reads(code: types.CodeType) -> set[str]:
    """The outside names that a function's body reads, in its inner functions too."""
    names = set(code.co_freevars)
    names |= {
        step.argval
        for step in dis.get_instructions(code)
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _reads(constant)
    return names
