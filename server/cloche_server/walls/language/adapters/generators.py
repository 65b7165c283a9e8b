"""`throw` of a generator, which makes the exception whose class it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..diagnostics import AccessRefused
from ..slots import is_class
from .registry import adapts

if TYPE_CHECKING:
    from ..guards import Guards


@adapts("types:GeneratorType.throw")
def make_throw(guards: Guards) -> Callable[..., Any]:
    def throw(generator: Any, error: Any, value: Any = None, trace: None = None, /) -> Any:
        if trace is not None:
            raise AccessRefused(
                "throw() with a traceback refused", hint="throw(error)", code="call-refused"
            )
        if is_class(error):
            # Made here, as a technique would make it: some classes may only be caught.
            if not isinstance(value, error):
                given = value if type(value) is tuple else () if value is None else (value,)
                value = guards.calls.call(error)(*given)
            return generator.throw(value)
        return generator.throw(error) if value is None else generator.throw(error, value)

    return throw
