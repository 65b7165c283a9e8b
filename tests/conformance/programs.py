"""The programs: where CPython's tests lie, and what of them is run."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path

from .run import Program
from .slicing import sessions_of, units_of

#: What stands in the way of a whole class of tests, and says the same without it.
EDITS = {
    "test_enum": (
        ("MainEnum._member_type_ is str", "issubclass(MainEnum, str)"),
        ("TE._member_type_ is str", "issubclass(TE, str)"),
        ("TE._member_type_ is float", "issubclass(TE, float)"),
    ),
}
SHARED = ("seq_tests", "list_tests", "mapping_tests", "string_tests")


@functools.cache
def folder() -> Path | None:
    """Where this Python keeps its tests; None where its distribution has left them out."""
    found = importlib.util.find_spec("test")
    places = list(found.submodule_search_locations or ()) if found is not None else []
    return next((Path(each) for each in places if (Path(each) / "test_grammar.py").exists()), None)


def source_of(module: str) -> str | None:
    """The module's source; None if this Python has no such test."""
    home = folder()
    if home is None:
        return None
    for path in (home / f"{module}.py", home / module / "__init__.py"):
        if path.exists():
            return path.read_text(encoding="utf-8")
    return None


@functools.cache
def _shared() -> dict[str, str]:
    return {name: text for name in SHARED if (text := source_of(name)) is not None}


def programs_of(module: str) -> list[Program]:
    source = source_of(module)
    if source is None:
        return []
    for old, new in EDITS.get(module, ()):
        source = source.replace(old, new)
    return [*units_of(source, module, _shared()), *sessions_of(source, module)]
