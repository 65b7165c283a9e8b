"""What the wall says when it refuses: where, what, why, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

SEE_POLICY: Final = "docs/policy.md lists what is allowed"


def closest(
    name: str, known: Iterable[str], otherwise: str = SEE_POLICY, *, cutoff: float = 0.6
) -> str:
    """A hint that names the nearest of the known names, or `otherwise`."""
    public = [each for each in known if not each.startswith("_")]
    near = difflib.get_close_matches(name, public, n=1, cutoff=cutoff)
    return f"did you mean '{near[0]}'?" if near else otherwise


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
    """A guard refused an access at run time. A technique may catch it; nothing was handed over.

    What is made is also what Python itself would raise there: who asks for an attribute and
    catches AttributeError gets what is refused as missing.
    """

    message: str
    hint: str
    code: str

    def __new__(
        cls, message: str, *, hint: str = "", code: str = "access-refused"
    ) -> AccessRefused:
        return super().__new__(_KINDS.get(code, cls), message)

    def __init__(self, message: str, *, hint: str = "", code: str = "access-refused") -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
        self.message = message
        self.hint = hint
        self.code = code


def _kind(python: type[Exception]) -> type[AccessRefused]:
    """A class under the same name, which `except` finds under Python's own as well."""
    names = {"__module__": __name__, "__doc__": AccessRefused.__doc__}
    return type("AccessRefused", (AccessRefused, python), names)


_OF_TYPE: Final = _kind(TypeError)
#: What Python raises where the refusal of that code does.
_KINDS: Final[dict[str, type[AccessRefused]]] = {
    "attribute-refused": _kind(AttributeError),
    "import-refused": _kind(ImportError),
    **dict.fromkeys(
        ("call-refused", "argument-refused", "item-refused", "class-refused"), _OF_TYPE
    ),
}
